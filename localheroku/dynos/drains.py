"""Log drains, as Logplex serves them: batches of syslog frames posted to an address.

https://devcenter.heroku.com/articles/log-drains#https-drains

A local app's log goes only to drains on this machine: a rehearsal of production must not write into
production's log service.
"""

from __future__ import annotations

import asyncio
import ipaddress
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import aiohttp

SCHEMES = frozenset({"http", "https"})
QUEUE_LINES = 1_000
BATCH_LINES = 100
SEND_SECONDS = 5.0
SYSLOG_PRIORITY = 190  # facility local7, severity informational
NOTICE = ("heroku", "logplex")


def is_loopback(url: str) -> bool:
    """Return whether an address can only mean this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def frame(moment: str, source: str, process: str, line: str) -> bytes:
    """Return one line as a syslog message, counted in octets.  RFC 5424, RFC 6587 section 3.4.1."""
    text = f"<{SYSLOG_PRIORITY}>1 {moment} host {source} {process} - {line}".encode()
    return str(len(text)).encode() + b" " + text


@dataclass
class _Drain:
    url: str
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUE_LINES))
    task: asyncio.Task[None] | None = None

    @property
    def label(self) -> str:
        """The address without its possibly secret parts."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}"

    @property
    def token(self) -> str:
        return f"d.{uuid.uuid5(uuid.NAMESPACE_URL, self.url)}"


class Drains:
    """Sends lines to the drains of their app; never waits for a drain and never raises for one."""

    def __init__(self, report: Callable[[str, str, str, str], None]) -> None:
        self._report = report
        self._apps: dict[str, dict[str, _Drain]] = {}
        self._cancelled: set[asyncio.Task[None]] = set()

    def set(self, app_id: str, urls: Sequence[str]) -> None:
        """Set these drains for an app, and no others."""
        drains = self._apps.setdefault(app_id, {})
        for url in set(drains) - set(urls):
            self._end(drains.pop(url))
        for url in urls:
            if url not in drains:
                drains[url] = self._begin(app_id, url)

    def put(self, app_id: str, moment: str, source: str, process: str, line: str) -> None:
        """Queue a line for every drain of the app; a slow drain loses its oldest lines."""
        for drain in self._apps.get(app_id, {}).values():
            if drain.task is None:
                continue
            if drain.queue.full():
                drain.queue.get_nowait()
            drain.queue.put_nowait(frame(moment, source, process, line))

    async def close(self) -> None:
        """End every drain."""
        for app_id in list(self._apps):
            self.set(app_id, [])
        await asyncio.gather(*self._cancelled, return_exceptions=True)

    def _begin(self, app_id: str, url: str) -> _Drain:
        drain = _Drain(url)
        if not is_loopback(url):
            self._report_drain(app_id, f"{drain.label} gets no lines: it is not on this machine")
        elif urlsplit(url).scheme not in SCHEMES:
            self._report_drain(
                app_id,
                f"{drain.label} gets no lines: the local Heroku supports only http and https",
            )
        else:
            drain.task = asyncio.get_running_loop().create_task(self._serve(app_id, drain))
        return drain

    def _end(self, drain: _Drain) -> None:
        if drain.task:
            drain.task.cancel()
            self._cancelled.add(drain.task)
            drain.task.add_done_callback(self._cancelled.discard)

    async def _serve(self, app_id: str, drain: _Drain) -> None:
        import aiohttp

        reported = False
        timeout = aiohttp.ClientTimeout(total=SEND_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                batch = [await drain.queue.get()]
                while len(batch) < BATCH_LINES and not drain.queue.empty():
                    batch.append(drain.queue.get_nowait())
                problem = await _post(session, drain, batch)
                if problem and not reported:
                    self._report_drain(app_id, f"{drain.label} does not accept lines: {problem}")
                reported = reported or problem is not None

    def _report_drain(self, app_id: str, text: str) -> None:
        self._report(app_id, *NOTICE, f"Drain {text}")


async def _post(session: aiohttp.ClientSession, drain: _Drain, batch: list[bytes]) -> str | None:
    """Send a batch; return the problem, if any."""
    import aiohttp

    headers = {
        "Content-Type": "application/logplex-1",
        "Logplex-Msg-Count": str(len(batch)),
        "Logplex-Frame-Id": uuid.uuid4().hex.upper(),
        "Logplex-Drain-Token": drain.token,
    }
    try:
        # Do not follow redirects: they may lead away from this machine.
        sent = session.post(drain.url, data=b"".join(batch), headers=headers, allow_redirects=False)
        async with sent as answer:
            return None if answer.status < 300 else f"it answered {answer.status}"
    except (aiohttp.ClientError, TimeoutError):
        return "no answer"
