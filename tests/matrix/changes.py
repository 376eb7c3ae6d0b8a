"""The changes of an environment's file that the matrix makes: tests/matrix/changes.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.review.cases import changed

HERE = Path(__file__).parent
APPLIES, NOTHING, CONSENT, STOPS = "applies", "nothing", "consent", "stops"
SAMPLE_START = "whole"
"""The start of all changes of the sample."""


@dataclass(frozen=True)
class Start:
    """An environment that changes start from: Pulumi.prod.yaml with values set."""

    name: str
    set: dict[str, Any] = field(default_factory=dict)
    secret: dict[str, str] = field(default_factory=dict)

    def file(self, committed: dict[str, Any]) -> dict[str, Any]:
        """Return the start's file without its secrets, from the committed one."""
        return changed(deepcopy(committed), self.set)


@dataclass(frozen=True)
class Expectation:
    """A review's expected result for a change: `kind` is one of the words of changes.yaml."""

    kind: str
    codes: tuple[str, ...] = ()
    """Ids of the expected findings; if the file is rejected, words of the error."""

    @classmethod
    def read(cls, written: str | dict[str, str | list[str]]) -> Expectation:
        """Parse a word, or a word with its one finding or several."""
        if isinstance(written, str):
            return cls(written)
        ((kind, codes),) = written.items()
        return cls(kind, (codes,) if isinstance(codes, str) else tuple(codes))


@dataclass(frozen=True)
class Change:
    """One change of a start; changes.yaml describes each field."""

    name: str
    expect: Expectation
    start: str = "prod"
    set: dict[str, Any] = field(default_factory=dict)
    secret: dict[str, str] = field(default_factory=dict)
    answers: int | None = None
    app: str = "acme-shop"
    sample: bool = False


def load() -> tuple[dict[str, Start], list[Change]]:
    """Read every start by name, and every change in the order of the file."""
    found = yaml.load((HERE / "changes.yaml").read_text(), yaml.CSafeLoader)
    starts = {name: Start(name, **fields) for name, fields in found["starts"].items()}
    changes = [
        Change(name, **{**fields, "expect": Expectation.read(fields["expect"])})
        for name, fields in found["changes"].items()
    ]
    return starts, changes


def sample(changes: Iterable[Change], *kinds: str) -> Change:
    """Merge the sample's changes of these kinds of expectation into one change."""
    chosen = [each for each in changes if each.sample and each.expect.kind in kinds]
    values, secrets = dict[str, Any](), dict[str, str]()
    for change in chosen:
        assert change.start == SAMPLE_START, f"{change.name} must start from {SAMPLE_START}"
        both = {*values, *secrets} & {*change.set, *change.secret}
        assert not both, f"{change.name} changes {both}, as another of the sample does"
        values, secrets = {**values, **change.set}, {**secrets, **change.secret}
    codes = tuple(code for each in chosen for code in each.expect.codes)
    return Change("sample", Expectation(kinds[-1], codes), SAMPLE_START, values, secrets)
