"""The backend that stores the state: a folder, a bucket, a table or Pulumi Cloud."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

VARIABLE = "PULUMI_BACKEND_URL"


def backend_address(project: Path, variables: Mapping[str, str]) -> str:
    """Return the address of the backend that an engine would use; empty if none is chosen.

    The first of these counts: the environment, Pulumi.yaml, and what `pulumi login` stored.
    https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/workspace/creds.go

    Args:
        project: the folder of Pulumi.yaml.
        variables: the engine's environment variables.
    """
    if address := variables.get(VARIABLE):
        return address
    chosen = _part(yaml.safe_load((project / "Pulumi.yaml").read_text("utf-8")), "backend")
    if address := str(_part(chosen, "url") or ""):
        return address
    return str(_part(_login(variables), "current") or "")


def _login(variables: Mapping[str, str]) -> Any:
    try:
        folder = variables.get("PULUMI_CREDENTIALS_PATH") or variables.get("PULUMI_HOME") or _home()
        return json.loads(Path(folder, "credentials.json").read_bytes())
    except (KeyError, OSError, ValueError):
        return None


def _home() -> Path:
    """Return the default home of the engine, which the variable HOME does not change."""
    return Path(pwd.getpwuid(os.getuid()).pw_dir, ".pulumi")


def _part(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None
