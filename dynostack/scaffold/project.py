"""Creation of a project: the files that dynostack and Pulumi need."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dynostack.errors import LocalError
from dynostack.local.workspace import LocalSettings

MANAGE = "manage.py"
FILES = {
    "Pulumi.yaml": """\
name: {name}
runtime:
  name: python
  options:
    toolchain: pip
    # Where dynostack is installed, on this machine.
    virtualenv: {environment}
""",
    "__main__.py": '''\
"""The Pulumi program."""

from dynostack.program import run

run()
''',
    "Pulumi.local.yaml": """\
# The environment that `dynostack up` deploys to the local Heroku.
config:
  {name}:account: {account}
  {name}:app:
    name: {app}
    source: {source}
    configVars:
      DJANGO_SETTINGS_MODULE: {settings}
  {name}:formation:
    web: {{ size: basic, quantity: 1 }}
  {name}:postgres: {{ plan: essential-0, protect: false }}
""",
}
IGNORED = ".dynostack/\n"
"""The folder of the local environment, with its databases and its API key."""


@dataclass(frozen=True)
class ProjectRequest:
    """The folder of a new project and the Django project in it."""

    folder: Path
    source: str
    """The Django project's folder, relative to `folder`."""


def write(given: ProjectRequest) -> list[str]:
    """Write the files of a new project; change no existing file except .gitignore.

    Returns:
        The names of the files, in the order in which to read them.

    Raises:
        LocalError: the source is not a Django project inside the folder, or a file already exists.
    """
    _refuse(given)
    values = _values(given)
    for name, text in FILES.items():
        (given.folder / name).write_text(text.format(**values), "utf-8")
    ignored = given.folder / ".gitignore"
    before = ignored.read_text("utf-8") if ignored.is_file() else ""
    if IGNORED not in before.splitlines(keepends=True):
        lines = before if not before or before.endswith("\n") else f"{before}\n"
        ignored.write_text(f"{lines}{IGNORED}", "utf-8")
    return list(FILES)


def sources(folder: Path) -> Iterator[str]:
    """Yield the names of the direct subfolders that have a manage.py."""
    for path in sorted(folder.glob(f"*/{MANAGE}")):
        yield path.parent.name


def _refuse(given: ProjectRequest) -> None:
    there = [name for name in FILES if (given.folder / name).exists()]
    if there:
        raise LocalError(
            f"{there[0]} already exists, so nothing was written; remove it or use another folder"
        )
    source = (given.folder / given.source).resolve()
    if source == given.folder.resolve() or not source.is_relative_to(given.folder.resolve()):
        says = f"{given.source} is not a folder below this one, so builds would include other files"
        raise LocalError(f"{says}; move the Django project into a folder such as site/")
    if not (source / MANAGE).is_file():
        raise LocalError(
            f"{given.source} has no {MANAGE}; pass the Django project's folder as SOURCE"
        )


def _values(given: ProjectRequest) -> Mapping[str, str]:
    text = (given.folder / given.source / MANAGE).read_text("utf-8")
    found = re.search(r"""DJANGO_SETTINGS_MODULE["'],\s*["']([\w.]+)["']""", text)
    settings = found[1] if found else "mysite.settings"
    words = re.sub(r"[^a-z0-9]+", "-", given.folder.resolve().name.lower()).strip("-")
    name = words if re.match(r"[a-z]", words) else f"app-{words}".rstrip("-")
    return {
        "name": name,
        "app": f"{name[:24].rstrip('-')}-local",
        "source": Path(given.source).as_posix(),
        "settings": settings,
        "account": LocalSettings.account,
        "environment": sys.prefix,
    }
