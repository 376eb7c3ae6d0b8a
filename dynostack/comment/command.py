"""The commands `dynostack comment` and `dynostack reviewed`, without the parsing of options."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from dynostack.comment import github, gitlab
from dynostack.comment.body import Body
from dynostack.comment.errors import CommentError
from dynostack.comment.github import GitHub
from dynostack.comment.gitlab import GitLab
from dynostack.comment.host import Host
from dynostack.comment.publish import Publisher, Shown
from dynostack.environment import EnvironmentErrors
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.review.several import Reviews

HOSTS: Mapping[str, Callable[[Mapping[str, str], str, int], Host]] = {
    "github": GitHub.of,
    "gitlab": GitLab.of,
}

TOKENS = (github.TOKEN, gitlab.TOKEN)
"""The variables that have a service's token."""


def host(name: str, variables: Mapping[str, str], repository: str, number: int) -> Host:
    """Return a pull request or merge request on GitHub or GitLab.

    Args:
        name: the service, a key of `HOSTS`.
        variables: environment variables with the token and the API's address.
        repository: OWNER/NAME on GitHub, GROUP/NAME on GitLab.
        number: the number of the request.

    Raises:
        CommentError: the repository, the token or the address is invalid.
    """
    return HOSTS[name](variables, repository, number)


def project(folder: Path) -> str:
    """Return the name of the project in a folder.

    Raises:
        CommentError: the folder has no valid Pulumi.yaml.
    """
    try:
        return ProjectFolder(folder).project
    except EnvironmentErrors as errors:
        raise CommentError(str(errors)) from None


def comment(host: Host, project: str, files: Sequence[Path]) -> Iterator[str]:
    """Publish the reviews in some files; without files, mark existing comments as outdated.

    Raises:
        CommentError: a file has no reviews of this project, two reviews are of one stack, or the
            service rejected a comment.
    """
    reviews = Reviews.joined([_reviews(file, project) for file in files]) if files else None
    if reviews:
        stacks = reviews.stacks
        if repeated := sorted({stack for stack in stacks if stacks.count(stack) > 1}):
            raise CommentError(
                f"there are several reviews of {' and '.join(repeated)}; pass one for each stack"
            )
    wanted = Body.of(reviews, host.limit) if reviews else None
    yield from Publisher(host, project).publish(wanted)


def shown(host: Host, project: str) -> Shown:
    """Return the plans that the request's comment shows.

    Raises:
        CommentError: the service did not answer.
    """
    return Publisher(host, project).shown()


def _reviews(file: Path, project: str) -> Reviews:
    try:
        reviews = Reviews.parse(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommentError(f"cannot read {file}: {error.strerror}") from None
    except ValueError:
        write = f"dynostack review STACK --format json --out {shlex.quote(str(file))}"
        raise CommentError(f"{file} is not a review; write it with `{write}`") from None
    if reviews.project != project:
        raise CommentError(
            f"{file} is a review of {reviews.project}, but this project is {project};"
            " run this command in the folder of the review's project"
        )
    return reviews
