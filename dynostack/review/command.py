"""What `dynostack review` and `dynostack apply` do, apart from reading their options."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from dynostack.review import kinds
from dynostack.review.engine import Engine, Progress, Running
from dynostack.review.errors import NotAPreview
from dynostack.review.masking import Mask
from dynostack.review.model import Operation, Review, Verdict
from dynostack.review.reading import read
from dynostack.review.render import json, text
from dynostack.review.reviewing import review
from dynostack.review.secrets import secrets
from dynostack.review.step import Preview
from dynostack.world import World

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


def reviewed(world: World, stack: str, running: Running, progress: Progress) -> Review:
    """The review of a stack's change once its preview is done.

    One that can be applied is kept in the local world, for `apply` to show differences.

    Raises EngineFailed: there is no preview.
    """
    planned = running.planned(progress)
    hidden = secrets(world.project, stack)
    shown = review(planned.preview, world.project, planned.plan, secrets=hidden)
    if shown.digest:
        _kept(world, shown.digest).write_text(json.render(shown), "utf-8")
    return shown


def reviewed_file(world: World, stack: str, source: Path) -> Review:
    """The review of a stack's change, of the preview in a file.

    Raises NotAPreview: the file is none, or one of another stack.
    """
    preview = read(source.read_text("utf-8"), str(source))
    if preview.stack and preview.stack != stack:
        raise NotAPreview(f"{source} is a preview of {preview.stack}, not of {stack}")
    return review(preview, world.project, secrets=secrets(world.project, stack))


def exit_code(shown: Review, tell_changes: bool) -> int:
    """0, or 1 for a failed preview, 2 for changes when asked, 3 when a yes is needed."""
    match shown.verdict:
        case Verdict.FAILED:
            return FAILED
        case Verdict.BLOCKED:
            return NEEDS_A_YES
        case Verdict.CHANGES:
            return CHANGES if tell_changes else DONE
        case Verdict.NOTHING:
            return DONE


def apply(
    world: World,
    stack: str,
    digest: str,
    loses: Collection[str],
    progress: Progress,
    tell: Progress,
) -> int:
    """Do exactly what was reviewed, or nothing.

    Args:
        digest: of the review.
        progress: takes each step.
        tell: takes what the engine says, and why it is refused.
        loses: the databases that may be destroyed or replaced, by the names in the program.

    Returns:
        The exit code: 0 when it is done, 3 when it is refused, 130 when it was interrupted,
        otherwise the engine's.
    """
    engine = Engine(world, stack)
    engine.refuse_lock()
    with engine.preview(progress) as running:
        planned = running.planned(progress)
        hidden = secrets(world.project, stack)
        now = review(planned.preview, world.project, planned.plan, secrets=hidden)
        refused = "\n".join(_refusal(world, now, planned.preview, digest, loses))
        if refused:
            tell(refused)
            return FAILED if now.errors else NEEDS_A_YES
        if now.verdict is Verdict.NOTHING:
            progress("nothing to do")
            return DONE
        progress(f"applying {digest}")
        return engine.up(planned, Mask.of(planned.preview, hidden), tell)


def _refusal(
    world: World, now: Review, preview: Preview, digest: str, loses: Collection[str]
) -> Iterator[str]:
    """Why nothing is applied; nothing when there is no reason."""
    if now.errors:
        yield text.render(now)
    elif now.digest != digest:
        yield "refused: the plan is not the reviewed one any more, and nothing was changed"
        yield from _difference(world, now, digest)
        yield f"review it again: dynostack review {now.stack}"
    else:
        for name in _lost_databases(preview):
            if name not in loses:
                yield (
                    f"refused: database {name} would lose its data, and nothing was changed;"
                    f" if that is meant, add --allow-data-loss {name}"
                )


def _lost_databases(preview: Preview) -> Iterator[str]:
    for step in filter(kinds.is_database, preview.steps):
        if step.operation in (Operation.DESTROY, Operation.REPLACE):
            yield step.name


def _difference(world: World, now: Review, digest: str) -> Iterator[str]:
    kept = _kept(world, digest)
    if not kept.is_file():
        yield "the reviewed one is not kept on this machine; this is what would be done now:\n"
        yield text.render(now)
        return
    before = json.parse(kept.read_text("utf-8"))
    lines = list(
        difflib.unified_diff(_told(before), _told(now), "reviewed", "now", lineterm="", n=2)
    )
    if lines:
        yield from lines
    else:
        yield "every shown value is the same: what differs is a secret, or what is not shown"


def _told(shown: Review) -> list[str]:
    return [line for line in text.render(shown).splitlines() if not line.startswith("digest ")]


def _kept(world: World, digest: str) -> Path:
    world.root.mkdir(mode=0o700, exist_ok=True)
    folder = world.root / "reviews"
    folder.mkdir(exist_ok=True)
    return folder / f"{Path(digest).name}.json"
