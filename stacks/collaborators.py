"""Who has access to the app."""

from collections.abc import Sequence

import pulumi
import pulumiverse_heroku as heroku

import config
from stacks.app import App

PERSONAL = "heroku:collaborator/collaborator:Collaborator"
OF_A_TEAM = "heroku:team/collaborator:Collaborator"


class Collaborators(pulumi.ComponentResource):
    """Each person by email; with permissions on a team app."""

    def __init__(self, name: str, section: Sequence[config.Collaborator], app: App) -> None:
        kind = "dynostack:heroku:Collaborators"
        super().__init__(kind, name, opts=pulumi.ResourceOptions(parent=app))
        for person in section:
            self._collaborator(person, app)
        self.register_outputs({})

    def _collaborator(self, person: config.Collaborator, app: App) -> None:
        if person.permissions is None:
            heroku.collaborator.Collaborator(
                person.email,
                app_id=app.id,
                email=person.email,
                opts=self._options(OF_A_TEAM),
            )
        else:
            heroku.team.Collaborator(
                person.email,
                app_id=app.id,
                email=person.email,
                permissions=person.permissions,
                opts=self._options(PERSONAL),
            )

    def _options(self, other_type: str) -> pulumi.ResourceOptions:
        """Return options by which a person keeps access when the app is transferred.

        As two resources, Pulumi would delete the old one last, and the person with it.
        """
        return pulumi.ResourceOptions(parent=self, aliases=[pulumi.Alias(type_=other_type)])
