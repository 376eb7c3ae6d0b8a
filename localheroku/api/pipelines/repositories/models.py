"""The repository of a pipeline: on Heroku one on GitHub, here one on this machine.

`heroku reviewapps` requests it; the published schema does not list it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from localheroku.api.pipelines.models import Pipeline
from localheroku.api.pipelines.repositories.errors import (
    BranchNotFoundError,
    FullNameError,
    RepositoryNotFoundError,
    RepositoryPathError,
)
from localheroku.api.pipelines.review_app_config.models import REPO
from localheroku.core.record import Record
from localheroku.core.state import Document, State
from localheroku.git.repositories import require_git


@dataclass(frozen=True, kw_only=True)
class Repository(Record):
    """A repository of a pipeline (the parent record); `full_name` is its name on GitHub."""

    full_name: str
    path: str


@dataclass(frozen=True)
class Branch:
    name: str
    commit: str


def of_pipeline(state: State, pipeline: Pipeline) -> Repository:
    """Return the pipeline's repository.

    Raises:
        RepositoryNotFoundError: The pipeline is not connected to a repository.
    """
    repository = known(state, pipeline)
    if repository is None:
        raise RepositoryNotFoundError
    return repository


def known(state: State, pipeline: Pipeline) -> Repository | None:
    """Return the pipeline's repository, or None if it is not connected to one."""
    return next(iter(state.store.every(Repository, parent=pipeline.id)), None)


async def connect(state: State, pipeline: Pipeline, full_name: str, path: str) -> Repository:
    """Connect the pipeline to a repository on this machine.

    Raises:
        FullNameError: The full name is invalid.
        RepositoryPathError: The path is not that of a Git repository.
    """
    if REPO.fullmatch(full_name) is None:
        raise FullNameError(name=full_name)
    if not Path(path).is_absolute() or await _git(path, "rev-parse", "--git-dir") is None:
        raise RepositoryPathError(path=path)
    with state.store.transaction():
        for previous in state.store.every(Repository, parent=pipeline.id):
            state.store.remove(previous)
        return state.store.put(
            Repository(**state.stamp(), parent=pipeline.id, full_name=full_name, path=path)
        )


async def find_branch(repository: Repository, name: str) -> Branch:
    """Return a branch of the repository.

    Raises:
        BranchNotFoundError: The repository has no such branch.
    """
    commit = await _git(
        repository.path, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}^{{commit}}"
    )
    if not commit:
        raise BranchNotFoundError
    return Branch(name, commit.decode().strip())


async def archive(state: State, repository: Repository, branch: Branch) -> str:
    """Pack the branch into an archive and return the URL from which a build downloads it."""
    packed = await _git(repository.path, "archive", "--format=tar.gz", branch.commit)
    key = state.uploads.reserve()
    file = state.uploads.find(key)
    if packed is None or file is None:
        raise BranchNotFoundError
    await state.uploads.write(file, _as_chunks(packed))
    return state.settings.stream("source", key)


async def _as_chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _git(path: str, *arguments: str) -> bytes | None:
    """Return the output of a Git command in a repository, or None if the command fails.

    Replacement objects on this machine are ignored: GitHub, where Heroku's repository is, does not
    have them.

    Raises:
        GitMissingError: Git is not installed.
    """
    require_git()
    process = await asyncio.create_subprocess_exec(
        *("git", "-C", path, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "GIT_NO_REPLACE_OBJECTS": "1"},
    )
    output, _ = await process.communicate()
    return None if process.returncode else output


def document(pipeline: Pipeline, repository: Repository | None) -> Document:
    """Return the repository as the API shows it; without a repository, only the pipeline.

    An error would make `heroku reviewapps:enable` and `:disable` send a request to another host
    instead of going on to the request whose error explains the reason.
    """
    return {
        "id": repository.id if repository else None,
        "full_name": repository.full_name if repository else None,
        "pipeline": {"id": pipeline.id},
    }


def branch_document(branch: Branch) -> Document:
    return {"name": branch.name, "commit": {"sha": branch.commit}}
