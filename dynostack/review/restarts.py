"""What restarts or is interrupted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from dynostack.review import kinds
from dynostack.review.model import Operation, Restart
from dynostack.review.step import Step

ALL_DYNOS = "all dynos"
A_RELEASE = ", which makes a release"
OF_THE_APP: dict[Operation, tuple[Restart, ...]] = {
    Operation.CREATE: (),
    Operation.DESTROY: (Restart(ALL_DYNOS, "the app is destroyed, and they do not come back"),),
    Operation.REPLACE: (
        Restart(ALL_DYNOS, "the app is replaced: it is gone until it is built and released"),
    ),
}
"""What happens to the app as a whole -> all that there is to say of restarts."""


def restarts(steps: Iterable[Step]) -> tuple[Restart, ...]:
    """What the changes restart, each once."""
    changed = [step for step in steps if step.operation]
    for step in changed:
        if step.type == kinds.APP and step.operation in OF_THE_APP:
            return OF_THE_APP[step.operation]
    reasons: dict[str, dict[str, None]] = {}
    for step in changed:
        for each in _CAUSES[step.type](step) if step.type in _CAUSES else ():
            reasons.setdefault(each.what, {})[each.why] = None
    return tuple(Restart(what, _together(whys)) for what, whys in reasons.items())


def _together(whys: Collection[str]) -> str:
    """All reasons in one sentence, in which a release is told once."""
    releases = [why.removesuffix(A_RELEASE) for why in whys if why.endswith(A_RELEASE)]
    told = [why for why in whys if not why.endswith(A_RELEASE)]
    if releases:
        told.append("; ".join(releases) + A_RELEASE)
    return "; ".join(told)


def _app(step: Step) -> Iterator[Restart]:
    properties = {path.partition(".")[0].partition("[")[0] for path in step.differences}
    if properties & kinds.CONFIG_VARS:
        yield Restart(ALL_DYNOS, f"config vars change{A_RELEASE}")


def _addon(step: Step) -> Iterator[Restart]:
    name = kinds.title(step).partition(" (")[0]
    if step.operation in (Operation.CREATE, Operation.DESTROY, Operation.REPLACE):
        yield Restart(ALL_DYNOS, f"{name} sets or takes away config vars{A_RELEASE}")
    elif "plan" in step.differences and kinds.is_database(step):
        yield Restart(name, "its plan changes: connections drop while Heroku moves it")
    elif "plan" in step.differences and kinds.is_cache(step):
        yield Restart(name, "its plan changes: it may come back empty")


def _attachment(step: Step) -> Iterator[Restart]:
    yield Restart(ALL_DYNOS, f"attachment {step.name} changes config vars{A_RELEASE}")


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
