"""The buildpacks that a Django project needs if Heroku does not detect the right one."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from dynostack.environment.django.commands import calls

if TYPE_CHECKING:
    from dynostack.environment.django.source import Source

PYTHON, NODE, APT = "heroku/python", "heroku/nodejs", "heroku-community/apt"


def _buildpack(name: str) -> re.Pattern[str]:
    """Return a pattern that matches the name and the addresses of one of Heroku's buildpacks."""
    repository = f"heroku-buildpack-{name.partition('/')[2]}"
    return re.compile(
        rf"(urn:buildpack:)?{name}"
        rf"|https?://(www\.)?github\.com/heroku/{repository}(\.git)?/?(#.*)?"
    )


IS_PYTHON, IS_APT = _buildpack(PYTHON), _buildpack(APT)
PACKAGE_JSON = "package.json"
APTFILE = "Aptfile"
NO_PACKAGE = ("#", ":repo:")
"""How the lines of an Aptfile begin that name no package."""
HOOKS = ("bin/pre_compile", "bin/post_compile")
"""Scripts of the source that a build runs, which may make files."""
DOWNLOADS = re.compile(r"\b(?:curl|wget|nvm)\b")
NODE_PROGRAMS = frozenset({"node", "npm", "npx", "pnpm", "yarn"})
BUILD_SCRIPTS = ("heroku-postbuild", "build")
BRINGS_SCRIPTS = {
    "bin/start-nginx": "heroku-community/nginx",
    "bin/start-pgbouncer": "heroku/pgbouncer",
}
"""How the name of a script of the Procfile begins -> the buildpack that brings it."""


def build_python(buildpacks: Sequence[object]) -> bool:
    """Return whether Heroku's Python buildpack is among these."""
    return any(IS_PYTHON.fullmatch(str(each)) for each in buildpacks)


def bring_programs(buildpacks: Sequence[object]) -> bool:
    """Return whether one of these may bring scripts and servers to an app in Python."""
    return any(
        not IS_PYTHON.fullmatch(each) and not IS_APT.fullmatch(each)
        for each in map(str, buildpacks)
    )


@lru_cache(maxsize=10)
def needed(source: "Source") -> tuple[str, ...]:
    """Return the buildpacks of a Python source; empty if Heroku's detection is enough.

    Heroku tries Node.js before Python, and uses only the first buildpack that it detects.
    https://devcenter.heroku.com/articles/buildpacks#buildpack-detect-order
    """
    buildpacks = (*_others(source), PYTHON)
    return () if buildpacks == (detected(source),) else buildpacks


def detected(source: "Source") -> str:
    """Return the buildpack that Heroku uses for a Python source without buildpacks."""
    return NODE if source.folder.has(PACKAGE_JSON) else PYTHON


def _others(source: "Source") -> Iterator[str]:
    if _installs_packages(source):
        yield APT
    if _uses_node(source):
        yield NODE
    processes = source.procfile.processes if source.procfile else ()
    for script, buildpack in BRINGS_SCRIPTS.items():
        is_used = any(_uses(each.command, script) for each in processes)
        if is_used and not source.folder.has(script):
            yield buildpack


def _installs_packages(source: "Source") -> bool:
    """Return whether an Aptfile names packages."""
    text = source.folder.read(APTFILE)
    if text is None:
        return source.folder.has(APTFILE)
    lines = map(str.strip, text.content.splitlines())
    return any(line and not line.startswith(NO_PACKAGE) for line in lines)


def _uses(command: str, program: str) -> bool:
    return any(
        word.text.startswith(program)
        for call in calls(command)
        for word in (*call.wrappers, call.program)
    )


def _runs_node(script: str) -> bool:
    """Return whether a script runs a program of Node.js and does not download Node.js itself."""
    programs = {call.program.text for line in script.splitlines() for call in calls(line)}
    return not programs.isdisjoint(NODE_PROGRAMS) and not DOWNLOADS.search(script)


def _uses_node(source: "Source") -> bool:
    """Return whether a build needs Node.js: it has something to build, to install or to run."""
    hooks = [text.content for name in HOOKS if (text := source.folder.read(name))]
    if any(map(_runs_node, hooks)):
        return True
    text = source.folder.read(PACKAGE_JSON)
    try:
        content = json.loads(text.content) if text else {}
    except ValueError:
        return True  # the build reports it
    if not isinstance(content, dict):
        return True
    scripts = content.get("scripts")
    has_script = isinstance(scripts, dict) and any(name in scripts for name in BUILD_SCRIPTS)
    return has_script or bool(content.get("dependencies"))
