"""Terraform with Heroku's own provider, for comparison: the same apps, planned four at a time.

It needs `terraform` and `terraform-provider-heroku` on PATH.  The provider's releases have the
program; `go build` in a clone of heroku/terraform-provider-heroku makes it too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from dynostack.local.workspace import LocalWorkspace

PROGRAM, PROVIDER = "terraform", "terraform-provider-heroku"
CONFIGURATION = """\
terraform {{
  required_providers {{
    heroku = {{ source = "heroku/heroku" }}
  }}
}}

resource "heroku_app" "app" {{
  name        = "{name}"
  region      = "us"
  stack       = "heroku-24"
  config_vars = {{ GREETING = "hello" }}
}}

resource "heroku_addon" "postgres" {{
  app_id = heroku_app.app.id
  plan   = "heroku-postgresql:essential-0"
}}

resource "heroku_collaborator" "dev" {{
  app_id = heroku_app.app.id
  email  = "dev@acme.example"
}}
"""
SETTINGS = """\
provider_installation {{
  dev_overrides {{ "heroku/heroku" = "{folder}" }}
  direct {{}}
}}
"""


def is_installed() -> bool:
    """Return whether both programs are on PATH."""
    return all(map(shutil.which, (PROGRAM, PROVIDER)))


@dataclass(frozen=True)
class Terraform:
    """A folder for each app, with its configuration and its state."""

    folder: Path
    world: LocalWorkspace
    names: Sequence[str]

    def create(self, at_once: int) -> None:
        """Write the configurations, and create the apps on the local Heroku."""
        for name in self.names:
            (self.folder / name).mkdir(parents=True)
            (self.folder / name / "main.tf").write_text(CONFIGURATION.format(name=name))
        provider = Path(str(shutil.which(PROVIDER))).resolve().parent
        (self.folder / "settings").write_text(SETTINGS.format(folder=provider))
        self._all(("apply", "-auto-approve"), at_once)

    def plan(self, at_once: int) -> None:
        """Plan every app; nothing changes."""
        self._all(("plan", "-detailed-exitcode"), at_once)

    def _all(self, arguments: Sequence[str], at_once: int) -> None:
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(lambda name: self._run(name, arguments), self.names))

    def _run(self, name: str, arguments: Sequence[str]) -> None:
        done = subprocess.run(
            [PROGRAM, *arguments, "-input=false", "-no-color"],
            cwd=self.folder / name,
            env={
                **os.environ,
                **self.world.variables(),
                "TF_CLI_CONFIG_FILE": str(self.folder / "settings"),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stdout + done.stderr)
