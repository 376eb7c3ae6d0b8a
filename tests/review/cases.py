"""The cases to record, from tests/review/cases.yaml, and their recordings in previews/<case>/."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PREVIEWS = HERE / "previews"


@dataclass(frozen=True)
class Base:
    """A committed environment with changes; if `up`, it is brought up before its cases."""

    name: str
    file: str
    set: dict[str, Any] = field(default_factory=dict)
    up: bool = False


@dataclass(frozen=True)
class Case:
    """A base with changes, previewed; tests/review/cases.yaml says what each field means."""

    name: str
    base: str
    set: dict[str, Any] = field(default_factory=dict)
    secret: dict[str, str] = field(default_factory=dict)
    before: list[list[Any]] = field(default_factory=list)
    program: str = ""
    flags: list[str] = field(default_factory=list)
    document: bool = False
    whole: bool = False

    @property
    def streaming(self) -> str:
        """Return the engine's setting for events, or for one document with a list of steps."""
        return "false" if self.document else "true"

    @property
    def folder(self) -> Path:
        return PREVIEWS / self.name

    @property
    def preview(self) -> Path:
        return self.folder / "preview.json"

    @property
    def plan(self) -> Path:
        return self.folder / "plan.json"

    @property
    def environment(self) -> Path:
        """Return the environment's file of the preview."""
        return self.folder / f"Pulumi.{self.base}.yaml"


def load() -> tuple[list[Base], list[Case]]:
    """Return all bases and cases, in the order of the file."""
    found = yaml.safe_load((HERE / "cases.yaml").read_text())
    bases = [Base(name, **fields) for name, fields in found["bases"].items()]
    return bases, [Case(name, **fields) for name, fields in found["cases"].items()]


def changed(file: dict[str, Any], changes: dict[str, Any], project: str = "shop") -> dict[str, Any]:
    """Return an environment's file with values set; "" removes a value."""
    for path, value in changes.items():
        section, *keys = path.split(".")
        place, last = file["config"], f"{project}:{section}"
        for key in keys:
            place, last = place.setdefault(last, {}), key
        if value == "":
            place.pop(last, None)
        else:
            place[last] = deepcopy(value)
    return file
