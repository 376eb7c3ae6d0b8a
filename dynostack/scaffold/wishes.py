"""What a repository asks of Heroku, as far as its files say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from dynostack.environment import catalogue
from dynostack.environment.catalogue import Service
from dynostack.environment.checkout.errors import IncompleteCheckout
from dynostack.environment.diagnostics.secret_detection import is_secret
from dynostack.environment.django import python, variables
from dynostack.environment.django.buildpacks import needed
from dynostack.environment.django.declared import Declared
from dynostack.environment.django.env_usage import SettingsUsage, all_of
from dynostack.environment.django.hosts import (
    HEROKU_DOMAIN,
    LOCAL_DOMAIN,
    SETTING,
    Hosts,
    allowed_hosts,
    separator,
)
from dynostack.environment.django.locations import SETTINGS_VARIABLE
from dynostack.environment.django.modules import Module
from dynostack.environment.django.procfile import NEVER_SCALED, PROCFILE
from dynostack.environment.django.project import Project
from dynostack.environment.django.setting import (
    DISABLE_COLLECTSTATIC,
    POSTGRES_DRIVERS,
    static_files_have_a_place,
)
from dynostack.environment.django.source import Source
from dynostack.environment.django.text import SourceFolder
from dynostack.environment.django.values import Unclear
from dynostack.scaffold import app_json, heroku_yml
from dynostack.scaffold.app_json import Dynos, RequestedAddon
from dynostack.scaffold.repository import Repository
from dynostack.scaffold.settings_module import SettingsModules

WEB = "web"
SECRET_KEY = "SECRET_KEY"  # noqa: S105 - the name of a setting
DATABASE_URL = "DATABASE_URL"
PLACEHOLDERS: Mapping[str, str] = {
    "bool": "false",
    "int": "0",
    "float": "0",
    "json": "{}",
    "url": "https://example.com/",
}
"""Type of a config var -> a value that the settings take; other types take any text."""
ANY_TEXT = "placeholder"
SENTRY = re.compile(r"(SENTRY|RAVEN)\w*(DSN|URL)$")
SENTRY_KEY = "https://key@example.com/1"
"""A key of Sentry in its form: its library does not start with another text.

https://docs.sentry.io/concepts/key-terms/dsn-explainer/
"""
SQLITE = "sqlite:///db.sqlite3"
RETIRED = frozenset({"", "free", "hobby-dev", "hobby-basic"})
"""Plans that no service has any more; an empty one asks for the service's default."""
UNKNOWN_PRICE = 10**9
REDIS_SERVICES = ("heroku-redis", "rediscloud")
CELERY_APP = re.compile(r"\bcelery\b.*?\s(?:-A|--app)[ =]?([\w.]+)")
"""Matches the module of a Celery app in a command of the Procfile."""
HEROKU_NAME = re.compile(r"^([a-z][a-z0-9-]{1,28}[a-z0-9])\.herokuapp\.com$")
"""Matches a host name that Heroku gives to one app."""
APP_NAME = "HEROKU_APP_NAME"
"""The config var that Heroku sets to an app's name, but only for review apps or with a feature.

https://devcenter.heroku.com/articles/github-integration-review-apps,
https://devcenter.heroku.com/articles/dyno-metadata
"""
SET_BY_HEROKU = re.compile(r"HEROKU_.*|DYNO|PORT|SOURCE_VERSION|STACK|HOME|PATH")
"""Config vars that a dyno has without a line in the file."""


@dataclass(frozen=True)
class WantedAddon:
    """One add-on."""

    service: str
    plan: str
    """Empty if neither a file nor the catalogue names one."""
    attachment: str = ""
    is_asked: bool = True
    """Whether a file names the plan; otherwise it is the cheapest one."""


@dataclass(frozen=True)
class Wishes:
    """What an environment of the repository needs."""

    source: PurePosixPath
    """The folder that Heroku builds, relative to the repository."""
    settings: str
    """The settings module; empty if it is unknown."""
    formation: Mapping[str, Dynos]
    buildpacks: tuple[str, ...]
    addons: tuple[WantedAddon, ...]
    variables: Mapping[str, str]
    """Config vars with values that the files say, and that are not secret."""
    secrets: Mapping[str, str]
    """Secret config vars with values that the files say."""
    generated: tuple[str, ...]
    """Secret config vars that get a random value."""
    hosts: tuple[str, ...]
    """Config vars with the host names of the app."""
    missing: Mapping[str, str]
    """Config vars with values that only the team knows -> a value with which the app starts."""
    names_app: bool = False
    """Whether a config var has to name the app."""
    python: str = ""
    """The Python version that the app asks for, with the name of the file; empty for none."""
    single_hosts: frozenset[str] = frozenset()
    """Those of the hosts that take one name instead of a list."""
    separator: str = ","
    """The text between two names in the others."""
    has_processes: bool = True
    """Whether a Procfile says what runs."""
    heroku_name: str = ""
    """The only name below herokuapp.com that the settings allow; empty if they allow others."""
    domain: str = ""
    """A domain that the settings allow if they allow no name of the local Heroku; else empty."""
    unused: tuple[str, ...] = field(default=())
    """What the files say and dynostack cannot use."""


def wishes_of(repository: Repository, django: PurePosixPath) -> Wishes:
    """Return what the files of a Django project ask for.

    Args:
        repository: the repository.
        django: the folder of manage.py, relative to it.
    """
    return _Reading(repository, django).wishes()


class _Reading:
    def __init__(self, repository: Repository, django: PurePosixPath) -> None:
        self._root, self._source = repository.root, repository.source_of(django)
        folder = repository.root / self._source
        self._project = Source(SourceFolder(folder, self._source.as_posix()))
        self._app, unread = app_json.read(folder)
        self._yml = heroku_yml.read(folder)
        notes = (unread, self._app.unused, self._yml.unused)
        self._notes = [note for note in notes if note]
        modules = SettingsModules(repository.root, repository.files, django)
        procfile = self._project.folder.read(PROCFILE)
        said = self._said.get(SETTINGS_VARIABLE, "")
        texts = (f"{SETTINGS_VARIABLE}={said}", procfile.content if procfile else "")
        self._settings = modules.production(*texts)
        celery = CELERY_APP.findall(procfile.content if procfile else "")
        names = [self._settings, *celery, *(f"{name}.celery" for name in celery)]
        found = [module for name in names if name for module in self._modules_of(name)]
        self._modules = list({module.name: module for module in found}.values())
        self._usage = SettingsUsage(self._modules)

    def _modules_of(self, name: str) -> list[Module]:
        """Return a module of the project and those that it imports; none if it does not exist."""
        module = self._project.settings(name).module
        return all_of(module) if isinstance(module, Module) else []

    @property
    def _said(self) -> dict[str, str]:
        given = {name: each.value for name, each in self._app.env.items() if each.value}
        return {**dict(self._yml.config), **given}

    def wishes(self) -> Wishes:
        asked = list(self._addons())
        addons = tuple(each for each in asked if each.plan)
        for each in asked:
            if not each.plan:
                self._notes.append(f"add-on {each.service}, because no plan of it is known")
        set_by_addons = {name for each in addons for name in _sets(each)}
        said = {n: v for n, v in self._said.items() if n not in set_by_addons}
        said.pop(SETTINGS_VARIABLE, None)
        if DISABLE_COLLECTSTATIC not in said and self._lacks_static_root():
            said[DISABLE_COLLECTSTATIC] = "1"
        generated = set(self._generated())
        hosts = variables.variables_of_setting(self._modules, SETTING) - said.keys()
        known = {*said, *generated, *hosts, *set_by_addons, SETTINGS_VARIABLE}
        missing = {
            name: _placeholder(name, kind)
            for name, kind in self._required.items()
            if name not in known and not SET_BY_HEROKU.fullmatch(name)
        }
        return Wishes(
            source=self._source,
            settings=self._settings,
            formation=self._formation(),
            buildpacks=tuple(each.url for each in self._app.buildpacks) or needed(self._project),
            addons=addons,
            variables={name: each for name, each in said.items() if not is_secret(name, each)},
            secrets={name: each for name, each in said.items() if is_secret(name, each)},
            generated=tuple(sorted(generated - said.keys() - set_by_addons)),
            hosts=tuple(sorted(hosts - generated)),
            single_hosts=frozenset(variables.variables_in_lists(self._modules, SETTING)),
            separator=self._separator(hosts),
            names_app=APP_NAME in self._required.keys() - said.keys(),
            missing=missing,
            python=self._python(),
            has_processes=bool(self._project.procfile and self._project.procfile.types),
            heroku_name=self._heroku_name(),
            domain=self._domain(),
            unused=tuple(self._notes),
        )

    def _separator(self, hosts: set[str]) -> str:
        module = self._project.settings(self._settings).module if self._settings else None
        return separator(module, hosts) if isinstance(module, Module) else Wishes.separator

    @cached_property
    def _allowed(self) -> Hosts:
        """Return what ALLOWED_HOSTS allows, or every host if the text does not determine it."""
        module = self._project.settings(self._settings).module if self._settings else None
        if isinstance(module, Module):
            with suppress(Unclear):
                return allowed_hosts(module, {})
        return Hosts(("*",))

    def _heroku_name(self) -> str:
        allowed = self._allowed
        names = [name for each in allowed.patterns for name in HEROKU_NAME.findall(each)]
        return names[0] if len(names) == 1 and not _is_open(allowed) else ""

    def _domain(self) -> str:
        allowed = self._allowed
        is_served = any(HEROKU_DOMAIN in each for each in allowed.patterns) or _is_open(allowed)
        is_settled = is_served or bool(allowed.variables)
        return "" if is_settled else next(iter(allowed.domains()), "")

    def _python(self) -> str:
        if asked := python.asked(self._project.folder):
            file, version = asked
            return f"{version.written} ({file})"
        return ""

    def _lacks_static_root(self) -> bool:
        """Return whether a build would stop because the settings name no place for static files."""
        variables = {SETTINGS_VARIABLE: self._settings}
        declared = Declared(source=self._source.as_posix(), config_vars=variables)
        try:
            return any(static_files_have_a_place(Project(declared, self._root)))
        except IncompleteCheckout:
            return False  # `dynostack check` says which files are missing

    def _generated(self) -> Iterator[str]:
        yield from (n for n, each in self._app.env.items() if each.generator == "secret")
        yield from variables.variables_of_setting(self._modules, SECRET_KEY)

    @cached_property
    def _required(self) -> dict[str, str]:
        asked = {
            name: variables.TEXT
            for name, each in self._app.env.items()
            if each.required and not each.value
        }
        # The values in these files decide which branches run, as in `if USE_S3:`.
        settings = self._project.settings(self._settings)
        running = settings.live(self._said, is_complete=False).modules
        return {**asked, **variables.required_variables((*self._modules, *running))}

    def _formation(self) -> dict[str, Dynos]:
        types = self._project.procfile.types if self._project.procfile else []
        # A site needs web dynos: without a Procfile, a check of the file says what is missing.
        types = types or [WEB]
        given = {name: each for name, each in self._app.formation.items() if name in types}
        scaled = [name for name in types if name != NEVER_SCALED]
        # Heroku starts a web dyno; another process type starts when somebody scales it.
        return {n: given.get(n, Dynos(quantity=1 if n == WEB else 0)) for n in scaled}

    def _addons(self) -> Iterator[WantedAddon]:
        asked = [*self._app.addons, *(RequestedAddon(plan=each) for each in self._yml.addons)]
        services = set()
        for each in asked:
            # Some files have options behind the plan: "heroku-postgresql:basic --version=15".
            service, _, plan = each.plan.partition(" ")[0].partition(":")
            services.add(service)
            yield WantedAddon(service, _plan(service, plan), each.attachment, is_asked=bool(plan))
        if catalogue.POSTGRES_SERVICE not in services and self._reads_a_database():
            service = catalogue.POSTGRES_SERVICE
            yield WantedAddon(service, _plan(service), is_asked=False)
        for other in catalogue.services():
            if other.name not in (*services, catalogue.POSTGRES_SERVICE) and self._needs(other):
                yield WantedAddon(other.name, _plan(other.name), is_asked=False)

    def _needs(self, service: Service) -> bool:
        """Return whether the app reads the config var of a cache or a key-value store.

        An app that reads the config var of another service may have an account of its own there.
        """
        first = next(iter(service.sets), "")
        is_store = service.name in (*catalogue.MEMCACHED_SERVICES.names, *REDIS_SERVICES)
        return is_store and (first in self._required or self._usage.reads(first))

    def _reads_a_database(self) -> bool:
        packages = self._project.packages
        has_driver = not packages.names.isdisjoint(POSTGRES_DRIVERS)
        if self._usage.reads(DATABASE_URL):
            return has_driver or not packages.complete
        return has_driver and self._usage.doubt("DATABASES")


def _placeholder(name: str, kind: str) -> str:
    if name == DATABASE_URL:
        return SQLITE  # without a driver for another database
    if SENTRY.search(name):
        return SENTRY_KEY
    return PLACEHOLDERS.get("url" if name.endswith("_URL") else kind, ANY_TEXT)


def _is_open(allowed: Hosts) -> bool:
    """Return whether the settings allow any app, on the local Heroku or at Heroku."""
    return allowed.cover_local("any") or allowed.cover(f"any.{HEROKU_DOMAIN}")


def _sets(addon: WantedAddon) -> Iterator[str]:
    for name in catalogue.config_vars_set_by(addon.service):
        yield name
        if addon.attachment:
            yield f"{addon.attachment}_{name.partition('_')[2]}"


def _plan(service: str, asked: str = "") -> str:
    """Return a plan: the one that is asked for, its successor, or the cheapest of the service."""
    plans = catalogue.plans(service)
    if service == catalogue.POSTGRES_SERVICE and asked in catalogue.POSTGRES_PLANS.retired:
        return catalogue.POSTGRES_PLANS.retired[asked].instead
    if asked in plans or asked not in RETIRED or not plans:
        return asked
    public = [name for name, plan in plans.items() if not plan.get("private")]
    return min(public, key=lambda name: plans[name].get("monthly_cents", UNKNOWN_PRICE))


def hosts_of(app: str, *, is_local: bool) -> list[str]:
    """Return the host names of an app, the most important one first."""
    heroku = f".{HEROKU_DOMAIN}"
    # A rehearsal of another stack gets a name of Heroku, too.
    return [f"{app}.{LOCAL_DOMAIN}", LOCAL_DOMAIN, heroku] if is_local else [heroku]
