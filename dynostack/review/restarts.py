"""Restarts and interruptions that a change causes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from dynostack.environment.database_moves import is_other_tier
from dynostack.review import resource_types
from dynostack.review.markup import Code, Markup, joined
from dynostack.review.model import Operation, Restart
from dynostack.review.redaction import addresses_masked
from dynostack.review.state import plan_and_version
from dynostack.review.step import Step

ALL_DYNOS: Markup = ("all dynos",)
A_RELEASE = ", which creates a release"
OF_THE_APP: dict[Operation, tuple[Restart, ...]] = {
    Operation.CREATE: (),
    Operation.DESTROY: (Restart(ALL_DYNOS, ("the app is destroyed, so its dynos stop for good",)),),
    Operation.REPLACE: (
        Restart(
            ALL_DYNOS,
            ("the app is replaced, and the new app is down until its code is built and released",),
        ),
    ),
}
"""Operation on the whole app -> all restarts of the change."""


def restarts(steps: Iterable[Step]) -> tuple[Restart, ...]:
    """Return what the changes restart, each with all its reasons."""
    changed = sorted((step for step in steps if step.operation), key=_place)
    for step in changed:
        if step.type == resource_types.APP and step.operation in OF_THE_APP:
            return OF_THE_APP[step.operation]
    reasons: dict[Markup, dict[Markup, None]] = {}
    for step in changed:
        for each in _CAUSES[step.type](step) if step.type in _CAUSES else ():
            reasons.setdefault(each.what, {})[each.why] = None
    return tuple(Restart(what, _together(whys)) for what, whys in reasons.items())


def _place(step: Step) -> str:
    """Return a sort key that puts destroyed resources last, by URN: the engine's order varies."""
    return step.urn if step.operation is Operation.DESTROY else ""


def _together(whys: Collection[Markup]) -> Markup:
    """Join all reasons into one sentence that mentions a release once."""
    releases = [why[:-1] for why in whys if why[-1] == A_RELEASE]
    reasons = [why for why in whys if why[-1] != A_RELEASE]
    if releases:
        reasons.append((*joined(releases, "; "), A_RELEASE))
    return joined(reasons, "; ")


def _app(step: Step) -> Iterator[Restart]:
    properties = {path.partition(".")[0].partition("[")[0] for path in step.differences}
    if properties & resource_types.CONFIG_VARS:
        yield Restart(ALL_DYNOS, ("config vars change", A_RELEASE))


def _addon(step: Step) -> Iterator[Restart]:
    name = (f"{resource_types.kind(step).noun} ", _code(step.name))
    if step.operation in (Operation.CREATE, Operation.DESTROY, Operation.REPLACE):
        yield Restart(ALL_DYNOS, (*name, " sets or removes config vars", A_RELEASE))
    elif "plan" in step.differences and resource_types.is_database(step):
        old, new = plan_and_version(step.old).plan, plan_and_version(step.new).plan
        if is_other_tier(old, new):
            yield Restart(ALL_DYNOS, (*name, " moves to a new database while the site is down"))
        else:
            yield Restart(name, ("its plan changes, and connections drop while Heroku moves it",))
    elif "plan" in step.differences and resource_types.is_cache(step):
        yield Restart(name, ("its plan changes, and it may come back empty",))


def _attachment(step: Step) -> Iterator[Restart]:
    why = ("attachment ", _code(step.name), " changes config vars", A_RELEASE)
    yield Restart(ALL_DYNOS, why)


def _build(step: Step) -> Iterator[Restart]:
    if step.operation in (Operation.CREATE, Operation.REPLACE):
        yield Restart(ALL_DYNOS, ("new code is built and released",))


def _formation(step: Step) -> Iterator[Restart]:
    process = (_code(str(step.inputs.get("type", step.name))), " dynos")
    if step.operation is Operation.UPDATE and "size" in step.differences:
        yield Restart(process, ("their size changes",))


def _code(name: str) -> Code:
    return Code(addresses_masked(name))


_CAUSES: dict[str, Callable[[Step], Iterator[Restart]]] = {
    resource_types.APP: _app,
    resource_types.ADDON: _addon,
    resource_types.ATTACHMENT: _attachment,
    resource_types.BUILD: _build,
    resource_types.CONFIG_ASSOCIATION: _attachment,
    resource_types.FORMATION: _formation,
}
