"""The adoption of many apps, some at a time."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote

from dynostack.adopt.command import AdoptCommand
from dynostack.adopt.errors import AdoptRefused
from dynostack.engine.process import EngineFailed
from dynostack.errors import INTERRUPTED
from dynostack.inventory.platform_api import ApiError, ApiRefusal
from dynostack.recover.errors import RecoverRefused
from dynostack.secrets.errors import SecretRefused

DONE, FAILED = 0, 1
PROGRAM = "from dynostack.cli.commands import main; main()"
STEP = "==> "
"""The beginning of a line of progress on a command's stderr."""


@dataclass(frozen=True)
class FleetAdoption:
    """The adoption of every app, each into the stack that is named after it."""

    command: AdoptCommand
    """The command for one app."""
    options: tuple[str, ...]
    """The options of the command line that apply to each app."""
    at_once: int
    """How many apps to adopt at a time, after the first one."""

    def run(self, team: str) -> int:
        """Adopt the apps; one that cannot be adopted does not stop the others.

        The first app is adopted alone: it asks for the passphrase, which the others use too.  Each
        of the others has a process of its own, because an engine waits more than it computes.

        Args:
            team: the name of the team whose apps to adopt; empty for all that the account can see.

        Returns:
            The exit code: 0 if all apps were adopted, 1 otherwise.

        Raises:
            AdoptRefused: there are no apps, or no such team.
            ApiError: Heroku does not answer.
            KeyboardInterrupt: the adoption of an app was interrupted.
        """
        say, names = self.command.say, _names(self.command, team)
        failed = [name for name, was_adopted in self._adopted(names) if not was_adopted]
        if not failed:
            done = "described" if self.command.dry_run else "adopted"
            say(f"{done} all {len(names)} apps")
            return DONE
        say(
            f"{len(failed)} of {len(names)} apps were not adopted: {', '.join(failed)}; run the"
            " same command again after you have followed the advice above"
        )
        return FAILED

    def _adopted(self, names: list[str]) -> Iterator[tuple[str, bool]]:
        """Yield each app and whether it was adopted, in the order of the names."""
        first, *others = names
        self.command.say(f"1 of {len(names)}: {first}")
        yield first, self._here(first)
        with ThreadPoolExecutor(self.at_once) as pool:
            ended = pool.map(self._in_process, others)
            for number, (name, process) in enumerate(zip(others, ended, strict=True), 2):
                self.command.say(f"{number} of {len(names)}: {name}")
                yield name, self._reported(process)

    def _here(self, name: str) -> bool:
        try:
            self.command.adopt(name)
        except (AdoptRefused, ApiError, EngineFailed, RecoverRefused, SecretRefused) as error:
            self.command.say(str(error))
            return False
        return True

    def _in_process(self, name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-c", PROGRAM, "adopt", name, *self.options],
            cwd=self.command.workspace.project,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def _reported(self, process: subprocess.CompletedProcess[str]) -> bool:
        """Print the output of a process, and return whether it has adopted its app."""
        self.command.show(process.stdout)
        for line in process.stderr.splitlines():
            self.command.say(line.removeprefix(STEP))
        if process.returncode in (INTERRUPTED, -signal.SIGINT):
            raise KeyboardInterrupt
        return process.returncode == DONE


def _names(command: AdoptCommand, team: str) -> list[str]:
    path = f"/teams/{quote(team, safe='')}/apps" if team else "/apps"
    try:
        listed = command.api.listing(path)
    except ApiRefusal as refusal:
        whose = f"the team {team}" if team else "the account"
        raise AdoptRefused(f"cannot list the apps of {whose}: {refusal}") from None
    if not listed:
        raise AdoptRefused("there are no apps to adopt")
    return sorted(str(each["name"]) for each in listed)
