"""What webhooks are notified of: which records, under which name, and how each is shown.

https://devcenter.heroku.com/articles/webhook-events
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localheroku.api.addons import models as addons
from localheroku.api.addons.attachments import models as attachments
from localheroku.api.addons.attachments.records import Addon, Attachment
from localheroku.api.apps import models as apps
from localheroku.api.apps.collaborators import models as collaborators
from localheroku.api.apps.collaborators.models import Collaborator
from localheroku.api.apps.models import App
from localheroku.api.builds import models as builds
from localheroku.api.builds.models import Build
from localheroku.api.builds.releases import models as releases
from localheroku.api.builds.releases.models import Release
from localheroku.api.domains import models as domains
from localheroku.api.domains.models import Domain
from localheroku.api.domains.sni_endpoints import models as sni_endpoints
from localheroku.api.domains.sni_endpoints.models import SniEndpoint
from localheroku.api.dynos.formation import models as formation
from localheroku.api.dynos.formation.models import Process
from localheroku.core.record import Record
from localheroku.core.state import Document, State

IGNORED_FIELDS = {"updated_at"}
"""A change of only these fields does not count."""


@dataclass(frozen=True)
class ResourceChange:
    """A change of an app's resource; `before` and `after` are None where it does not exist."""

    app_id: str
    include: str
    before: Document | None
    after: Document | None

    @property
    def action(self) -> str:
        if self.before is None:
            return "create"
        return "update" if self.after else "destroy"

    @property
    def previous(self) -> Document:
        """The previous values of what an update changed."""
        if self.before is None or self.after is None:
            return {}
        after = self.after
        return {key: value for key, value in self.before.items() if after.get(key) != value}

    @property
    def counts(self) -> bool:
        return self.action != "update" or bool(self.previous.keys() - IGNORED_FIELDS)


@dataclass(frozen=True)
class Entity:
    """A kind of record that webhooks are notified of."""

    include: str
    show: Callable[[State, App, Any], Document]
    app_of: Callable[[Any], str | None] = lambda record: record.parent


ENTITIES: dict[type[Record], Entity] = {
    App: Entity("api:app", lambda p, _, app: apps.document(p, app), lambda app: app.id),
    Addon: Entity("api:addon", lambda p, _, addon: addons.document(p, addon)),
    Attachment: Entity(
        "api:addon-attachment",
        lambda p, _, attachment: attachments.document(p, attachment),
        lambda attachment: attachment.app_id,
    ),
    Build: Entity("api:build", lambda p, _, build: builds.document(p, build)),
    Collaborator: Entity("api:collaborator", collaborators.document),
    Domain: Entity("api:domain", domains.document),
    Process: Entity("api:formation", lambda _, app, process: formation.document(app, process)),
    Release: Entity("api:release", releases.document),
    SniEndpoint: Entity("api:sni-endpoint", sni_endpoints.document),
}
