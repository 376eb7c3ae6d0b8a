"""The buildpacks that the local Heroku runs, by the names and addresses that apps give them.

A new buildpack is a class of its own module and its entry in BUILDPACKS.
https://devcenter.heroku.com/articles/buildpacks,
https://devcenter.heroku.com/articles/using-multiple-buildpacks-for-an-app
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from localheroku.dynos.buildpacks.apt import AptBuildpack
from localheroku.dynos.buildpacks.nodejs import NodejsBuildpack
from localheroku.dynos.buildpacks.pgbouncer import PgbouncerBuildpack
from localheroku.dynos.buildpacks.python import PythonBuildpack
from localheroku.dynos.slug_layout import BUILDPACKS as RECORD
from localheroku.dynos.source import BuildFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from localheroku.dynos.buildpacks.buildpack import Buildpack
    from localheroku.dynos.environment import DynoContext
    from localheroku.dynos.process_registry import ProcessRegistry

BUILDPACKS: tuple[type[Buildpack], ...] = (
    AptBuildpack,
    NodejsBuildpack,
    PgbouncerBuildpack,
    PythonBuildpack,
)
"""In the order in which a dyno runs their profile scripts: 000_apt.sh, nodejs.sh, python.sh."""
DETECTED: tuple[type[Buildpack], ...] = (NodejsBuildpack, PythonBuildpack)
"""The buildpacks that Heroku tries, in this order, for an app without buildpacks.

https://devcenter.heroku.com/articles/buildpacks#buildpack-detect-order
"""
WITH_CONCURRENCY = (NodejsBuildpack.name, PythonBuildpack.name)
"""The buildpacks that set WEB_CONCURRENCY, with a profile script that the last of them writes."""
GITHUB = frozenset({"github.com", "www.github.com"})
ARCHIVES = frozenset({"buildpack-registry.s3.amazonaws.com", "codon-buildpacks.s3.amazonaws.com"})
"""The hosts of the archives of Heroku's registry, whose paths end with a buildpack's name."""
SUFFIX = re.compile(r"(\.git|\.tgz|\.tar\.gz)$")


class Buildpacks:
    """One server's buildpacks."""

    def __init__(self, data: Path, registry: ProcessRegistry) -> None:
        self._all = {each: each(data, registry) for each in BUILDPACKS}

    def of_source(
        self, app: Path, addresses: Sequence[str], warn: Callable[[str], None]
    ) -> list[Buildpack]:
        """Return the buildpacks that build a source, in order, and report all others.

        Args:
            app: the folder of the source.
            addresses: the names and URLs of the app's buildpacks; without any, one is detected.
            warn: called with each line about a buildpack that does not run.

        Raises:
            BuildFailed: there is none, or one cannot build this source.
        """
        chosen = self._named(addresses, warn) if addresses else [self._detected(app, warn)]
        for buildpack in chosen:
            buildpack.check(app)
        return chosen

    def prune(self, slugs: Path) -> None:
        """Remove what no slug in a folder uses any more."""
        for buildpack in self._all.values():
            buildpack.prune(slugs)

    def _named(self, addresses: Sequence[str], warn: Callable[[str], None]) -> list[Buildpack]:
        runnable = ", ".join(each.name for each in BUILDPACKS)
        chosen = []
        for address in addresses:
            if entry := entry_of(address):
                chosen.append(self._all[entry])
            else:
                warn(f"the buildpack {_shown(address)} is not run here: only {runnable} are")
        if not chosen:
            raise BuildFailed(
                "none of the app's buildpacks can be run here: add one of those that build its "
                f"source, of {runnable}"
            )
        return chosen

    def _detected(self, app: Path, warn: Callable[[str], None]) -> Buildpack:
        found = [each for each in DETECTED if self._all[each].detects(app)]
        if len(found) > 1:
            titles = ",".join(each.title for each in found)
            names = ", ".join(each.name for each in found)
            warn(
                f"Multiple default buildpacks can build this app ({titles}), and only the first "
                f"one is used: set the buildpacks of the app, to {names} for example"
            )
        return self._all[found[0] if found else PythonBuildpack]


def entry_of(address: str) -> type[Buildpack] | None:
    """Return the buildpack that a name, URN or URL means; None if it is none of ours.

    A URL may name a branch or version, which makes no difference here.
    """
    parts = urlsplit(address)
    folders = parts.path.removeprefix("buildpack:").strip("/").split("/")
    if parts.hostname in GITHUB:
        repository = SUFFIX.sub("", "/".join(folders[:2]))
        return next((each for each in BUILDPACKS if repository in each.repositories), None)
    if parts.hostname and parts.hostname not in ARCHIVES:
        return None
    name = SUFFIX.sub("", "/".join(folders[-2:]))
    return next((each for each in BUILDPACKS if name == each.name), None)


def record(slug: Path, buildpacks: Iterable[Buildpack]) -> None:
    """Write into a slug which buildpacks have built it."""
    (slug / RECORD).write_text("".join(f"{each.name}\n" for each in buildpacks))


def dyno_variables(dyno: DynoContext, before: Mapping[str, str]) -> dict[str, str]:
    """Return what a dyno has because of the buildpacks that built its slug.

    Args:
        dyno: the dyno.
        before: its variables without those of buildpacks.
    """
    file = dyno.slug / RECORD
    names = file.read_text().split() if file.is_file() else [PythonBuildpack.name]
    rules = [name for name in names if name in WITH_CONCURRENCY]
    dyno = replace(dyno, concurrency_by=rules[-1] if rules else "")
    variables = dict(before)
    for entry in BUILDPACKS:
        if entry.name in names:
            variables |= entry.dyno_variables(dyno, variables)
    return variables


def _shown(address: str) -> str:
    """Return a buildpack's address without a password that its URL may contain."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
