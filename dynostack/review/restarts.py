"""What restarts or is interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dynostack.review import kinds
from dynostack.review.model import Operation, Restart
from dynostack.review.step import Step

ALL_DYNOS = "all dynos"


def restarts(steps: Iterable[Step]) -> tuple[Restart, ...]:
    """What the changes restart; nothing for an app that is only made."""
    changed = [step for step in steps if step.operation]
    if any(step.type == kinds.APP and step.operation is Operation.CREATE for step in changed):
        return ()
    found: dict[Restart, None] = {}
    for step in changed:
        found |= dict.fromkeys(_CAUSES[step.type](step) if step.type in _CAUSES else ())
    return tuple(found)


def _app(step: Step) -> Iterator[Restart]:
    if step.operation is Operation.REPLACE:
        yield Restart(ALL_DYNOS, "the app is replaced: it is gone until it is built and released")
        return
    properties = {path.partition(".")[0].partition("[")[0] for path in step.differences}
    if properties & kinds.CONFIG_VARS:
        yield Restart(ALL_DYNOS, "config vars change, which makes a release")


def _addon(step: Step) -> Iterator[Restart]:
    name = kinds.title(step).partition(" (")[0]
    if step.operation in (Operation.CREATE, Operation.DESTROY, Operation.REPLACE):
        yield Restart(ALL_DYNOS, f"{name} sets or takes away config vars, which makes a release")
    elif "plan" in step.differences and kinds.is_database(step):
        yield Restart(name, "its plan changes: connections drop while Heroku moves it")
    elif "plan" in step.differences and kinds.is_cache(step):
        yield Restart(name, "its plan changes: it may come back empty")


def _attachment(step: Step) -> Iterator[Restart]:
    yield Restart(ALL_DYNOS, f"attachment {step.name} changes config vars, which makes a release")


def _build(step: Step) -> Iterator[Restart]:
    if step.operation in (Operation.CREATE, Operation.REPLACE):
        yield Restart(ALL_DYNOS, "new code is built and released")


def _formation(step: Step) -> Iterator[Restart]:
    process = f"{step.inputs.get('type', step.name)} dynos"
    if step.operation is Operation.UPDATE and "size" in step.differences:
        yield Restart(process, "another size")


_CAUSES: dict[str, Callable[[Step], Iterator[Restart]]] = {
    kinds.APP: _app,
    kinds.ADDON: _addon,
    kinds.ATTACHMENT: _attachment,
    kinds.BUILD: _build,
    kinds.CONFIG_ASSOCIATION: _attachment,
    kinds.FORMATION: _formation,
}
