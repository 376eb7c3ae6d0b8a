"""The app's code, built from a folder and released."""

from collections.abc import Sequence

import pulumi
import pulumiverse_heroku as heroku

from dynostack.components.app import App


class Build(pulumi.ComponentResource):
    """A build of a folder; Heroku builds it again when its content changes."""

    def __init__(
        self,
        name: str,
        source: pulumi.Input[str],
        app: App,
        after: Sequence[pulumi.Resource] = (),
    ) -> None:
        super().__init__("dynostack:heroku:Build", name, opts=pulumi.ResourceOptions(parent=app))
        self.build = heroku.build.Build(
            name,
            app_id=app.id,
            source=heroku.build.BuildSourceArgs(path=source),
            # The release process needs the config vars of the add-ons, such as DATABASE_URL.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        self.register_outputs({"build": self.build.uuid})
