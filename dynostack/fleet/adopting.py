"""The adoption of many apps, some at a time."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dynostack.adopt.command import AdoptCommand
from dynostack.adopt.errors import AdoptRefused
from dynostack.engine.process import EngineFailed
from dynostack.errors import INTERRUPTED
from dynostack.fleet.jobs import DONE, STEP, Ended, Job, Jobs
from dynostack.inventory.platform_api import ApiError, ApiRefusal
from dynostack.recover.errors import RecoverRefused
from dynostack.secrets.errors import SecretRefused

FAILED = 1


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
        first, *others = names
        say(f"1 of {len(names)}: {first}")
        failed = [] if self._here(first) else [first]
        failed += self._in_processes(others)
        if not failed:
            done = "described" if self.command.dry_run else "adopted"
            say(f"{done} all {len(names)} apps")
            return DONE
        say(
            f"{len(failed)} of {len(names)} apps were not adopted: {', '.join(failed)}; run the"
            " same command again after you have followed the advice above"
        )
        return FAILED

    def _here(self, name: str) -> bool:
        try:
            self.command.adopt(name)
        except (AdoptRefused, ApiError, EngineFailed, RecoverRefused, SecretRefused) as error:
            self.command.say(str(error))
            return False
        return True

    def _in_processes(self, names: Sequence[str]) -> list[str]:
        """Adopt apps after the first one, report them in their order, and return those that fail.

        Raises:
            KeyboardInterrupt: the adoption of an app was interrupted.
        """
        total = len(names) + 1
        waiting = deque(enumerate(names, 2))
        lines: dict[str, list[str]] = defaultdict(list)
        ended: dict[str, Ended] = {}

        def take(job: Ended) -> None:
            ended[job.job.stack] = job
            while waiting and waiting[0][1] in ended:
                number, name = waiting.popleft()
                self.command.say(f"{number} of {total}: {name}")
                self.command.show(ended[name].output)
                for line in lines[name]:
                    self.command.say(line.removeprefix(STEP))

        jobs = [Job.of(name, "adopt", *self.options) for name in names]
        project = self.command.workspace.project
        Jobs(project, self.at_once, take, lambda name, line: lines[name].append(line)).run(jobs)
        if any(each.exit_code == INTERRUPTED for each in ended.values()):
            raise KeyboardInterrupt
        return [name for name in names if ended[name].exit_code != DONE]


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
