"""The local world: one directory, one environment, nothing of it visible outside.

Inside it `pulumi` has a home, a state backend and a passphrase of its own and talks to the local
Heroku; outside it, the same project talks to the real one.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from dynostack.local import ca_bundle, git_config, settings
from dynostack.local.settings import LocalSettings
from localheroku.core import certificate
from localheroku.core.atomic_files import write_private_once

__all__ = ["LocalSettings", "LocalWorkspace", "NoProject"]

STATE_PASSPHRASE = "dynostack-local"  # noqa: S105
"""Opens the example secrets that are committed, so it is as public as they are.  A stack with real
secrets has a passphrase of its own: set PULUMI_CONFIG_PASSPHRASE to rehearse it."""

NODE_CERTIFICATES = "NODE_EXTRA_CA_CERTS"
GIT_CERTIFICATES = "GIT_SSL_CAINFO"
"""Git reads no other file where it is set, whatever its configuration says of an address."""


class NoProject(Exception):
    """There is no Pulumi.yaml here or above."""


@dataclass(frozen=True)
class LocalWorkspace:
    """The local world of one project."""

    project: Path
    heroku: LocalSettings

    @classmethod
    def of(cls, directory: Path) -> LocalWorkspace:
        """The world of the project that `directory` lies in.

        Raises NoProject, WrongSettings.
        """
        for folder in (directory, *directory.parents):
            if (folder / "Pulumi.yaml").is_file():
                return cls(folder, settings.read(folder / "pyproject.toml"))
        raise NoProject(
            f"no Pulumi.yaml in {directory} or above it; run dynostack in a project,"
            " or make this folder one: dynostack new"
        )

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
        """Make the directories that the engine expects to find; keeps what is there."""
        self.root.mkdir(mode=0o700, exist_ok=True)
        for folder in (self.bin, self.pulumi_home, self.state, self.heroku_data):
            folder.mkdir(exist_ok=True)
        if not self.api_key_file.exists():
            write_private_once(self.api_key_file, str(uuid4()).encode())
        git_config.configure(self.git_configuration, self.heroku.url, self.trusted_certificates)
        self._trust_local_heroku()

    def _trust_local_heroku(self) -> None:
        """Beside what the user's programs trust already, behind a company's proxy for example."""
        own = certificate.public(certificate.ensured(self.heroku_data / certificate.FILE))
        ca_bundle.ensure(self.trusted_certificates, NODE_CERTIFICATES, own)
        if GIT_CERTIFICATES in os.environ:
            ca_bundle.ensure(self.trusted_by_git, GIT_CERTIFICATES, own)

    def remove(self) -> None:
        """Remove the directory with all that is in it; behind a link, what is the world's."""
        if not self.root.is_symlink() and self.root.is_dir():
            shutil.rmtree(self.root)
            return
        for folder in (self.bin, self.pulumi_home, self.state, self.heroku_data):
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
        """What `dynostack env` exports."""
        variables = {
            "PATH": self._path(),
            "PULUMI_HOME": str(self.pulumi_home),
            "PULUMI_BACKEND_URL": self.state.as_uri(),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # Plugins of another Pulumi on PATH would be used before ours, with a warning.
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "HEROKU_API_URL": self.heroku.url,
            "HEROKU_API_KEY": self.api_key_file.read_text(),
            **self._heroku_cli(),
        }
        if GIT_CERTIFICATES in os.environ:
            variables[GIT_CERTIFICATES] = str(self.trusted_by_git)
        if "PULUMI_CONFIG_PASSPHRASE" not in os.environ:
            variables["PULUMI_CONFIG_PASSPHRASE"] = STATE_PASSPHRASE
        return variables

    def _heroku_cli(self) -> dict[str, str]:
        """What keeps the Heroku CLI (11) and its git from every host but the local Heroku."""
        return {
            "HEROKU_HOST": self.heroku.url,
            # A name without its port; the port is that of HEROKU_HOST.
            "HEROKU_DATA_HOST": "127.0.0.1",
            # So is this one; a diagnosis is sent the URL of the database, with its password.
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
            # It downloads backups over HTTPS only.
            NODE_CERTIFICATES: str(self.trusted_certificates),
            # It would have psql insist on TLS, which the local databases do not have.
            "PGSSLMODE": "prefer",
        }

    def _path(self) -> str:
        """Ours first; the psql that comes with the databases last, for who has no other."""
        # Imported late: the add-ons bring aiohttp along, which a check has no use for.
        from localheroku.addons.postgres import programs

        package = programs.package()
        last = [str(programs.programs(package))] if package else []
        own = {str(self.bin), *last}
        given = [p for p in os.environ.get("PATH", "").split(os.pathsep) if p not in own]
        return os.pathsep.join([str(self.bin), *given, *last])

    def environment(self) -> dict[str, str]:
        """The environment of a program that runs inside the local world."""
        return {**os.environ, **self.variables()}
