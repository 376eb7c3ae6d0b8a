"""The supported resource types: the token of each, and its module and class."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from dynostack.provider.errors import ProviderError

if TYPE_CHECKING:
    from dynostack.provider.resources.base import Resource

VERSION: Final = "1.0.4"
"""The version of pulumiverse_heroku, whose types these are."""

_SERVED = {
    "heroku:addon/addon:Addon": ("addon", "Addon"),
    "heroku:addon/attachment:Attachment": ("attachment", "Attachment"),
    "heroku:app/app:App": ("app", "App"),
    "heroku:app/configAssociation:ConfigAssociation": ("config_association", "ConfigAssociation"),
    "heroku:app/feature:Feature": ("feature", "Feature"),
    "heroku:build/build:Build": ("build", "Build"),
    "heroku:collaborator/collaborator:Collaborator": ("collaborator", "Collaborator"),
    "heroku:domain/domain:Domain": ("domain", "Domain"),
    "heroku:drain/drain:Drain": ("drain", "Drain"),
    "heroku:formation/formation:Formation": ("formation", "Formation"),
    "heroku:pipeline/coupling:Coupling": ("coupling", "Coupling"),
    "heroku:pipeline/pipeline:Pipeline": ("pipeline", "Pipeline"),
    "heroku:team/collaborator:Collaborator": ("team_collaborator", "TeamCollaborator"),
}
SERVED_TYPES = frozenset(_SERVED)


def resource_of(qualified_type: str) -> Resource:
    """Return the resource for a type; its module is imported at its first use.

    Args:
        qualified_type: the type as in a URN: after the types of its parents, separated by "$".

    Raises:
        ProviderError: the type is not supported.
    """
    token = qualified_type.rpartition("$")[2]
    if token not in _SERVED:
        raise ProviderError(
            f'dynostack\'s heroku provider does not support "{token}"; it supports '
            f"{', '.join(sorted(_SERVED))}; use the published provider pulumiverse_heroku for"
            " other types"
        )
    module, name = _SERVED[token]
    resource: Resource = getattr(import_module(f"{__name__}.{module}"), name)()
    return resource
