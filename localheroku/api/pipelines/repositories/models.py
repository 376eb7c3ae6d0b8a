"""The repository a pipeline is connected to: on Heroku one of GitHub, here one of this machine.

`heroku reviewapps` reads it; the published schema does not have it.
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
    """Its parent is the pipeline; `full_name` is what GitHub calls it."""

    full_name: str
    path: str


@dataclass(frozen=True)
class Branch:
    name: str
    commit: str


def of_pipeline(state: State, pipeline: Pipeline) -> Repository:
    """Raises RepositoryNotFoundError when the pipeline is not connected."""
    repository = known(state, pipeline)
    if repository is None:
        raise RepositoryNotFoundError
    return repository


def known(state: State, pipeline: Pipeline) -> Repository | None:
    """None when the pipeline is not connected."""
    return next(iter(state.store.every(Repository, parent=pipeline.id)), None)


async def connect(state: State, pipeline: Pipeline, full_name: str, path: str) -> Repository:
    """Raises FullNameError or RepositoryPathError."""
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
    """Raises BranchNotFoundError."""
    commit = await _git(
        repository.path, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}^{{commit}}"
    )
    if not commit:
        raise BranchNotFoundError
    return Branch(name, commit.decode().strip())


async def archive(state: State, repository: Repository, branch: Branch) -> str:
    """The URL from where a build gets what is in the branch."""
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
    """Return what git prints there, None when it fails.  Raises GitMissingError.

    Replacements of this machine do not count, as GitHub, which has the repository on Heroku's
    side, does not know them.
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
    """Of a pipeline that is not connected, nothing but that: refused, `heroku reviewapps:enable`
    and `:disable` would ask another host instead of going on to where they are told why.
    """
    return {
        "id": repository.id if repository else None,
        "full_name": repository.full_name if repository else None,
        "pipeline": {"id": pipeline.id},
    }


def branch_document(branch: Branch) -> Document:
    return {"name": branch.name, "commit": {"sha": branch.commit}}
