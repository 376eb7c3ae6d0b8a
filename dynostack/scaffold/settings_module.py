"""The settings module that Heroku runs: the production one, where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dynostack.environment.django.locations import MANAGE, SETTINGS_VARIABLE

PRODUCTION = ("heroku", "production", "prod", "live", "deployment", "deployed", "deploy")
"""Words in the name of a production module, the best first."""
DEVELOPMENT = frozenset(
    {
        *("dev", "devel", "develop", "development", "local", "debug", "docker"),
        *("test", "tests", "testing", "ci", "circleci", "travis", "github"),
    }
)
COMMON = frozenset({"base", "common", "default", "defaults", "settings", "shared"})
ENTRIES = ("wsgi.py", "asgi.py", MANAGE)
"""Files that name a settings module, those of a server first."""
ENTRY_OF_COMMAND = re.compile(r"[A-Za-z_][\w.]*[aw]sgi\w*")
"""Matches the module that a server runs, such as shop.heroku_wsgi in: gunicorn shop.heroku_wsgi."""

_NAMED = re.compile(rf"""{SETTINGS_VARIABLE}["']?\s*(?:,|\]\s*=|=)\s*["']?([A-Za-z_][\w.]*)""")
_OPTION = re.compile(r"--settings[= ]([A-Za-z_][\w.]*)")


@dataclass(frozen=True)
class SettingsModules:
    """The settings modules of a Django project."""

    root: Path
    """The folder of the repository."""
    files: Sequence[PurePosixPath]
    """The files of the repository."""
    django: PurePosixPath
    """The folder of manage.py."""

    def production(self, *commands: str) -> str:
        """Return the module to run on Heroku; empty if no file names one that exists.

        A module that the Procfile or app.json names is used as it is.  Otherwise a production
        module beside the one that the server's entry point or manage.py names is better than that
        one, if that one is for development or is shared by several.

        Args:
            commands: texts that may name one for Heroku, or the server's entry point, such as
                commands of the Procfile.
        """
        for text in commands:
            for name in (*_NAMED.findall(text), *_OPTION.findall(text)):
                if self._exists(name):
                    return str(name)
        named = [name for name in self._of_entries(commands) if self._exists(name)]
        for name in named:
            if not _words(name) & (DEVELOPMENT | COMMON):
                return name
        named = named or self._usual()
        for name in named:
            if beside := self._beside(name):
                return beside
        unlike = [DEVELOPMENT | COMMON, DEVELOPMENT, frozenset[str]()]
        return next((name for words in unlike for name in named if not _words(name) & words), "")

    def _of_entries(self, commands: Sequence[str]) -> Iterator[str]:
        """Yield the modules that the files of servers and manage.py name, the best first."""
        servers = (name for text in commands for name in ENTRY_OF_COMMAND.findall(text))
        started = map(self._place, servers)
        usual = (path for entry in ENTRIES for path in self.files if path.name == entry)
        for path in dict.fromkeys((*filter(None, started), *usual)):
            if path.is_relative_to(self.django):
                yield from _NAMED.findall(_text(self.root / path))

    def _usual(self) -> list[str]:
        """Return the modules in the places that Django and its guides use."""
        found = []
        for path in self.files:
            if path.is_relative_to(self.django) and path.suffix == ".py":
                parts = path.relative_to(self.django).with_suffix("").parts
                is_usual = len(parts) > 1 and "settings" in parts[-2:] and parts[-1] != "__init__"
                if is_usual and all(map(str.isidentifier, parts)):
                    found.append(".".join(parts))
        return found

    def _beside(self, name: str) -> str:
        """Return the best production module in the same package or folder."""
        place = self._place(name)
        if place is None:
            return ""
        is_package = place.name == "__init__.py"
        package = name if is_package else name.rpartition(".")[0]
        inner = [
            path.parent if path.name == "__init__.py" else path.with_suffix("")
            for path in self.files
            if path.suffix == ".py"
        ]
        modules = {
            ".".join(filter(None, (package, each.name)))
            for each in inner
            if each.parent == place.parent
        }
        for word in PRODUCTION:
            for module in sorted(modules):
                if word in _words(module) and _is_name(module) and not is_for_development(module):
                    return module
        return ""

    def _exists(self, name: str) -> bool:
        return self._place(name) is not None

    def _place(self, name: str) -> PurePosixPath | None:
        """Return the file of a module, in the folder of manage.py or one below it."""
        inner = PurePosixPath(*name.split("."))
        wanted = (inner.with_suffix(".py"), inner / "__init__.py")
        for path in self.files:
            for each in wanted:
                if (
                    path.is_relative_to(self.django)
                    and path.parts[-len(each.parts) :] == each.parts
                ):
                    return path
        return None


def is_for_development(name: str) -> bool:
    """Return whether a module's name says that it is for development."""
    return bool(_words(name) & DEVELOPMENT)


def _is_name(module: str) -> bool:
    return all(map(str.isidentifier, module.split(".")))


def _words(name: str) -> frozenset[str]:
    """Return the words of a module's own name."""
    return frozenset(name.rpartition(".")[2].lower().split("_"))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
