"""The dynos of each process type."""

import pulumi
import pulumiverse_heroku as heroku

from dynostack import environment
from dynostack.components.app import App
from dynostack.components.build import Build
from dynostack.components.values import changed
from dynostack.environment.catalogue import answered_size


class Formation(pulumi.ComponentResource):
    """The size and number of dynos for each process type."""

    def __init__(
        self, name: str, section: environment.Formation, app: App, build: Build | None
    ) -> None:
        super().__init__(
            "dynostack:heroku:Formation", name, opts=pulumi.ResourceOptions(parent=app)
        )
        # Heroku does not know an app's process types before its first release.
        after = [build.build] if build else None
        for process, dynos in section.items():
            heroku.formation.Formation(
                process,
                app_id=app.id,
                type=process,
                size=changed(dynos.size, answered_size),
                quantity=dynos.quantity,
                opts=pulumi.ResourceOptions(parent=self, depends_on=after),
            )
        self.register_outputs({})
