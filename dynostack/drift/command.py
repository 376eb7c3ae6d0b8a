"""The command `dynostack drift`, without the parsing of its options."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from dynostack.comparison.difference import Difference
from dynostack.comparison.differences import decrypted, differences, is_ignored
from dynostack.comparison.managed import Managed
from dynostack.description.unsaid import Unsaid, foreign, unsaid_of
from dynostack.drift.errors import DriftUnknown
from dynostack.engine.advice import missing_stack
from dynostack.engine.exported_state import UNKNOWN_STACK, ExportedState
from dynostack.engine.process import EngineFailed, PulumiProcess
from dynostack.environment import Environment, examine
from dynostack.environment.command_line import stack_command
from dynostack.environment.elsewhere import is_elsewhere
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.inventory.account import refusal
from dynostack.inventory.app import NOT_IN_FILES, App
from dynostack.inventory.databases import read_versions
from dynostack.inventory.platform_api import ApiRefusal, PlatformApi
from dynostack.inventory.reader import NOT_FOUND, read_inventory
from dynostack.local.workspace import LocalWorkspace


@dataclass(frozen=True)
class Drift:
    """The differences between a stack's file and its app."""

    stack: str
    app: str
    differences: tuple[Difference, ...]
    unsaid: tuple[Unsaid, ...]
    """Parts of the app that no file can describe."""
    ignored: int = 0
    """How many differences and parts are managed elsewhere, as the file says."""

    def text(self) -> str:
        """Return the differences as text, one a line."""
        lines = [f"{self.stack}: {self.count}"]
        lines += [f"  {each}  [{each.item}]" for each in self.differences]
        if self.unsaid:
            lines += [
                "on Heroku, but a file cannot describe it:",
                *(f"  {each}  [{each.item}]" for each in self.unsaid),
            ]
        if self.ignored:
            lines.append(f"managed elsewhere, as the file says: {self.ignored}")
        return "".join(f"{line}\n" for line in lines)

    @property
    def count(self) -> str:
        """Return how many differences there are, in words."""
        count = len(self.differences)
        if not count:
            return f"{self.app} matches the file"
        return f"{count} difference{'s' if count > 1 else ''} from {self.app}"

    def as_data(self) -> dict[str, object]:
        """Return the differences as data for JSON."""
        return {
            "stack": self.stack,
            "app": self.app,
            "differences": [each.as_data() for each in self.differences],
            "unsaid": [each.as_data() for each in self.unsaid],
            "ignored": self.ignored,
        }

    def json(self) -> str:
        """Return the differences as JSON."""
        return json.dumps(self.as_data(), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def parse(cls, text: str) -> Drift:
        """Return the differences that `json` described, for reports only.

        Raises:
            ValueError: the text is something else.
        """
        try:
            data = json.loads(text)
            found = tuple(map(Difference.of_data, data["differences"]))
            unsaid = tuple(map(Unsaid.of_data, data["unsaid"]))
            return cls(data["stack"], data["app"], found, unsaid, data["ignored"])
        except (KeyError, TypeError):
            raise ValueError(text) from None


@dataclass(frozen=True)
class DriftCommand:
    """The comparison of one stack's file with Heroku."""

    workspace: LocalWorkspace
    stack: str
    api: PlatformApi
    say: Callable[[str], None]
    """Prints a line of progress."""

    @property
    def name(self) -> str:
        """Return the stack's name without the organization and the project."""
        return self.stack.rpartition("/")[2]

    def run(self) -> Drift:
        """Compare the file, the state and Heroku; change nothing.

        Raises:
            DriftUnknown: the file has errors, or the app or a part of it cannot be read.
            ApiError: Heroku does not answer.
            EngineFailed: the state cannot be read, or secrets cannot be decrypted.
        """
        runner = PulumiProcess.of_shell(self.workspace)
        self.say(f"comparing {self.stack} with Heroku")
        environment = self._environment(runner)
        if message := refusal(self.stack, environment.account):
            raise DriftUnknown(message)
        managed = Managed.of(ExportedState.read(runner, self.stack).resources)
        app = self._app(managed.app or environment.app.name)
        versions = read_versions(self.api, app)
        found = differences(environment, app, managed, versions)
        unsaid = [*unsaid_of(app), *foreign(app)]
        elsewhere = environment.elsewhere
        here = tuple(each for each in found if not is_ignored(each, elsewhere))
        parts = tuple(each for each in unsaid if not is_elsewhere(each.item, elsewhere))
        ignored = len(found) - len(here) + len(unsaid) - len(parts)
        return Drift(self.stack, app.name, here, parts, ignored)

    def _environment(self, runner: PulumiProcess) -> Environment:
        """Return the environment of the stack's file, with secrets in plain text."""
        project = ProjectFolder(self.workspace.project).project
        name = self.name
        try:
            shown = runner.answer("config", "--stack", self.stack, "--show-secrets", "--json")
        except EngineFailed as failed:
            if UNKNOWN_STACK not in str(failed):
                raise
            raise DriftUnknown(missing_stack(name)) from None
        values = decrypted(shown, project)
        examined = examine(name, self.workspace.project, decrypted=values)
        if examined.environment is None:
            raise DriftUnknown("\n".join(map(str, examined.errors)))
        return examined.environment

    def _app(self, identity: str) -> App:
        try:
            app = read_inventory(self.api, identity)
        except ApiRefusal as refused:
            if refused.status == NOT_FOUND:
                raise DriftUnknown(
                    f"Heroku has no app {identity}: it was destroyed or renamed, or was never"
                    f" created\n      = run {stack_command('dynostack review', self.stack)}"
                ) from None
            raise DriftUnknown(f"cannot read the app {identity}: {refused}") from None
        for part, reason in app.unread.items():
            if part not in NOT_IN_FILES:
                raise DriftUnknown(
                    f"cannot read the {part} of {app.name}: {reason}\n      = use an API key of an"
                    " account that may, with the scope global"
                )
        return app
