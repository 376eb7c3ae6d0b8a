"""The versions of Node.js on this machine, also those of version managers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from localheroku.core import programs

PLACES = (
    ("NVM_DIR", ".nvm", "versions/node/*"),
    ("FNM_DIR", ".local/share/fnm", "node-versions/*/installation"),
    ("FNM_DIR", "Library/Application Support/fnm", "node-versions/*/installation"),
    ("VOLTA_HOME", ".volta", "tools/image/node/*"),
    ("ASDF_DATA_DIR", ".asdf", "installs/nodejs/*"),
    ("MISE_DATA_DIR", ".local/share/mise", "installs/node/*"),
    ("NODENV_ROOT", ".nodenv", "versions/*"),
)
"""Version managers: the variable that names their folder, its default below the home folder, and
their Nodes in it."""
HOMEBREW = ("/opt/homebrew/opt", "/usr/local/opt")
SHIMS = re.compile(r"/(\.?(asdf|mise|nodenv)/shims|\.volta/bin)/?$")
"""Folders of PATH whose commands depend on the version that is switched on."""
VERSION = re.compile(r"v?(\d+\.\d+\.\d+)$")
MODULES = "lib/node_modules"
NPM = f"{MODULES}/npm/bin"
COMMANDS = {
    "npm": "npm/bin/npm-cli.js",
    "npx": "npm/bin/npx-cli.js",
    "corepack": "corepack/dist/corepack.js",
}
"""What comes with Node: the commands, and their scripts in the folder of modules."""


@dataclass(frozen=True)
class Node:
    """A Node.js with its npm."""

    program: Path
    npm: Path
    """The script of npm that Node runs."""

    def link(self, prefix: Path) -> None:
        """Create the folders of a Node's own installation, with links to its files.

        Programs that are installed globally come beside them, and may replace npm: npm then
        replaces the link to its folder.
        """
        links = {"bin/node": self.program}
        modules = self.npm.parents[2]
        for command, script in COMMANDS.items():
            package = script.partition("/")[0]
            if (modules / script).is_file():
                links[f"{MODULES}/{package}"] = modules / package
                links[f"bin/{command}"] = Path("..", MODULES, script)
        for place, target in links.items():
            (prefix / place).parent.mkdir(parents=True, exist_ok=True)
            (prefix / place).unlink(missing_ok=True)
            (prefix / place).symlink_to(target)


def node_in(program: Path) -> Node | None:
    """Return the Node with this program; None without an npm beside it."""
    if not os.access(program, os.X_OK):
        return None
    actual = program.resolve()
    for npm in (actual.parents[1] / NPM / "npm-cli.js", program.with_name("npm")):
        if npm.is_file() and npm.resolve().name == "npm-cli.js":
            return Node(actual, npm.resolve())
    return None


def with_known_version(downloads: Path) -> Iterator[tuple[str, Node]]:
    """Yield the Nodes in folders that are named after their versions.

    Args:
        downloads: the folder of those that were downloaded.
    """
    folders = [downloads.glob("*")]
    for variable, default, pattern in PLACES:
        folder = Path(os.environ.get(variable) or Path.home() / default)
        folders.append(folder.glob(pattern))
    for place in folders:
        for folder in place:
            actual = folder.resolve()
            name = actual.parent.name if actual.name == "installation" else actual.name
            if (found := VERSION.match(name)) and (node := node_in(actual / "bin/node")):
                yield found[1], node


def with_unknown_version() -> Iterator[Node]:
    """Yield the Nodes on PATH and of Homebrew, each once."""
    path = programs.search_path(programs.SYSTEM_FOLDERS).split(os.pathsep)
    found = [Path(folder, "node") for folder in path if folder and not SHIMS.search(folder)]
    for folder in HOMEBREW:
        found += sorted(Path(folder).glob("node*/bin/node"))
    nodes = dict.fromkeys(filter(None, map(node_in, found)))
    yield from nodes
