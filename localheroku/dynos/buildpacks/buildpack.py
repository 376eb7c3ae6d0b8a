"""The interface of all buildpacks, and the build that they take part in.

https://devcenter.heroku.com/articles/buildpack-api
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from localheroku.dynos import processes
from localheroku.dynos.environment import BUILD_PATH, BuildFolders, DynoContext, build_environment
from localheroku.dynos.slug_layout import APP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from localheroku.core.backends import BuildContext
    from localheroku.dynos.process_registry import ProcessRegistry

WARNING = " !     "
"""The start of a line that `dynostack up` repeats at its end."""
STEP = "-----> "
INDENT = "       "


@dataclass
class Compilation:
    """One build of a source, which each buildpack gets in turn."""

    folders: BuildFolders
    context: BuildContext
    on_line: Callable[[str], None]
    """Called with each line of the build's output."""
    registry: ProcessRegistry
    """Gets the processes of the build."""
    exported: dict[str, str] = field(default_factory=lambda: {"PATH": BUILD_PATH})
    """The variables that the buildpacks so far set for those that follow."""

    @property
    def app(self) -> Path:
        """The folder of the source, which becomes the slug's."""
        return self.folders.slug / APP

    def step(self, text: str) -> None:
        """Print the heading of a step."""
        self.on_line(f"{STEP}{text}")

    def info(self, text: str) -> None:
        """Print a line below the heading of a step."""
        self.on_line(f"{INDENT}{text}" if text else text)

    def warn(self, text: str) -> None:
        """Print what is not as it should be, or not as on Heroku."""
        self.on_line(f"{WARNING}{text}")

    def environment(self, variables: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a program that a buildpack runs.

        Args:
            variables: what the buildpack itself sets.
        """
        context = self.context
        own = self.exported | dict(variables or {})
        return build_environment(self.folders, context.config_vars, context.variables, own)

    async def run(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        on_line: Callable[[str], None] | None = None,
    ) -> int:
        """Run a program in the source; return its exit status.

        Args:
            command: the program and its arguments.
            env: its whole environment.
            on_line: called with each line of its output, which is printed by default.
        """
        return await processes.run(command, self.app, env, on_line or self.info, self.registry)


class Buildpack(ABC):
    """A buildpack that the local Heroku runs.

    One object serves all builds of a server. What it does to a dyno's environment needs no object,
    because a slug outlives the server that built it.
    """

    name: ClassVar[str]
    """Its name in Heroku's registry, such as heroku/python."""
    title: ClassVar[str]
    """The kind of app that it builds, as a build names it in its output."""
    repositories: ClassVar[tuple[str, ...]]
    """The repositories on GitHub from which it also comes, as owner/name."""

    def __init__(self, data: Path, registry: ProcessRegistry) -> None:
        """Create the buildpack of a server.

        Args:
            data: the server's folder, below which it may keep what builds share.
            registry: gets its processes.
        """
        self._data = data
        self._registry = registry

    @abstractmethod
    def detects(self, app: Path) -> bool:
        """Return whether this buildpack can build a source."""

    @abstractmethod
    def check(self, app: Path) -> None:
        """Check a source before anything is installed.

        Raises:
            BuildFailed: this buildpack cannot build it.
        """

    @abstractmethod
    async def compile(self, build: Compilation) -> None:
        """Build the source, and export what the next buildpacks need.

        Raises:
            BuildFailed: a step failed.
        """

    def default_processes(self, app: Path) -> dict[str, str]:  # noqa: ARG002 - most have none
        """Return the process types of an app whose Procfile does not have them."""
        return {}

    def prune(self, slugs: Path) -> None:  # noqa: B027 - most keep nothing outside of slugs
        """Remove what no slug in a folder uses any more."""

    @staticmethod
    def dyno_variables(
        dyno: DynoContext,  # noqa: ARG004 - some set none
        before: Mapping[str, str],  # noqa: ARG004 - some set none
    ) -> dict[str, str]:
        """Return what a dyno has because of this buildpack.

        Args:
            dyno: the dyno.
            before: its variables without those of this buildpack.
        """
        return {}
