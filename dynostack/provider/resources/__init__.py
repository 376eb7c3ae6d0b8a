"""The resource types that are served: a type's token, and the module and class that serve it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from dynostack.provider.errors import ProviderError

if TYPE_CHECKING:
    from dynostack.provider.resources.base import Resource

VERSION: Final = "1.0.4"
"""Of pulumiverse_heroku, whose types these are."""

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
    """The resource that serves a type; its module is loaded with its first use.

    The type is as a URN has it: behind the types of the components it is a child of, with "$".
    """
    token = qualified_type.rpartition("$")[2]
    if token not in _SERVED:
        raise ProviderError(
            f'dynostack\'s heroku provider does not serve "{token}"; it serves '
            f"{', '.join(sorted(_SERVED))}. The published provider pulumiverse_heroku serves all."
        )
    module, name = _SERVED[token]
    resource: Resource = getattr(import_module(f"{__name__}.{module}"), name)()
    return resource
