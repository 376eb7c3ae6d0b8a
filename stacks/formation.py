"""The dynos of each process type."""

import pulumi
import pulumiverse_heroku as heroku

import config
from config.catalogue import DYNO_SIZES
from stacks.app import App
from stacks.build import Build


class Formation(pulumi.ComponentResource):
    """How many dynos of which size run each process type."""

    def __init__(self, name: str, section: config.Formation, app: App, build: Build | None) -> None:
        super().__init__(
            "dynostack:heroku:Formation", name, opts=pulumi.ResourceOptions(parent=app)
        )
        # Heroku knows an app's process types from its first release on.
        after = [build.build] if build else None
        for process, dynos in section.items():
            heroku.formation.Formation(
                process,
                app_id=app.id,
                type=process,
                size=DYNO_SIZES[dynos.size],
                quantity=dynos.quantity,
                opts=pulumi.ResourceOptions(parent=self, depends_on=after),
            )
        self.register_outputs({})
