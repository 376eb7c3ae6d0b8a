"""A new Pulumi project for a repository that stays as it is."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from string import Template

from dynostack.environment import schema
from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.errors import LocalError
from dynostack.extras import is_installed
from dynostack.local.settings import LocalSettings
from dynostack.local.workspace import STATE_PASSPHRASE
from dynostack.scaffold.environment_file import PRODUCTION, EnvironmentFile
from dynostack.scaffold.repository import Repository
from dynostack.scaffold.wishes import Wishes, wishes_of

INTO = "infra"
POLICIES = "policies"
PROGRAMS = ("Pulumi.yaml", "Pulumi.yml")
SUFFIX = ".txt"
"""The suffix of a template: without it, tools would take a template for a part of dynostack."""
SHORTEST_APP, LONGEST_APP = 3, 30
ADDED_BY_HEROKU = re.compile(r"-[0-9a-f]{12}$")
"""Matches what Heroku adds to an app's name in its host name.

https://devcenter.heroku.com/articles/app-names-and-subdomains
"""
EVERY_STACK = 'sorted(file.name.split(".")[1] for file in PROJECT.glob("Pulumi.*.yaml"))'
"""The stacks that the tests of a project test if all have files."""
SECRET_BYTES = 32
ENCRYPTION = "pulumi"
"""The extra that brings encryption."""
NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class NewProject:
    """What to write, and where."""

    repository: Repository
    django: PurePosixPath | None
    """The folder of manage.py, relative to the repository; None for a project without stacks."""
    into: PurePosixPath
    """The folder of the new project, relative to the repository."""
    name: str
    has_policies: bool = False

    @classmethod
    def of(
        cls,
        repository: Repository,
        django: PurePosixPath | None,
        into: str = INTO,
        name: str = "",
        *,
        has_policies: bool = False,
    ) -> NewProject:
        """Return the project after checking that nothing is in its way.

        Raises:
            LocalError: the folder is outside the repository or has files of another project, or
                the name is not valid.
        """
        folder = folder_in(into)
        chosen = name or project_name(repository.root.resolve().name)
        if not NAME.fullmatch(chosen):
            raise LocalError(
                f'the name "{chosen}" must start with a letter and contain only lowercase letters,'
                f" digits and dashes; write a name such as {project_name(chosen)}"
            )
        project = cls(repository, django, folder, chosen, has_policies)
        project._refuse_files()
        return project

    @property
    def folder(self) -> Path:
        """Return the folder of the new project."""
        return self.repository.root / self.into

    @cached_property
    def wishes(self) -> Wishes:
        """Return what the repository asks for.

        Raises:
            ValueError: the project has no stacks.
        """
        if self.django is None:
            raise ValueError("the project has no stacks")
        return wishes_of(self.repository, self.django)

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Return the text of each file, by its path in the folder."""
        values = {
            "project": self.name,
            "version": version("dynostack"),
            "environments": json.dumps([LOCAL_STACK]) if self.django else EVERY_STACK,
            **{name: str(value) for name, value in vars(LocalSettings()).items()},
        }
        found = {
            name: Template(text).substitute(values)
            for name, text in _templates()
            if self.has_policies or not name.startswith(f"{POLICIES}/")
        }
        for environment in (self.local, self.production) if self.django else ():
            found[f"Pulumi.{environment.stack}.yaml"] = environment.text()
        model = json.dumps(schema.schema(self.name), indent=2, ensure_ascii=False)
        found[schema.FILE] = f"{model}\n"
        return dict(sorted(found.items(), key=lambda item: ("/" in item[0], item[0])))

    @cached_property
    def local(self) -> EnvironmentFile:
        """Return the environment of the local Heroku."""
        base = self._environment(
            LOCAL_STACK, "The environment that `dynostack up` deploys to the local Heroku."
        )
        base = replace(base, account=LocalSettings.account, has_placeholders=True, protects=False)
        if not is_installed(ENCRYPTION):
            return base
        from dynostack.secrets.passphrase_key import PassphraseKey

        key = PassphraseKey.new(STATE_PASSPHRASE)
        made_up = {name: secrets.token_urlsafe(SECRET_BYTES) for name in self.wishes.generated}
        values = {**made_up, **self.wishes.secrets}
        encrypted = {name: key.encrypted(value) for name, value in values.items()}
        return replace(base, secrets=encrypted, salt=key.salt)

    @cached_property
    def production(self) -> EnvironmentFile:
        """Return the environment of the real app."""
        return self._environment(PRODUCTION, "Production, on the real Heroku.")

    def _environment(self, stack: str, title: str) -> EnvironmentFile:
        ending = "" if stack == PRODUCTION else f"-{stack}"
        app = f"{self.name[: LONGEST_APP - len(ending)].rstrip('-')}{ending}"
        if len(app) < SHORTEST_APP:
            app = f"{app}-app"
        if own := self.wishes.heroku_name:
            app = own if ending else ADDED_BY_HEROKU.sub("", own)
        source = os.path.relpath(self.wishes.source, self.into).replace(os.sep, "/")
        return EnvironmentFile(self.name, stack, title, app, source, self.wishes)

    def _refuse_files(self) -> None:
        place = self.folder
        own = [*(place / name for name in PROGRAMS), *place.glob("Pulumi.*.y*ml")]
        if there := [path for path in own if os.path.lexists(path)]:
            raise LocalError(
                f"{there[0].relative_to(self.repository.root)} already exists, so the folder has a"
                " Pulumi project; nothing was written: use that project, or choose another folder"
                " with --into"
            )
        for path in (place, *place.parents):
            if os.path.lexists(path) and not path.is_dir():
                raise LocalError(f"{path} is not a folder; choose another one with --into")
        for name in self.files:
            if os.path.lexists(place / name):
                raise LocalError(
                    f"{self.into / name} already exists; nothing was written: choose another folder"
                    " with --into"
                )

    def write(self) -> None:
        """Write all files."""
        for name, text in self.files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)

    def ignored(self) -> list[str]:
        """Return the files of the project that the repository's .gitignore keeps from Git."""
        return self.repository.ignores([str(self.into / name) for name in self.files])


def folder_in(into: str) -> PurePosixPath:
    """Return the folder of a new project, relative to its repository.

    Raises:
        LocalError: the folder is outside the repository.
    """
    folder = PurePosixPath(os.path.normpath(into))
    if folder.is_absolute() or ".." in folder.parts:
        raise LocalError(f"--into {into} is not a folder of this repository; write {INTO}")
    return folder


def project_name(text: str) -> str:
    """Return the nearest valid name of a project."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return words if NAME.match(words) else f"app-{words}".rstrip("-")


def _templates() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each template."""
    root = resources.files("dynostack.scaffold").joinpath("template")
    folders = [("", root)]
    while folders:
        prefix, folder = folders.pop()
        for each in folder.iterdir():
            if each.is_dir():
                folders.append((f"{prefix}{each.name}/", each))
            elif each.name.endswith(SUFFIX):
                yield f"{prefix}{each.name.removesuffix(SUFFIX)}", each.read_text("utf-8")
