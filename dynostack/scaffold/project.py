"""A project in a folder of its own: the files that dynostack and Pulumi look for."""

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
# The environment that `dynostack up` brings up on the local Heroku.
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
"""The local world, with its databases and its key."""


@dataclass(frozen=True)
class ProjectRequest:
    """What is asked for: a folder, and the Django project in it."""

    folder: Path
    source: str
    """As seen from the folder."""


def write(given: ProjectRequest) -> list[str]:
    """Write the files that are not there; none is changed.

    Returns:
        The names of the files, in the order in which to read them.

    Raises:
        LocalError: the source is no Django project inside the folder, or files are there already.
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
    """The folders directly below that have a manage.py."""
    for path in sorted(folder.glob(f"*/{MANAGE}")):
        yield path.parent.name


def _refuse(given: ProjectRequest) -> None:
    there = [name for name in FILES if (given.folder / name).exists()]
    if there:
        raise LocalError(f"{there[0]} is here already; nothing was written")
    source = (given.folder / given.source).resolve()
    if source == given.folder.resolve() or not source.is_relative_to(given.folder.resolve()):
        says = f"{given.source} is not a folder below this one, so it would be built with all else"
        raise LocalError(f"{says}: move the Django project into a folder such as site/")
    if not (source / MANAGE).is_file():
        raise LocalError(
            f"there is no {MANAGE} in {given.source}: name the Django project's folder"
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
