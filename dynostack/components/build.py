"""The app's code, built from a folder and released."""

from collections.abc import Sequence
from pathlib import Path

import pulumi
import pulumiverse_heroku as heroku

from dynostack.components.app import App
from dynostack.source_archive import ArchiveNotWritten, archive


class Build(pulumi.ComponentResource):
    """A build of what Git would deploy of a folder; Heroku builds again when that changes.

    The folder is relative to Pulumi.yaml, which is in the current directory.
    """

    def __init__(
        self,
        name: str,
        source: pulumi.Input[str],
        app: App,
        after: Sequence[pulumi.Resource] = (),
    ) -> None:
        super().__init__("dynostack:heroku:Build", name, opts=pulumi.ResourceOptions(parent=app))
        path: pulumi.Input[str]
        if isinstance(source, str):
            path = self._archive(name, source)
        else:
            path = pulumi.Output.all(source).apply(lambda known: self._archive(name, known[0]))
        self.build = heroku.build.Build(
            name,
            app_id=app.id,
            source=heroku.build.BuildSourceArgs(path=path),
            # The release process needs the config vars of the add-ons, such as DATABASE_URL.
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        self.register_outputs({"build": self.build.uuid})

    def _archive(self, name: str, source: str) -> str:
        """Write the archive of the source and return its path, relative to Pulumi.yaml."""
        try:
            written = archive(Path.cwd(), source, pulumi.get_stack(), name)
        except ArchiveNotWritten as error:
            raise pulumi.RunError(str(error)) from None
        if written.note:
            pulumi.log.info(written.note, self)
        return written.path
