"""The stacks that a selection stands for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dynostack import network
from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.fleet.changed_stacks import changed_stacks
from dynostack.fleet.errors import SelectionRefused
from dynostack.fleet.selection import Selection
from dynostack.inventory.keys import api_address


def selected_stacks(
    selection: Selection, project: Path, say: Callable[[str], None], *, has_local: bool = False
) -> list[str]:
    """Return the selected stacks, each once, and report why --changed selects each.

    Unless it is named, the stack `local` is left out where the API is not the local Heroku.

    Args:
        selection: names, --all or --changed.
        project: the folder of Pulumi.yaml.
        say: prints a line of progress.
        has_local: whether the command asks no API, so that it takes the stack `local` too.

    Raises:
        SelectionRefused: nothing is selected, the project has no stack, or Git does not know what
            changed.
    """
    if selection.is_empty:
        raise SelectionRefused("name the stacks, or use --all or --changed")
    if selection.names:
        return list(dict.fromkeys(selection.names))
    found = ProjectFolder(project, project_rules=False).stacks
    if not found:
        raise SelectionRefused(f"there is no stack: {project} has no Pulumi.<stack>.yaml")
    if selection.base is not None:
        found = _changed(project, selection.base, say)
    if LOCAL_STACK in found and not has_local and not network.is_local(api_address()):
        say(f"{LOCAL_STACK} is left out: this shell does not use the local Heroku")
        found.remove(LOCAL_STACK)
    return found


def _changed(project: Path, base: str, say: Callable[[str], None]) -> list[str]:
    found = changed_stacks(project, base)
    for stack, reason in found.reasons.items():
        say(f"{stack} can differ from {base}: {reason}")
    for stack in found.removed:
        say(f"{stack} no longer has a file; its app stays as it is")
    if not found.reasons:
        say(f"no stack can differ from {base}")
    return list(found.reasons)
