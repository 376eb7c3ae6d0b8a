"""The virtual environment in which the engine runs a project's program."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import yaml


def linked(project: Path) -> Path | None:
    """Link the project's virtual environment to the one of this process if it does not exist.

    A project names it in Pulumi.yaml by a path in its own folder, and Git does not have it.  So a
    project also runs with a dynostack that is installed elsewhere.

    Returns:
        The link if it was created.
    """
    name = _virtual_environment(project)
    if not name or Path(name).is_absolute():
        return None
    link = project / name
    if os.path.lexists(link) or not Path(sys.prefix, "bin", "python").exists():
        return None
    link.symlink_to(sys.prefix)
    return link


def _virtual_environment(project: Path) -> str:
    found: Any = yaml.safe_load((project / "Pulumi.yaml").read_text("utf-8"))
    for key in ("runtime", "options", "virtualenv"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
