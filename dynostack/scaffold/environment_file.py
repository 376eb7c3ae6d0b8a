"""The text of a new environment's file, `Pulumi.<stack>.yaml`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dynostack.environment import catalogue
from dynostack.environment.addons import SECTION_OF_SERVICE
from dynostack.environment.command_line import stack_command
from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.environment.django.locations import SETTINGS_VARIABLE
from dynostack.environment.schema import MODELINE
from dynostack.scaffold.wishes import APP_NAME, WantedAddon, Wishes, hosts_of
from dynostack.secrets.secrets_file import PLACEHOLDER

PLAIN = re.compile(r"[A-Za-z_./][\w./@-]*(?: [\w./@-]+)*")
WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"})
"""What YAML does not take for text."""
NUMBER = re.compile(r"\.(\d[\d_]*([eE]\d+)?|inf|nan)", re.IGNORECASE)
"""A number that begins with a dot."""
PRODUCTION = "prod"
PROTECTED_PLAN = "standard-0"
"""The cheapest plan of a database that can be restored to a point in time.

https://devcenter.heroku.com/articles/heroku-postgres-rollback
"""


@dataclass(frozen=True)
class EnvironmentFile:
    """One environment of a new project."""

    project: str
    stack: str
    title: str
    """What the environment is, for its first line."""
    app: str
    source: str
    """The folder that is built, relative to the file."""
    wishes: Wishes
    account: str = ""
    """Empty if only the team knows it."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Config var -> its encrypted value."""
    salt: str = ""
    """The salt of the passphrase that encrypts the secrets; empty if there are none."""
    has_placeholders: bool = False
    """Whether config vars that only the team knows get values with which the app starts."""
    protects: bool = True
    """Whether the database is protected."""

    def text(self) -> str:
        """Return the file's text."""
        lines = [MODELINE, "#", f"# {self.title}", "config:", *self._config()]
        if self.salt:
            lines.append(f"encryptionsalt: {self.salt}")
        return "\n".join(lines) + "\n"

    def _config(self) -> Iterator[str]:
        if self.account:
            yield from self._section("account", [scalar(self.account)])
        yield from self._section("app", self._app())
        if self.wishes.formation:
            yield from self._section("formation", self._formation())
        if self.wishes.domain and self.stack == LOCAL_STACK:
            yield from self._section("domains", [f"[{self.wishes.domain}]"])
        yield from self._addons()

    def _section(self, name: str, lines: Iterable[str]) -> Iterator[str]:
        first, *others = lines
        if others or (": " in first and not first.startswith("{")):
            yield f"  {self.project}:{name}:"
            yield from (f"    {line}" for line in (first, *others))
        else:
            yield f"  {self.project}:{name}: {first}"

    def _app(self) -> Iterator[str]:
        yield f"name: {self.app}"
        yield f"source: {scalar(self.source)}"
        if self.wishes.buildpacks:
            yield f"buildpacks: [{', '.join(map(scalar, self.wishes.buildpacks))}]"
        variables = list(self._variables())
        if any(not line.startswith("#") for line in variables):
            yield "configVars:"
        yield from (f"  {line}" for line in variables)

    def _variables(self) -> Iterator[str]:
        wishes = self.wishes
        if wishes.settings:
            yield f"{SETTINGS_VARIABLE}: {wishes.settings}"
        for name in wishes.hosts:
            hosts = hosts_of(self.app, is_local=self.stack == LOCAL_STACK)
            if name in wishes.single_hosts:
                hosts = hosts[:1]
            yield f"{name}: {scalar(wishes.separator.join(hosts))}"
        if wishes.names_app:
            yield f"{APP_NAME}: {self.app}"
        for name, value in sorted(wishes.variables.items()):
            yield f"{name}: {scalar(value)}"
        for name, value in self.secrets.items():
            yield f"{name}:"
            yield f"  secure: {value}"
        for name, value in wishes.missing.items():
            if self.has_placeholders:
                yield f"{name}: {scalar(value)} {PLACEHOLDER}"
        for name in self.unset:
            yield f"# {name}: {stack_command('dynostack secret set', self.stack, name)}"

    @property
    def unset(self) -> Sequence[str]:
        """Return the config vars that the file does not set, because only the team knows them."""
        missing = () if self.has_placeholders else tuple(self.wishes.missing)
        known = (*self.wishes.generated, *self.wishes.secrets)
        return [*(name for name in known if name not in self.secrets), *missing]

    def _formation(self) -> Iterator[str]:
        for name, dynos in self.wishes.formation.items():
            yield f"{name}: {{size: {dynos.size.lower()}, quantity: {dynos.quantity}}}"

    def _addons(self) -> Iterator[str]:
        others = []
        for addon in self.wishes.addons:
            section = SECTION_OF_SERVICE.get(addon.service)
            if section == "postgres":
                yield from self._section(section, [self._postgres(addon)])
            elif section:
                plan = f"{{service: {addon.service}, plan: {scalar(addon.plan)}}}"
                yield from self._section(section, [plan])
            else:
                others.append(addon)
        if others:
            yield from self._section("addons", map(_addon, others))

    def _postgres(self, addon: WantedAddon) -> str:
        if not self.protects:
            return f"{{plan: {scalar(addon.plan)}, protect: false}}"
        return f"{{plan: {scalar(addon.plan if addon.is_asked else PROTECTED_PLAN)}}}"


def _addon(addon: WantedAddon) -> str:
    key = re.sub(r"[^a-z0-9-]", "-", addon.service.removeprefix("heroku-").lower())
    attachment = f", attachments: [{addon.attachment}]" if addon.attachment else ""
    unlisted = "" if _is_listed(addon) else ", unlisted: true"
    return f"{key}: {{plan: {scalar(f'{addon.service}:{addon.plan}')}{attachment}{unlisted}}}"


def _is_listed(addon: WantedAddon) -> bool:
    """Return whether the catalogue has the plan, or the service without all of its plans."""
    service = next((each for each in catalogue.services() if each.name == addon.service), None)
    return service is not None and (service.is_partial or addon.plan in service.plans)


def scalar(text: str) -> str:
    """Return a text as YAML, in quotes if it could be taken for something else."""
    if PLAIN.fullmatch(text) and text.lower() not in WORDS and not NUMBER.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in quoted)
