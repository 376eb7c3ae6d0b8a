"""The lines of an environment's file that changes come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dynostack.environment.database_moves import PlanAndVersion
from dynostack.environment.diagnostics.diagnostic import EnvironmentErrors
from dynostack.environment.diagnostics.finding import Path as Keys
from dynostack.environment.source import yaml_file as document
from dynostack.environment.source.environment_file import EnvironmentFile
from dynostack.environment.source.project_folder import ProjectFolder
from dynostack.environment.source.yaml_file import NotYaml
from dynostack.review import resource_types
from dynostack.review.model import SourceLocation
from dynostack.review.step import Step

_PROPERTIES = {
    "sensitiveConfigVars": "configVars",
    "organization": "team",
    "sensitiveUrl": "",
    "url": "",
    "enabled": "",
    "hostname": "",
}
"""Pulumi's property -> the key in the file, if they differ; "" is the entry itself."""
_PART = re.compile(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[]+)')


@dataclass(frozen=True)
class SourceLocations:
    """The lines of one environment's file."""

    file: str
    sections: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[Keys, int] = field(default_factory=dict)

    @classmethod
    def of(cls, directory: Path, stack: str, project: str = "") -> SourceLocations:
        """Return the lines of a stack's file; none if it cannot be read."""
        # The engine also takes ORGANIZATION/STACK and ORGANIZATION/PROJECT/STACK.
        file = f"Pulumi.{stack.rpartition('/')[2]}.yaml"
        try:
            text = document.read((directory / file).read_bytes())
            page = EnvironmentFile.of(file, project or ProjectFolder(directory).project, text)
        except (EnvironmentErrors, NotYaml, OSError):
            return cls(file)
        lines = {path: (span.key or span.value).line for path, span in page.tree.spans.items()}
        return cls(file, page.sections, lines)

    def at(self, *keys: str | int) -> SourceLocation | None:
        """Return the line of a key, or of the nearest key above it, or None."""
        for length in range(len(keys), 0, -1):
            line = self.lines.get(keys[:length])
            if line is not None:
                return SourceLocation(self.file, line)
        return None

    def value(self, *keys: str) -> object:
        """Return the value at a path of the file, or None."""
        value: object = self.sections
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def options(self, step: Step) -> Mapping[str, object]:
        """Return the options that the file gives an add-on without a section of its own."""
        options = self.value(*map(str, self._addon(step)), resource_types.OPTIONS)
        return options if isinstance(options, Mapping) else {}

    def database(self, name: str) -> PlanAndVersion:
        """Return the plan and the version that the file gives a database; empty if it gives none.

        Args:
            name: the name that the program gives the database.
        """
        plan, version = (self.value(*map(str, _database(name)), key) for key in ("plan", "version"))
        return PlanAndVersion(
            plan if isinstance(plan, str) else "", version if isinstance(version, str) else ""
        )

    def of_step(self, step: Step, path: str = "") -> SourceLocation | None:
        """Return the line of a resource, or of one of its properties."""
        entry = self._entry(step)
        return self.at(*entry, *_keys(path)) if entry else None

    def _entry(self, step: Step) -> Keys:
        inputs, name = step.inputs, step.name
        match step.type:
            case resource_types.APP:
                return ("app",)
            case resource_types.BUILD:
                return ("app", "source")
            case resource_types.ADDON:
                return self._addon(step)
            case resource_types.ATTACHMENT:
                return self._attachment(str(inputs.get("name", name)))
            case resource_types.COLLABORATOR | resource_types.TEAM_COLLABORATOR:
                return ("collaborators", self._index("collaborators", inputs.get("email")))
            case resource_types.DOMAIN:
                return ("domains", self._index("domains", inputs.get("hostname")))
            case resource_types.DRAIN:
                return ("drains", name)
            case resource_types.FEATURE:
                return ("features", name)
            case resource_types.FORMATION:
                return ("formation", name)
            case resource_types.PIPELINE | resource_types.COUPLING:
                return ("pipeline",)
        return ()

    def _addon(self, step: Step) -> Keys:
        if resource_types.is_database(step):
            return _database(step.name)
        if "dynostack:heroku:Memcached" in step.urn:
            return ("memcached",)
        if self.value("addons", step.name) is not None:
            return ("addons", step.name)
        # A state written before 2026-12 has the service in the resource's name.
        return ("addons", step.name.removesuffix(f"-{step.service}"))

    def _attachment(self, name: str) -> Keys:
        """Return where the file lists an attachment; empty if it no longer lists it."""
        sections: list[Keys] = [("postgres",)]
        for parent in (("postgres", "databases"), ("addons",)):
            below = self.value(*parent)
            sections += [
                (*parent, str(key)) for key in (below if isinstance(below, Mapping) else ())
            ]
        for section in sections:
            listed = self.value(*map(str, section), "attachments")
            if isinstance(listed, list) and name in listed:
                return (*section, "attachments", listed.index(name))
        return ()

    def _index(self, section: str, name: object) -> int:
        listed = self.sections.get(section)
        for index, entry in enumerate(listed if isinstance(listed, list) else []):
            written = entry.get("email") if isinstance(entry, Mapping) else entry
            if str(written).lower() == str(name).lower():
                return index
        return -1


def parts(path: str) -> list[str | int]:
    """Split a Pulumi property path into keys and indices."""
    found = _PART.findall(path)
    return [int(index) if index else quoted or plain for quoted, index, plain in found]


def _database(name: str) -> Keys:
    _, dash, key = name.partition("-")
    return ("postgres", "databases", key) if dash else ("postgres",)


def _keys(path: str) -> Keys:
    if not path:
        return ()
    first, *rest = parts(path)
    if first == "config" and rest == ["version"]:
        return ("version",)
    key = _PROPERTIES.get(str(first), first)
    return (key, *rest) if key else ()
