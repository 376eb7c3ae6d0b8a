"""A Pulumi project beside a local Heroku that has apps made by hand."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from dynostack.inventory.app import App
from dynostack.inventory.platform_api import PlatformApi
from dynostack.inventory.reader import read_inventory
from tests.e2e.rehearsal import PROJECT, Done, Rehearsal
from tests.ports import free_port

PASSPHRASE = "of-the-adopted-stacks"
SECRETS = {
    "SECRET_KEY": "planted-django-key-4711",
    "STRIPE_KEY": "sk_" + "live_" + "planted0123456789",
    "SENTRY_DSN": "https://planted0123456789abcdef:x@sentry.example/1",
    "MAIL_PASSWORD": "planted-mail-password",
    "GITHUB_TOKEN": "planted-token-0815",
}
PLAIN = {
    "ALLOWED_HOSTS": "www.acme.example,acme.example",
    "DJANGO_SETTINGS_MODULE": "shop.settings",
    "DEBUG": "False",
    "EMAIL_PORT": "587",
    "GREETING": 'say "hello": #1',
    "MULTI": "line one\nline two\n",
    "SPACED": "  around  ",
    "UNICODE": "grüße",
    "WEB_CONCURRENCY": "2",
    "LOG_LEVEL": "INFO",
    "VERSION": "1.10",
    "FLAG": "yes",
    "TIME_ZONE": "Europe/Berlin",
    "DATE": "2026-11-30",
    "OCTAL": "0755",
}
PEOPLE = {
    "dev@acme.example": ["view", "deploy"],
    "lead@acme.example": ["view", "deploy", "operate", "manage"],
    "design@acme.example": ["view"],
    "ci@acme.example": ["view", "deploy", "operate"],
}
ADDONS = (
    "heroku-postgresql:essential-0",
    "memcachier:dev",
    "heroku-redis:mini",
    "papertrail:choklad",
)
DYNOSTACK = str(PROJECT / ".venv/bin/dynostack")
PROGRAM = "from dynostack.program import run\n\nrun()\n"


class Adopting(Rehearsal):
    """A project without stacks, and its local Heroku."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, with_rules=True, warm=True)
        done = self.dynostack("toolchain")
        assert done.exit_code == 0, done.output
        self.server.start()

    def _copy_project(self) -> None:
        self.directory.mkdir(parents=True)
        files = {
            "Pulumi.yaml": "name: shop\nruntime:\n  name: python\n  options: {virtualenv: .venv}\n",
            "__main__.py": PROGRAM,
            "pyproject.toml": f"[tool.dynostack.local]\nport = {free_port()}\n",
        }
        for name, text in files.items():
            (self.directory / name).write_text(text)
        (self.directory / ".venv").symlink_to(PROJECT / ".venv")

    def adopt(self, *arguments: str, **variables: str) -> Done:
        """Run `dynostack adopt` as in a shell that is set up for the local Heroku."""
        return self.shell(*self.program, "adopt", *arguments, **variables)

    def shell(self, *command: str, **variables: str) -> Done:
        self.world.create()
        own = {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE, **variables}
        return self._run(list(command), {**self.world.variables(), **own})

    @property
    def api(self) -> PlatformApi:
        return PlatformApi(self.world.heroku.url, self.world.api_key_file.read_text())

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return self.api.send(method, path, body)

    def make_app(
        self, name: str, *, team: str = "acme", pipeline: str = "", stage: str = "production"
    ) -> None:
        """Make an app with everything that the issue names, as a person would by hand."""
        self.make_small_app(name, team=team)
        self.call("PATCH", f"/apps/{name}/config-vars", {**PLAIN, **SECRETS})
        for plan in ADDONS:
            self.call("POST", f"/apps/{name}/addons", {"plan": plan})
        for email, permissions in PEOPLE.items():
            body = {"user": email, "silent": True}
            if team:
                path = f"/teams/apps/{name}/collaborators"
                self.call("POST", path, {**body, "permissions": permissions})
            else:
                self.call("POST", f"/apps/{name}/collaborators", body)
        for host in ("www", "shop"):
            hostname = f"{host}.{name}.example"
            self.call("POST", f"/apps/{name}/domains", {"hostname": hostname, "sni_endpoint": None})
        drain = f"syslog+tls://logs.{name}.example:6514"
        self.call("POST", f"/apps/{name}/log-drains", {"url": drain})
        self.call("PATCH", f"/apps/{name}/features/http-session-affinity", {"enabled": True})
        if pipeline:
            self.join(name, pipeline, stage)
        self.deploy(name)

    def make_small_app(self, name: str, *, team: str = "acme") -> None:
        """Make an app with a config var and a buildpack."""
        if team:
            self.call("POST", "/teams/apps", {"name": name, "team": team, "region": "eu"})
        else:
            self.call("POST", "/apps", {"name": name, "region": "eu"})
        updates = [{"buildpack": "heroku/python"}]
        self.call("PUT", f"/apps/{name}/buildpack-installations", {"updates": updates})
        self.call("PATCH", f"/apps/{name}/config-vars", {"GREETING": "hello"})

    def join(self, app: str, pipeline: str, stage: str) -> None:
        """Add an app to a pipeline, which is created if it is missing."""
        there = {each["name"]: each["id"] for each in self.call("GET", "/pipelines")}
        identity = there.get(pipeline)
        if identity is None:
            account = self.call("GET", "/account")["id"]
            body = {"name": pipeline, "owner": {"id": account, "type": "user"}}
            identity = self.call("POST", "/pipelines", body)["id"]
        body = {"app": app, "pipeline": identity, "stage": stage}
        self.call("POST", "/pipeline-couplings", body)

    def deploy(self, app: str, **others: str) -> None:
        """Release a slug with two process types and run them; others do not run."""
        types = {"web": "python3 -m http.server $PORT", "worker": "sleep 100000", **others}
        slug = self.call("POST", f"/apps/{app}/slugs", {"process_types": types})
        url = slug["blob"]["url"]
        httpx.request(slug["blob"]["method"], url, content=_slug()).raise_for_status()
        self.call("POST", f"/apps/{app}/releases", {"slug": slug["id"]})
        for process, size in (("web", "standard-1x"), ("worker", "standard-2x")):
            body = {"quantity": 1, "size": size}
            self.call("PATCH", f"/apps/{app}/formation/{process}", body)

    def forget(self, stack: str) -> None:
        """Remove a stack and its file, but nothing on Heroku."""
        options = ("--force", "--yes", "--preserve-config", "--non-interactive")
        self.shell("pulumi", "stack", "rm", stack, *options)
        (self.directory / f"Pulumi.{stack}.yaml").unlink(missing_ok=True)

    def there(self, app: str) -> App:
        """Return everything of an app."""
        return read_inventory(self.api, app)

    def files_with(self, text: str) -> list[Path]:
        """Return the project's files with a text, except those of the local Heroku itself."""
        return [
            path
            for path in self.directory.rglob("*")
            if path.is_file()
            and self.world.heroku_data not in path.parents
            and ".venv" not in path.parts
            and text.encode() in path.read_bytes()
        ]

    def releases(self, app: str) -> int:
        return len(self.call("GET", f"/apps/{app}/releases"))

    def writes(self) -> list[str]:
        """Return the requests that were no GET, among all that the local Heroku has logged."""
        return [
            f"{each['method']} {each['path']}" for each in self.calls() if each["method"] != "GET"
        ]


def _slug() -> bytes:
    """Return the archive of a slug with one file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as slug:
        entry = tarfile.TarInfo("./app/README")
        slug.addfile(entry, io.BytesIO())
    return packed.getvalue()
