"""The people who have access to the app."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumiverse_heroku as heroku

from dynostack import environment
from dynostack.components.app import App

PERSONAL = "heroku:collaborator/collaborator:Collaborator"
OF_A_TEAM = "heroku:team/collaborator:Collaborator"


class Collaborators(pulumi.ComponentResource):
    """The app's collaborators; on a team app, with permissions.

    Args:
        name: the name of the component in Pulumi.
        section: the people; with a mapping, email addresses may be outputs.
        app: the app.
    """

    def __init__(
        self,
        name: str,
        section: Sequence[environment.Collaborator] | Mapping[str, environment.Collaborator],
        app: App,
    ) -> None:
        kind = "dynostack:heroku:Collaborators"
        super().__init__(kind, name, opts=pulumi.ResourceOptions(parent=app))
        people = section if isinstance(section, Mapping) else {each.email: each for each in section}
        for key, person in people.items():
            self._collaborator(key, person, app)
        self.register_outputs({})

    def _collaborator(self, key: str, person: environment.Collaborator, app: App) -> None:
        if person.permissions is None:
            heroku.collaborator.Collaborator(
                key,
                app_id=app.id,
                email=person.email,
                opts=self._options(OF_A_TEAM),
            )
        else:
            heroku.team.Collaborator(
                key,
                app_id=app.id,
                email=person.email,
                permissions=person.permissions,
                opts=self._options(PERSONAL),
            )

    def _options(self, other_type: str) -> pulumi.ResourceOptions:
        """Return options with which a person keeps access when the app is transferred.

        The alias makes both types one resource.  Otherwise Pulumi would delete the old resource
        last, and with it the person's access.
        """
        return pulumi.ResourceOptions(parent=self, aliases=[pulumi.Alias(type_=other_type)])
