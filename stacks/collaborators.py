"""Who has access to the app."""

from collections.abc import Sequence

import pulumi
import pulumiverse_heroku as heroku

import config
from stacks.app import App


class Collaborators(pulumi.ComponentResource):
    """Each person by email; with permissions on a team app."""

    def __init__(self, name: str, section: Sequence[config.Collaborator], app: App) -> None:
        kind = "dynostack:heroku:Collaborators"
        super().__init__(kind, name, opts=pulumi.ResourceOptions(parent=app))
        for person in section:
            self._collaborator(person, app)
        self.register_outputs({})

    def _collaborator(self, person: config.Collaborator, app: App) -> None:
        opts = pulumi.ResourceOptions(parent=self)
        if person.permissions is None:
            heroku.collaborator.Collaborator(
                person.email, app_id=app.id, email=person.email, opts=opts
            )
        else:
            heroku.team.Collaborator(
                person.email,
                app_id=app.id,
                email=person.email,
                permissions=person.permissions,
                opts=opts,
            )
