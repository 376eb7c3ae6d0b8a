"""The local environment of a project: one directory and one set of environment variables.

In a shell with these variables, `pulumi` has its own home, state backend and passphrase and talks
to the local Heroku; without them, the same project talks to the real one.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from dynostack import source_archive
from dynostack.local import ca_bundle, git_config, settings
from dynostack.local.project_folder import project_folder
from dynostack.local.settings import LocalSettings
from localheroku.core import certificate
from localheroku.core.atomic_files import write_private_once

__all__ = ["LocalSettings", "LocalWorkspace"]

STATE_PASSPHRASE = "dynostack-local"  # noqa: S105
"""The passphrase of the example secrets that are committed; it is as public as they are.

A stack with real secrets has its own passphrase: set PULUMI_CONFIG_PASSPHRASE to rehearse it.
"""

PASSPHRASE, PASSPHRASE_FILE = "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"
"""The variables with a passphrase, in the engine's order; an empty name of a file is ignored."""

NODE_CERTIFICATES = "NODE_EXTRA_CA_CERTS"
GIT_CERTIFICATES = "GIT_SSL_CAINFO"
"""If it is set, Git uses only this file and ignores the certificates set for an address."""


@dataclass(frozen=True)
class LocalWorkspace:
    """The local environment of one project."""

    project: Path
    heroku: LocalSettings

    @classmethod
    def of(cls, directory: Path) -> LocalWorkspace:
        """Return the local environment of the project that `directory` belongs to.

        Raises:
            NoProject: neither the directory nor one above it has a Pulumi.yaml.
            WrongSettings: the settings in pyproject.toml are invalid.
        """
        folder = project_folder(directory)
        return cls(folder, settings.read(folder / settings.FILE))

    @property
    def root(self) -> Path:
        return self.project / ".dynostack"

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    @property
    def pulumi(self) -> Path:
        return self.bin / "pulumi"

    @property
    def pulumi_home(self) -> Path:
        return self.root / "pulumi"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def heroku_data(self) -> Path:
        return self.root / "heroku"

    @property
    def api_key_file(self) -> Path:
        return self.heroku_data / "api-key"

    @property
    def git_configuration(self) -> Path:
        return self.root / "gitconfig"

    @property
    def trusted_certificates(self) -> Path:
        return self.root / "trusted.pem"

    @property
    def trusted_by_git(self) -> Path:
        return self.root / "trusted-by-git_config.pem"

    def create(self) -> None:
        """Create the directories and files that the engine expects; keep what exists."""
        self.root.mkdir(mode=0o700, exist_ok=True)
        for folder in (self.bin, self.pulumi_home, self.state, self.heroku_data):
            folder.mkdir(exist_ok=True)
        if not self.api_key_file.exists():
            write_private_once(self.api_key_file, str(uuid4()).encode())
        git_config.configure(self.git_configuration, self.heroku.url, self.trusted_certificates)
        self._trust_local_heroku()

    def _trust_local_heroku(self) -> None:
        """Let programs trust the local Heroku in addition to the user's own certificates.

        Users need their own behind a company's proxy, for example.
        """
        own = certificate.public(certificate.ensured(self.heroku_data / certificate.FILE))
        ca_bundle.ensure(self.trusted_certificates, NODE_CERTIFICATES, own)
        if GIT_CERTIFICATES in os.environ:
            ca_bundle.ensure(self.trusted_by_git, GIT_CERTIFICATES, own)

    def remove(self) -> None:
        """Remove the directory; if it is a link, remove the link and what `create` made."""
        if not self.root.is_symlink() and self.root.is_dir():
            shutil.rmtree(self.root)
            return
        archives = self.project / source_archive.FOLDER
        for folder in (self.bin, self.pulumi_home, self.state, self.heroku_data, archives):
            if folder.is_dir():
                shutil.rmtree(folder)
        if self.root.is_symlink():
            for file in (
                self.git_configuration,
                self.trusted_certificates,
                self.trusted_by_git,
            ):
                file.unlink(missing_ok=True)
        self.root.unlink(missing_ok=True)

    def variables(self) -> dict[str, str]:
        """Return the environment variables that `dynostack env` exports."""
        variables = {
            "PATH": self._path(),
            "PULUMI_HOME": str(self.pulumi_home),
            "PULUMI_BACKEND_URL": self.state.as_uri(),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # Otherwise the engine prefers plugins of another Pulumi on PATH, with a warning.
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "HEROKU_API_URL": self.heroku.url,
            "HEROKU_API_KEY": self.api_key_file.read_text(),
            **self._heroku_cli(),
        }
        if GIT_CERTIFICATES in os.environ:
            variables[GIT_CERTIFICATES] = str(self.trusted_by_git)
        if PASSPHRASE not in os.environ and not os.environ.get(PASSPHRASE_FILE):
            variables[PASSPHRASE] = STATE_PASSPHRASE
        return variables

    def _heroku_cli(self) -> dict[str, str]:
        """Return the variables that keep the Heroku CLI (11) and its Git on the local Heroku."""
        return {
            "HEROKU_HOST": self.heroku.url,
            # A host name without a port; the CLI adds the port of HEROKU_HOST.
            "HEROKU_DATA_HOST": "127.0.0.1",
            # Also a host name: pg:diagnose sends it the database's URL, with the password.
            "PGDIAGNOSE_URL": "127.0.0.1",
            "HEROKU_PARTICLEBOARD_URL": self.heroku.url,
            "HEROKU_CI_WEBSOCKET_URL": f"{self.heroku.url.replace('http', 'ws', 1)}/socket",
            "HEROKU_BUILDPACK_REGISTRY_URL": f"{self.heroku.url}/_buildpacks",
            "HEROKU_STATUS_HOST": self.heroku.url,
            "HEROKU_SKIP_NEW_VERSION_CHECK": "true",
            "HEROKU_DISABLE_AUTOUPDATE": "true",
            "DISABLE_TELEMETRY": "true",
            # The CLI writes its credential helper to the user's global configuration.
            "GIT_CONFIG_GLOBAL": str(self.git_configuration),
            # The CLI downloads backups over HTTPS only.
            NODE_CERTIFICATES: str(self.trusted_certificates),
        }

    def _path(self) -> str:
        """Return PATH with our programs first and the psql of the local databases last.

        That psql is for users who have no other one.
        """
        # Imported late: the add-ons import asyncio, which a check does not need.
        from localheroku.addons.postgres import distribution, versions

        found = distribution.cached(versions.DEFAULT)
        last = [str(found.programs)] if found else []
        own = {str(self.bin), *last}
        given = [p for p in os.environ.get("PATH", "").split(os.pathsep) if p not in own]
        return os.pathsep.join([str(self.bin), *given, *last])

    def environment(self) -> dict[str, str]:
        """Return all environment variables for a program that runs in the local environment."""
        return {**os.environ, **self.variables()}
