"""The command `dynostack review`, without the parsing of its options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dynostack.engine.process import EngineFailed
from dynostack.inventory import account
from dynostack.inventory.platform_api import PlatformApi
from dynostack.local.workspace import LocalWorkspace
from dynostack.review.build import build_review
from dynostack.review.context import read_context
from dynostack.review.engine import Engine, Planned, Progress, Running
from dynostack.review.errors import AccessRefused, NotAPreview
from dynostack.review.model import Review, Verdict
from dynostack.review.preview_parser import read
from dynostack.review.redaction import Mask, known_secrets
from dynostack.review.render import json, text
from dynostack.review.source_locations import SourceLocations

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

    def apply(self, engine: Engine, message: str) -> None:
        """Update the stack exactly as the preview says.

        Args:
            engine: the engine that made the preview.
            message: the message of the update in the stack's history.

        Raises:
            EngineFailed: the update failed.
        """
        mask = Mask.of(self.planned.preview, self.secrets, self.ids)
        said: list[str] = []
        if code := engine.up(self.planned, message, mask, said.append):
            raise EngineFailed("\n".join(said), code)


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


def stored_review(workspace: LocalWorkspace, digest: str) -> Review | None:
    """Return a review that this machine stored; None if it has none from this version."""
    try:
        return json.parse(_kept(workspace, digest).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def _kept(workspace: LocalWorkspace, digest: str) -> Path:
    workspace.root.mkdir(mode=0o700, exist_ok=True)
    folder = workspace.root / "reviews"
    folder.mkdir(exist_ok=True)
    return folder / f"{Path(digest).name}.json"
