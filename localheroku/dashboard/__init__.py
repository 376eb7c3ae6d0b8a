"""A read-only page for browsers that shows what this local Heroku has.

A browser has no API key. A client with the key creates a link that works once and for a short time;
the browser exchanges it for a session that may read what the page shows, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from localheroku.dashboard.feed import RequestFeed
from localheroku.dashboard.session import BrowserSessions


@dataclass(frozen=True)
class Dashboard:
    """The sessions and the request feed; they outlive an instance."""

    sessions: BrowserSessions = field(default_factory=BrowserSessions)
    feed: RequestFeed = field(default_factory=RequestFeed)
