"""The stacks whose result can differ between a commit and the working tree, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dynostack.environment.checkout.git_files import printable, some
from dynostack.environment.checkout.pulumi_files import pulumi_files
from dynostack.environment.checkout.slugignore import slug_ignored
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.fleet.changed_files import changed_files

NO_PART_OF_A_PROGRAM = frozenset({".github", ".gitlab-ci.yml", "docs", "tests"})
"""Entries of a project's folder that no program reads."""
NO_CODE = frozenset({".md", ".rst"})
"""Endings of files that no program reads."""


@dataclass(frozen=True)
class ChangedStacks:
    """The stacks that can differ from a commit."""

    reasons: dict[str, str]
    """Stack -> which changed files make it differ, in the order of the stacks' names."""
    removed: tuple[str, ...]
    """The stacks whose file was removed; their apps stay as they are."""


def changed_stacks(project: Path, base: str) -> ChangedStacks:
    """Return the stacks whose result can differ between a commit and the working tree.

    These are the stacks whose own file changed; the stacks that build a folder in which a file
    changed; and all stacks if another file of the project's folder changed, such as the program,
    `config/` or the requirements.  The project's tests, docs and Markdown files do not count, and a
    file outside the project's folder counts only for the stacks that build it.

    Args:
        project: the folder of Pulumi.yaml.
        base: a commit, such as origin/main.

    Raises:
        SelectionRefused: Git does not know what changed.
    """
    project = project.resolve()
    files = changed_files(project, base)
    folder = ProjectFolder(project, project_rules=False)
    inside = [each.relative_to(project).as_posix() for each in files if project in each.parents]
    own = {f"Pulumi.{stack}.yaml": stack for stack in folder.stacks}
    found = {stack: folder.source(stack) for stack in folder.stacks}
    sources = {stack: (project / source).resolve() for stack, source in found.items() if source}
    below = {each for each in sources.values() if project in each.parents}
    shared = [name for name in inside if _is_shared(name, project, below)]
    built = {source: list(_built(project, source, files)) for source in set(sources.values())}
    reasons = {}
    for stack in folder.stacks:
        parts = [name for name in inside if own.get(name) == stack]
        if shared:
            parts.append(f"{some(shared)}, which all stacks share")
        if stack in sources and (names := built[sources[stack]]):
            parts.append(f"{some(names)}, which it builds")
        if parts:
            reasons[stack] = "; ".join(parts)
    gone = (_stack_of(name) for name in inside if name not in own)
    return ChangedStacks(reasons, tuple(printable(stack) for stack in gone if stack))


def _stack_of(name: str) -> str:
    """Return the stack that a file of the project belongs to; empty if it belongs to none."""
    is_stacks = "/" not in name and name.startswith("Pulumi.") and name.endswith(".yaml")
    return name.removeprefix("Pulumi").removesuffix(".yaml").removeprefix(".") if is_stacks else ""


def _is_shared(name: str, project: Path, sources: set[Path]) -> bool:
    """Return whether a file of the project's folder can be a part of every stack's program.

    Args:
        name: the file's name relative to the project's folder.
        project: the project's folder.
        sources: the folders below it that stacks build, whose files are not the program's.
    """
    path = PurePosixPath(name)
    if path.parts[0] in NO_PART_OF_A_PROGRAM or path.suffix in NO_CODE or _stack_of(name):
        return False
    return not any(source in (project / name).parents for source in sources)


def _built(project: Path, source: Path, files: list[Path]) -> Iterator[str]:
    """Yield the changed files of a source, relative to its repository, as far as they are built."""
    is_own, is_ignored = pulumi_files(project, source), slug_ignored(source)
    for file in files:
        if source in file.parents:
            name = file.relative_to(source).as_posix()
            if not is_own(name) and not is_ignored(name):
                yield name
