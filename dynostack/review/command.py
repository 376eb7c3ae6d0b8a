"""The commands `dynostack review` and `dynostack apply`, without the parsing of their options."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dynostack.inventory import account
from dynostack.inventory.domains import dns_targets
from dynostack.inventory.platform_api import ApiError, PlatformApi
from dynostack.local.workspace import LocalWorkspace
from dynostack.review import applied, resource_types
from dynostack.review.build import build_review
from dynostack.review.context import read_context
from dynostack.review.engine import Engine, Planned, Progress, Running
from dynostack.review.errors import AccessRefused, NotAPreview
from dynostack.review.markup import plain
from dynostack.review.model import Operation, Review, Verdict
from dynostack.review.preview_parser import read
from dynostack.review.redaction import Mask, known_secrets
from dynostack.review.render import json, text
from dynostack.review.source_locations import SourceLocations
from dynostack.review.step import Preview

DONE, FAILED, CHANGES, NEEDS_A_YES = 0, 1, 2, 3


def _markdown(shown: Review) -> str:
    from dynostack.review.render import markdown

    return markdown.render(shown)


def _html(shown: Review) -> str:
    from dynostack.review.render import html

    return html.render(shown)


FORMATS: dict[str, Callable[[Review], str]] = {
    "text": text.render,
    "md": _markdown,
    "html": _html,
    "json": json.render,
}


def reviewed(workspace: LocalWorkspace, stack: str, running: Running, progress: Progress) -> Review:
    """Preview a stack's change and return its review.

    A review that can be applied is stored in the project's local folder, so that `apply` can show
    differences.

    Raises:
        AccessRefused: the API key in use may not review this stack.
        EngineFailed: the engine produced no preview.
    """
    shown = judged(workspace, stack, running, progress).review
    if shown.digest:
        _kept(workspace, shown.digest).write_text(json.render(shown), "utf-8")
    return shown


@dataclass(frozen=True)
class Judged:
    """A preview with its review."""

    planned: Planned
    review: Review
    ids: frozenset[str]
    secrets: list[str] = field(repr=False)


def judged(workspace: LocalWorkspace, stack: str, running: Running, progress: Progress) -> Judged:
    """Return a preview with its review; stop the engine first if the API key is refused."""
    places = SourceLocations.of(workspace.project, stack)
    try:
        owner = str(places.value("account") or "")
        if owner and (message := account.refusal(stack, owner)):
            raise AccessRefused(message)
        context = read_context(running.state(), places, PlatformApi.of_environment())
    except AccessRefused:
        running.stop()
        raise
    planned = running.planned(progress)
    hidden = known_secrets(workspace.project, stack)
    shown = build_review(
        planned.preview, workspace.project, planned.plan, context=context, secrets=hidden
    )
    return Judged(planned, shown, context.state.ids, hidden)


def reviewed_file(workspace: LocalWorkspace, stack: str, source: Path) -> Review:
    """Return the review of a preview that was saved to a file.

    Raises:
        NotAPreview: the file is not a preview, or is a preview of another stack.
    """
    preview = read(source.read_text("utf-8"), str(source))
    if preview.stack and preview.stack != stack:
        raise NotAPreview(
            f"{source} is a preview of {preview.stack}, not of {stack}; choose a preview of {stack}"
        )
    return build_review(preview, workspace.project, secrets=known_secrets(workspace.project, stack))


def exit_code(shown: Review, tell_changes: bool) -> int:
    """Return the exit code of a review.

    Args:
        shown: the review.
        tell_changes: whether changes have an exit code of their own.

    Returns:
        0 when there is nothing to report, 1 for a failed preview, 2 for changes if `tell_changes`,
        and 3 if a finding stops an apply or needs an explicit yes.
    """
    match shown.verdict:
        case Verdict.FAILED:
            return FAILED
        case Verdict.STOPPED | Verdict.BLOCKED:
            return NEEDS_A_YES
        case Verdict.CHANGES:
            return CHANGES if tell_changes else DONE
        case Verdict.NOTHING:
            return DONE


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
        The exit code: 0 when it is done, 1 when the preview failed, 3 when it is refused, 130 when
        it was interrupted, otherwise the engine's.

    Raises:
        AccessRefused: the API key in use may not apply this stack.
        EngineFailed: the engine produced no preview.
    """
    engine = Engine(workspace, stack)
    engine.refuse_lock()
    with engine.preview(progress) as running:
        found = judged(workspace, stack, running, progress)
        now, planned = found.review, found.planned
        if now.errors:
            tell(text.render(now))
            return FAILED
        history = engine.history() if now.digest != digest else []
        if now.verdict is Verdict.NOTHING and applied.was_applied(digest, history):
            progress(f"already applied: {digest}")
            return DONE
        rest = applied.begun(digest, history)
        refused = "\n".join(_refusal(workspace, now, planned, rest, digest, consents))
        if refused:
            tell(refused)
            return NEEDS_A_YES
        if now.verdict is Verdict.NOTHING:
            progress("nothing to do")
            return DONE
        progress(f"applying {'the rest of ' if rest else ''}{digest}")
        message = applied.message(digest, planned.preview, planned.plan or {})
        mask = Mask.of(planned.preview, found.secrets, found.ids)
        code = engine.up(planned, message, mask, tell)
        if code == DONE:
            for line in _dns_targets(planned.preview, now.app):
                tell(line)
        return code


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


def _refusal(
    workspace: LocalWorkspace,
    now: Review,
    planned: Planned,
    begun: Mapping[str, Any] | None,
    digest: str,
    consents: Collection[str],
) -> Iterator[str]:
    """Yield the reasons why nothing is applied."""
    for finding in now.stopping:
        yield f"refused: {finding.id} {plain(finding.text)}; nothing was changed"
        yield f"      = {plain(finding.advice)}"
    if now.stopping:
        return
    if now.digest != digest:
        other = _unreviewed(planned, begun)
        if other != []:
            yield "refused: the plan differs from the reviewed plan; nothing was changed"
            if other:
                yield f"not part of the reviewed plan: {', '.join(other)}"
            yield from _difference(workspace, now, digest)
            yield f"review it again: dynostack review {now.stack}"
            return
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
    before = _reviewed(_kept(workspace, digest))
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


def _reviewed(file: Path) -> Review | None:
    """Return a stored review; None if it is missing or from another version of dynostack."""
    try:
        return json.parse(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _lines(shown: Review) -> list[str]:
    return [line for line in text.render(shown).splitlines() if not line.startswith("digest ")]


def _kept(workspace: LocalWorkspace, digest: str) -> Path:
    workspace.root.mkdir(mode=0o700, exist_ok=True)
    folder = workspace.root / "reviews"
    folder.mkdir(exist_ok=True)
    return folder / f"{Path(digest).name}.json"
