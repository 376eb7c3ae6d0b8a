"""The GitHub workflows of a project: review, apply and drift, with the actions of dynostack."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from string import Template

from dynostack.environment.checkout import git_files
from dynostack.environment.checkout.errors import IncompleteCheckout
from dynostack.environment.checkout.files import built_names
from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.errors import LocalError
from dynostack.inventory.keys import KEY, key_variable
from dynostack.inventory.stack_account import account_of

FOLDER = PurePosixPath(".github/workflows")
SUFFIX = ".txt"
REPOSITORY = "acme/dynostack"
"""The repository from which dynostack and its actions are published; `--actions` names a copy."""
REPOSITORY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
"""Matches OWNER/NAME."""
ACTIONS = ("setup", "review", "verify", "apply", "drift")
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
COMMIT = "commit.txt"
"""A file with the commit that a release is built from; .github/workflows/release.yml writes it."""
BRANCH = "main"
BACKEND = {
    "PULUMI_ACCESS_TOKEN": "secrets",
    "PULUMI_BACKEND_URL": "vars",
    "PULUMI_CONFIG_PASSPHRASE": "secrets",
}
"""Variable of a step -> the context that has its value."""
PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
"""Matches a folder that YAML takes for a text without quotes."""


class WorkflowTemplate(Template):
    """A template in which a dollar sign means nothing: workflows are full of them."""

    delimiter = "%"


@dataclass(frozen=True)
class GitHubWorkflows:
    """The workflows of one project in one repository."""

    root: Path
    """The top folder of the repository."""
    into: PurePosixPath
    """The folder of the project, relative to the repository."""
    actions: Mapping[str, str]
    """Action -> how a step refers to it."""

    @classmethod
    def of(cls, root: Path, into: PurePosixPath, repository: str = "") -> GitHubWorkflows:
        """Return the workflows after checking that nothing is in their way.

        Args:
            root: the top folder of the repository.
            into: the folder of the project, relative to it.
            repository: the repository on GitHub that has the actions, as OWNER/NAME; by default
                the one from which dynostack is published.

        Raises:
            LocalError: a workflow exists already, the folder is not the top of its repository, or
                the name of the repository with the actions is not valid.
        """
        if repository and not REPOSITORY_NAME.fullmatch(repository):
            raise LocalError(
                f"--actions {repository} does not name a repository on GitHub; write OWNER/NAME,"
                f" such as {REPOSITORY}"
            )
        top = git_files.repository(root)
        if top is not None and top != root.resolve():
            raise LocalError(
                f"GitHub reads workflows only at the top of a repository; run this command in {top}"
            )
        workflows = cls(root, into, published_actions(repository or REPOSITORY))
        for name in workflows.files:
            if os.path.lexists(root / name):
                raise LocalError(
                    f"{name} already exists; nothing was written: move it away, or leave out"
                    " --github"
                )
        return workflows

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Return the text of each workflow, by its path in the repository."""
        folder = str(self.into)
        values = {
            **self.actions,
            "branch": default_branch(self.root),
            "checkout": CHECKOUT,
            "folder": folder if PLAIN.fullmatch(folder) else json.dumps(folder),
            "secrets": "\n".join(map(_line, self.secrets.items())),
        }
        return {
            str(FOLDER / each.name.removesuffix(SUFFIX)): WorkflowTemplate(
                each.read_text("utf-8")
            ).substitute(values)
            for each in sorted(_templates().iterdir(), key=lambda each: each.name)
        }

    @cached_property
    def secrets(self) -> Mapping[str, str]:
        """Return variable of a step -> the context that has its value.

        If the stacks of the project belong to several accounts, each has a key of its own.
        """
        project = self._project
        stacks = set(project.stacks) - {LOCAL_STACK}
        accounts = {account_of(project.directory, stack) for stack in stacks} - {""}
        keys = sorted(map(key_variable, accounts)) if len(accounts) > 1 else [KEY]
        return {**dict.fromkeys(keys, "secrets"), **BACKEND}

    def are_built(self) -> bool:
        """Return whether a stack builds the workflows as part of its source."""
        project = self._project
        paths = {(self.root / name).resolve() for name in self.files}
        sources = {source for stack in project.stacks if (source := project.source(stack))}
        for source in sources:
            folder = (project.directory / source).resolve()
            with suppress(IncompleteCheckout, OSError):
                if paths & {folder / name for name in built_names(project.directory, source)}:
                    return True
        return False

    @property
    def _project(self) -> ProjectFolder:
        return ProjectFolder(self.root / self.into, project_rules=False)

    def write(self) -> None:
        """Write all workflows."""
        for name, text in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)


def published_actions(repository: str) -> dict[str, str]:
    """Return action -> how a step of any repository refers to it.

    It is pinned by the commit of this version, or by its tag if the commit is unknown.

    Args:
        repository: the repository that has the actions, as OWNER/NAME.
    """
    tag, commit = f"v{version('dynostack')}", own_commit()
    pin = f"{commit} # {tag}" if commit else tag
    return {name: f"{repository}/actions/{name}@{pin}" for name in ACTIONS}


def own_commit() -> str:
    """Return the commit that this dynostack is built from, or that is checked out.

    It is "" for a wheel that was built neither by a release nor in a checkout.
    """
    released = resources.files("dynostack.scaffold").joinpath(COMMIT)
    if released.is_file():
        return released.read_text("utf-8").strip()
    package = Path(__file__).parents[1]
    top = git_files.repository(package)
    if top != package.parent:
        return ""
    return git_files.git(package, "rev-parse", "HEAD").decode().strip()


def default_branch(root: Path) -> str:
    """Return the branch that pull requests are merged into, as Git's remote `origin` names it."""
    if git_files.repository(root) is None:
        return BRANCH
    head = ("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    found = git_files.git(root, *head, ok=(0, 1, 128)).decode().strip()
    return found.removeprefix("origin/") or BRANCH


def _templates() -> resources.abc.Traversable:
    return resources.files("dynostack.scaffold").joinpath("github")


def _line(secret: tuple[str, str]) -> str:
    name, context = secret
    return f"          {name}: ${{{{ {context}.{name} }}}}"
