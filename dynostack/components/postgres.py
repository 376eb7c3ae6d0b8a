"""The app's databases."""

import pulumi
import pulumiverse_heroku as heroku

from dynostack import environment
from dynostack.components.addons import options
from dynostack.components.app import App
from dynostack.environment.catalogue import POSTGRES_SERVICE


class Postgres(pulumi.ComponentResource):
    """The database that is attached as DATABASE_URL, and any additional databases."""

    def __init__(self, name: str, section: environment.Postgres, app: App) -> None:
        super().__init__("dynostack:heroku:Postgres", name, opts=pulumi.ResourceOptions(parent=app))
        first = self._database(name, section, app, after=None)
        self.addons = {name: first}
        for key, database in section.databases.items():
            # Heroku sets DATABASE_URL to the database that is added first.
            self.addons[f"{name}-{key}"] = self._database(f"{name}-{key}", database, app, first)
        further = {f"{name}-{key}": each.attachments for key, each in section.databases.items()}
        self.attachments = {name: section.attachments, **further}
        self.register_outputs({key: addon.name for key, addon in self.addons.items()})

    def _database(
        self, name: str, section: environment.Database, app: App, after: heroku.addon.Addon | None
    ) -> heroku.addon.Addon:
        return heroku.addon.Addon(
            name,
            app_id=app.id,
            plan=pulumi.Output.concat(POSTGRES_SERVICE, ":", section.plan),
            name=section.name,
            config={"version": section.version},
            opts=pulumi.ResourceOptions.merge(
                options(self, POSTGRES_SERVICE),
                pulumi.ResourceOptions(
                    protect=section.protect, depends_on=[after] if after else None
                ),
            ),
        )
