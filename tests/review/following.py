"""Follows the advice of a review to the letter, in tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.rehearsal import Done
from tests.review.world import ReviewWorld

Finding = Mapping[str, Any]
Play = Callable[["Follower"], None]

PROGRAMS = ("heroku", "pulumi", "dynostack")
OTHER = "value"
"""The kind of code that is neither a command, an option nor a line: a plan, a name, an address."""


@dataclass(frozen=True)
class Scenario:
    """A test's steps with the findings of a world, and the promises of rules that they keep."""

    play: Play
    promises: frozenset[str]


SCENARIOS: dict[str, Scenario] = {}


def keeps(*promises: str) -> Callable[[Play], Play]:
    """Register a function as a scenario.

    Args:
        promises: the promises that it keeps, such as `DR115 heroku pg:info`.
    """

    def enter(play: Play) -> Play:
        SCENARIOS[play.__name__] = Scenario(play, frozenset(promises))
        return play

    return enter


def kinds(code: str) -> Iterator[str]:
    """Yield the kinds of a piece of code, without the names and values in it.

    A command's kind is its program and subcommand; the kind of an option or a line is its name.
    """
    for command in code.split(" && "):
        words = command.split()
        if words[0] in PROGRAMS:
            yield " ".join(words[:2])
        elif words[0].startswith("--") or re.fullmatch(r"\w+:", words[0]):
            yield words[0]
        else:
            yield OTHER


def promised(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield each promise of a finding with the code that makes the promise."""
    codes = [part["code"] for part in finding["advice"] if isinstance(part, dict)]
    for code in (*codes, *filter(None, [finding["consent"]])):
        yield from ((f"{finding['id']} {kind}", code) for kind in kinds(code))


class Follower:
    """Follows the advice of findings, and records the promises that it followed."""

    def __init__(self, world: ReviewWorld) -> None:
        self.world = world
        self.followed: set[str] = set()

    def codes(self, finding: Finding, kind: str) -> list[str]:
        """Return the code of one kind in a finding's advice, for the caller to follow."""
        promise = f"{finding['id']} {kind}"
        found = [code for made, code in promised(finding) if made == promise]
        assert found, finding
        self.followed |= {promise}
        return list(dict.fromkeys(found))

    def run(self, finding: Finding, *kinds: str) -> Done:
        """Run a printed command in a shell of the local world, exactly as it is printed."""
        (command,) = {code for kind in kinds for code in self.codes(finding, kind)}
        return self.shell(command)

    def shell(self, command: str) -> Done:
        """Run a command in a shell of the local world, and check that it succeeds."""
        done = self.world.rehearsal.inside("sh", "-c", command)
        assert done.exit_code == 0, f"{command}\n{done.output}"
        return done

    def outside(self, command: str, **variables: str) -> Done:
        """Run a command in a shell outside the local world, and check that it succeeds."""
        done = self.world.rehearsal.outside(command, **variables)
        assert done.exit_code == 0, f"{command}\n{done.output}"
        return done

    def write(self, finding: Finding, kind: str) -> None:
        """Write the printed line or value at the place that the finding is about."""
        (text,) = self.codes(finding, kind)[:1]
        lines = self.world.file.read_text().splitlines()
        number = finding["place"]["line"] - 1
        old = lines[number]
        key = old.partition(":")[0].strip()
        assert kind in (OTHER, f"{key}:"), (old, text)
        indent = old[: len(old) - len(old.lstrip())]
        lines[number] = f"{indent}{text if kind != OTHER else f'{key}: {text}'}"
        self.world.file.write_text("\n".join(lines) + "\n")
