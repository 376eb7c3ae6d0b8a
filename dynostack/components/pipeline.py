"""The app's stage in a pipeline, and the pipeline itself if this stack owns it."""

import pulumi
import pulumiverse_heroku as heroku

from dynostack import environment
from dynostack.components.app import App


class Pipeline(pulumi.ComponentResource):
    """The app's stage in a pipeline; other stacks of the pipeline set its `id`."""

    def __init__(self, name: str, section: environment.Pipeline, app: App) -> None:
        super().__init__("dynostack:heroku:Pipeline", name, opts=pulumi.ResourceOptions(parent=app))
        self.id = self._made(name, section.name) if section.create else section.id
        heroku.pipeline.Coupling(
            name,
            app_id=app.id,
            pipeline=self.id,
            stage=section.stage,
            # An app is in one pipeline, at one stage.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({"id": self.id})

    def _made(self, name: str, title: str | None) -> pulumi.Output[str]:
        opts = pulumi.ResourceOptions(parent=self)
        return heroku.pipeline.Pipeline(name, name=title, opts=opts).id
