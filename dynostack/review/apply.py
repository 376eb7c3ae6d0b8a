"""The commands `dynostack apply` and `dynostack reviewed --verify`, without their options."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dynostack.environment.command_line import stack_command
from dynostack.inventory.domains import dns_targets
from dynostack.inventory.platform_api import ApiError, PlatformApi
from dynostack.local.workspace import LocalWorkspace
from dynostack.review import applied, resource_types
from dynostack.review.command import DONE, FAILED, NEEDS_A_YES, Judged, judged, stored_review
from dynostack.review.engine import Engine, Planned, Progress
from dynostack.review.markup import plain
from dynostack.review.model import Operation, Review, Verdict
from dynostack.review.redaction import Mask
from dynostack.review.render import text
from dynostack.review.step import Preview


def apply(
    workspace: LocalWorkspace,
    stack: str,
    digest: str,
    consents: Collection[str],
    progress: Progress,
    tell: Progress,
) -> int:
    """Apply exactly the reviewed plan, or nothing.

    Args:
        workspace: the project.
        stack: the stack's name.
        digest: the digest of the review.
        consents: the options that give an explicit yes, such as `--allow-data-loss postgres`.
        progress: called with each step.
        tell: called with the engine's output, and with the reason if the apply is refused.

    Returns:
        The exit code: 0 when it is done, 1 when the preview or the update failed, 3 when it is
        refused, 130 when it was interrupted.

    Raises:
        AccessRefused: the API key in use may not apply this stack.
        EngineFailed: the engine produced no preview.
    """
    engine = Engine(workspace, stack)
    engine.refuse_lock()
    with _previewed_again(workspace, engine, digest, progress) as again:
        now, planned = again.judged.review, again.judged.planned
        if (code := _ended(workspace, again, digest, progress, tell)) is not None:
            return code
        if refused := "\n".join(_missing_consents(now, consents)):
            tell(refused)
            return NEEDS_A_YES
        if now.verdict is Verdict.NOTHING:
            progress("nothing to do")
            return DONE
        progress(f"applying {'the rest of ' if again.begun else ''}{digest}")
        message = applied.message(digest, planned.preview, planned.plan or {})
        mask = Mask.of(planned.preview, again.judged.secrets, again.judged.ids)
        code = engine.up(planned, message, mask, tell)
        if code == DONE:
            for line in _dns_targets(planned.preview, now.app):
                tell(line)
        return code


def verify(
    workspace: LocalWorkspace, stack: str, digest: str, progress: Progress, tell: Progress
) -> int:
    """Check that an apply of a reviewed plan would still start; change nothing.

    A plan also passes if it is applied already, or if only the rest of it is left to apply.

    Args:
        workspace: the project.
        stack: the stack's name.
        digest: the digest of the review.
        progress: called with each step.
        tell: called with the reason if the review is stale.

    Returns:
        The exit code: 0 when an apply would start, 1 when the preview failed, 3 when the review is
        stale or a finding stops the apply.

    Raises:
        AccessRefused: the API key in use may not review this stack.
        EngineFailed: the engine produced no preview.
    """
    with _previewed_again(workspace, Engine(workspace, stack), digest, progress) as again:
        if (code := _ended(workspace, again, digest, progress, tell)) is not None:
            return code
        progress(f"{stack} is as reviewed: {digest}")
        return DONE


@dataclass(frozen=True)
class _Again:
    """A new preview of a reviewed plan, and what was applied of it."""

    judged: Judged
    is_applied: bool
    begun: Mapping[str, Any] | None
    """The record of the reviewed plan if an apply of it failed halfway."""


@contextmanager
def _previewed_again(
    workspace: LocalWorkspace, engine: Engine, digest: str, progress: Progress
) -> Iterator[_Again]:
    with engine.preview(progress) as running:
        found = judged(workspace, engine.stack, running, progress)
        now = found.review
        history = engine.history() if now.digest != digest and not now.errors else []
        is_applied = now.verdict is Verdict.NOTHING and applied.was_applied(digest, history)
        yield _Again(found, is_applied, applied.begun(digest, history))


def _ended(
    workspace: LocalWorkspace, again: _Again, digest: str, progress: Progress, tell: Progress
) -> int | None:
    """Return the exit code if the plan is applied already or cannot be applied; else None."""
    now = again.judged.review
    if now.errors:
        tell(text.render(now))
        return FAILED
    if again.is_applied:
        progress(f"already applied: {digest}")
        return DONE
    if stale := "\n".join(_staleness(workspace, again, digest)):
        tell(stale)
        return NEEDS_A_YES
    return None


def _dns_targets(preview: Preview, app: str) -> Iterator[str]:
    """Yield a line for each new domain with the DNS target that Heroku reports."""
    added = [
        str(step.inputs.get("hostname"))
        for step in preview.steps
        if step.type == resource_types.DOMAIN
        and step.operation in (Operation.CREATE, Operation.REPLACE)
    ]
    api = PlatformApi.of_environment()
    if not added or api is None:
        return
    try:
        targets = dns_targets(api, app)
    except ApiError as error:
        yield f"cannot read the DNS targets of {', '.join(added)}: {error}"
        return
    for hostname in added:
        target = targets.get(hostname, "its DNS target once Heroku has one")
        yield f"point the DNS record of {hostname} at {target}"


def _staleness(workspace: LocalWorkspace, again: _Again, digest: str) -> Iterator[str]:
    """Yield the reasons why the reviewed plan cannot be applied, whoever agrees."""
    now = again.judged.review
    for finding in now.stopping:
        yield f"refused: {finding.id} {plain(finding.text)}; nothing was changed"
        yield f"      = {plain(finding.advice)}"
    if now.stopping or now.digest == digest:
        return
    other = _unreviewed(again.judged.planned, again.begun)
    if other != []:
        yield "refused: the plan differs from the reviewed plan; nothing was changed"
        if other:
            yield f"not part of the reviewed plan: {', '.join(other)}"
        yield from _difference(workspace, now, digest)
        yield f"review it again: {stack_command('dynostack review', now.stack)}"


def _missing_consents(now: Review, consents: Collection[str]) -> Iterator[str]:
    """Yield the findings that need an explicit yes which was not given."""
    for finding in now.blocking:
        if finding.consent and finding.consent not in consents:
            yield (
                f"refused: {plain(finding.text)}; nothing was changed;"
                f" to apply anyway, add {finding.consent}"
            )


def _unreviewed(planned: Planned, begun: Mapping[str, Any] | None) -> list[str] | None:
    """Return the unreviewed rest of the changes; None if no reviewed plan was started."""
    if begun is None:
        return None
    return applied.unreviewed(planned.preview, planned.plan or {}, begun)


def _difference(workspace: LocalWorkspace, now: Review, digest: str) -> Iterator[str]:
    before = stored_review(workspace, digest)
    if before is None:
        yield "the reviewed plan is not stored on this machine; an apply would do this now:\n"
        yield text.render(now)
        return
    lines = list(
        difflib.unified_diff(_lines(before), _lines(now), "reviewed", "now", lineterm="", n=2)
    )
    if lines:
        yield from lines
    else:
        yield "the visible values are the same; a secret or another hidden value differs"


def _lines(shown: Review) -> list[str]:
    return [line for line in text.render(shown).splitlines() if not line.startswith("digest ")]
