"""The errors for resources that calls do not find yet."""

from __future__ import annotations

from collections.abc import Mapping

from localheroku.api.account.invoices.errors import CreditNotFoundError
from localheroku.api.account.ssh_keys.errors import SshKeyNotFoundError
from localheroku.api.addons.allowed_services.errors import AllowedServiceNotFoundError
from localheroku.api.addons.attachments.errors import AttachmentNotFoundError
from localheroku.api.addons.errors import AddonNotFoundError
from localheroku.api.apps.collaborators.errors import CollaboratorNotFoundError
from localheroku.api.apps.errors import AppNotFoundError
from localheroku.api.apps.transfers.errors import AppTransferNotFoundError
from localheroku.api.builds.errors import BuildNotFoundError
from localheroku.api.builds.releases.errors import ReleaseNotFoundError
from localheroku.api.builds.slugs.errors import SlugNotFoundError
from localheroku.api.data.reports.errors import ReportNotFoundError
from localheroku.api.domains.errors import DomainNotFoundError
from localheroku.api.domains.sni_endpoints.errors import SniEndpointNotFoundError
from localheroku.api.dynos.errors import DynoNotFoundError
from localheroku.api.dynos.log_drains.errors import DrainNotFoundError
from localheroku.api.oauth.clients.errors import ClientNotFoundError
from localheroku.api.oauth.errors import AuthorizationNotFoundError
from localheroku.api.oauth.tokens.errors import TokenNotFoundError
from localheroku.api.pipelines.errors import CouplingNotFoundError, PipelineNotFoundError
from localheroku.api.pipelines.promotions.errors import PromotionNotFoundError
from localheroku.api.pipelines.review_apps.errors import ReviewAppNotFoundError
from localheroku.api.pipelines.test_runs.errors import TestRunNotFoundError
from localheroku.api.spaces.errors import SpaceNotFoundError
from localheroku.api.spaces.vpn.errors import VpnNotFoundError
from localheroku.api.teams.errors import MemberNotFoundError, TeamNotFoundError
from localheroku.api.webhooks.errors import WebhookNotFoundError
from localheroku.core.errors import NotFoundError

ERRORS: Mapping[str, type[NotFoundError]] = {
    "addon": AddonNotFoundError,
    "app": AppNotFoundError,
    "attachment": AttachmentNotFoundError,
    "authorization": AuthorizationNotFoundError,
    "build": BuildNotFoundError,
    "client": ClientNotFoundError,
    "collaborator": CollaboratorNotFoundError,
    "coupling": CouplingNotFoundError,
    "credit": CreditNotFoundError,
    "domain": DomainNotFoundError,
    "drain": DrainNotFoundError,
    "dyno": DynoNotFoundError,
    "endpoint": SniEndpointNotFoundError,
    "key": SshKeyNotFoundError,
    "member": MemberNotFoundError,
    "pipeline": PipelineNotFoundError,
    "promotion": PromotionNotFoundError,
    "release": ReleaseNotFoundError,
    "report": ReportNotFoundError,
    "review_app": ReviewAppNotFoundError,
    "run": TestRunNotFoundError,
    "service": AllowedServiceNotFoundError,
    "slug": SlugNotFoundError,
    "space": SpaceNotFoundError,
    "team": TeamNotFoundError,
    "token": TokenNotFoundError,
    "transfer": AppTransferNotFoundError,
    "vpn": VpnNotFoundError,
    "webhook": WebhookNotFoundError,
}
"""The error for each kind of resource that a call can create, by the word that paths use."""


class UnseenError(NotFoundError):
    message = "Couldn't find that {name}."


def error_of(kind: str) -> NotFoundError:
    """Return the error for a kind, or a similar one for a kind without a path of its own."""
    return ERRORS[kind]() if kind in ERRORS else UnseenError(name=kind)
