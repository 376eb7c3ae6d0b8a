"""What Heroku will soon stop supporting."""

from __future__ import annotations

from collections.abc import Iterator

from config.rules.end_of_life import POSTGRES, STACK, Kind
from dynostack.review.changes import value
from dynostack.review.model import Severity
from dynostack.review.rules.rule import Said, Subject, rule
from dynostack.review.step import Step


@rule("DR401", Severity.WARN)
def near_end_of_life(subject: Subject) -> Iterator[Said]:
    """A stack or a Postgres version that is written anew is near its end of life."""
    if subject.app:
        yield from _ending(subject, subject.app, "stack", STACK)
    for step in subject.databases:
        yield from _ending(subject, step, "config.version", POSTGRES)


def _ending(subject: Subject, step: Step, path: str, kind: Kind) -> Iterator[Said]:
    if step.new is None or not step.operation:
        return
    for found in kind.ending(subject.today, (path,), value(step.new, path)):
        yield Said(found.says, f"write {found.write}", step, path)
