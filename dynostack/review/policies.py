"""The policy packs that every preview and update of a stack uses."""

from __future__ import annotations

from pathlib import Path

import dynostack.policies
from dynostack.environment import EnvironmentErrors
from dynostack.environment.source.project_folder import ProjectFolder

PACK_FILE = "PulumiPolicy.yaml"
OWN = "policies"
"""The folder of the project's own policy pack, if it has one."""

LIBRARY = Path(dynostack.policies.__path__[0])
"""The policy pack of dynostack, for stacks with `policies: true` in the section `review`."""


def policy_packs(project: Path, stack: str) -> list[Path]:
    """Return the folders of a stack's policy packs."""
    own = project / OWN
    packs = [own] if (own / PACK_FILE).is_file() else []
    return [*packs, LIBRARY] if _uses_library(project, stack) else packs


def _uses_library(project: Path, stack: str) -> bool:
    """Return whether the file asks for dynostack's pack; the engine reports errors in the file."""
    try:
        section = ProjectFolder(project, project_rules=False).page(stack).sections.get("review")
    except EnvironmentErrors:
        return False
    return isinstance(section, dict) and section.get("policies") is True
