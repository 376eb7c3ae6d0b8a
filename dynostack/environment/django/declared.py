"""The parts of an environment's file that the Django project must match."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from dynostack.environment import catalogue
from dynostack.environment.app import CONTAINER, is_relative
from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.environment.django.buildpacks import bring_programs, build_python
from dynostack.environment.domains import HEROKU_DOMAIN, HOSTNAME

DEFAULT_DOMAIN = "HEROKU_APP_DEFAULT_DOMAIN_NAME"
"""https://devcenter.heroku.com/articles/dyno-metadata"""

SET_BY_HEROKU = ("DYNO", "HOME", "LANG", "PATH", "PORT", "PWD", "PYTHONPATH", "WEB_CONCURRENCY")
"""https://devcenter.heroku.com/articles/dynos#local-environment-variables"""

PRODUCTION_STACKS = frozenset({"prod", "production"})


class Declared(NamedTuple):
    """The parts of a file that have the right types; the others are absent."""

    stack: str = ""
    app: str = ""
    is_local: bool = False
    """Whether the stack exists only on the local Heroku."""
    source: str = ""
    python: bool = True
    """Whether Heroku's Python buildpack builds the source."""
    buildpacks: bool = False
    """Whether the file names buildpacks; otherwise, Heroku detects one."""
    may_bring_programs: bool = False
    """Whether buildpacks that may bring programs build the source, too."""
    config_vars: Mapping[str, str | None] = {}
    """Name -> value, or None for a secret."""
    process_types: tuple[str, ...] = ()
    postgres: bool = False
    databases: Mapping[str, str] = {}
    """Additional databases: key -> the config var that its first attachment sets."""
    memcached: str = ""
    """The service, or "" if there is none."""
    domains: tuple[str, ...] = ()
    attached: frozenset[str] = frozenset()
    """The config vars that add-ons set."""
    has_unknown_addons: bool = False
    """Whether an add-on sets config vars that the catalogue does not know."""
    has_secrets: bool = False
    """Whether a config var of the file is encrypted."""
    is_production: bool = False
    metadata: bool = False
    """Whether Heroku describes the app to its dynos in config vars that begin with HEROKU_."""

    @classmethod
    def of(cls, file: Mapping[str, object], stack: str) -> "Declared":
        """Read the sections of a stack's file as written."""
        app = _keys(file.get("app"))
        memcached = _keys(file.get("memcached"))
        domains, source = file.get("domains"), _text(app.get("source"))
        listed = domains if isinstance(domains, list) else []
        return cls(
            stack=stack,
            app=_text(app.get("name")),
            is_local=stack == LOCAL_STACK,
            source=source if is_relative(source) else "",
            python=_built_as_python(app),
            buildpacks=bool(app.get("buildpacks")),
            may_bring_programs=bring_programs(_list(app, "buildpacks")),
            config_vars={
                name: value if isinstance(value, str) else None
                for name, value in _keys(app.get("configVars")).items()
            },
            process_types=tuple(_keys(file.get("formation"))),
            postgres="postgres" in file,
            databases=_databases(_keys(_keys(file.get("postgres")).get("databases"))),
            memcached=_service(memcached),
            attached=frozenset(_attached(file)),
            has_unknown_addons=any(not _sets(each) for each in _services(file)),
            has_secrets=any(
                not isinstance(value, str) for value in _keys(app.get("configVars")).values()
            ),
            is_production=stack in PRODUCTION_STACKS
            or _keys(file.get("pipeline")).get("stage") == "production",
            domains=tuple(map(str, filter(_is_domain, listed))),
            metadata=_keys(file.get("features")).get("runtime-dyno-metadata") is True,
        )

    def variables(self, dotenv: Iterable[str] = ()) -> dict[str, str | None]:
        """Return the config vars of a dyno, None for a value that is unknown.

        Args:
            dotenv: the names in a file of config vars that the source has.
        """
        unknown = (*dotenv, *SET_BY_HEROKU, *self.attached)
        metadata = {
            DEFAULT_DOMAIN: f"{self.app}-{'0' * 12}.{HEROKU_DOMAIN}",
            "HEROKU_APP_NAME": self.app,
        }
        return {
            **dict.fromkeys(unknown),
            **(metadata if self.metadata else {}),
            **self.config_vars,
        }


def _keys(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(section: Mapping[str, object], key: str) -> list[object]:
    value = section.get(key)
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _databases(section: Mapping[str, object]) -> dict[str, str]:
    found = {}
    for key, database in section.items():
        attachments = _keys(database).get("attachments")
        if isinstance(attachments, list) and attachments and isinstance(attachments[0], str):
            found[key] = f"{attachments[0]}_URL"
    return found


def _services(file: Mapping[str, object]) -> Iterator[str]:
    """Yield the service of each add-on."""
    if "postgres" in file:
        yield catalogue.POSTGRES_SERVICE
    if service := _service(_keys(file.get("memcached"))):
        yield service
    for addon in _keys(file.get("addons")).values():
        yield _text(_keys(addon).get("plan")).partition(":")[0]


def _sets(service: str) -> tuple[str, ...]:
    return catalogue.config_vars_set_by(service)


def _attached(file: Mapping[str, object]) -> Iterator[str]:
    """Yield the config vars that add-ons set, also for their additional attachments."""
    for service in _services(file):
        yield from _sets(service)
    postgres = _keys(file.get("postgres"))
    sections = (file.get("addons"), postgres.get("databases"))
    addons = [postgres, file.get("memcached"), *(a for s in sections for a in _keys(s).values())]
    for addon in addons:
        names = _keys(addon).get("attachments")
        for name in names if isinstance(names, list) else ():
            yield f"{name}_URL"


def _service(section: Mapping[str, object]) -> str:
    service = _text(section.get("service", catalogue.DEFAULT_MEMCACHED_SERVICE)) if section else ""
    return service if service in catalogue.MEMCACHED_SERVICES.names else ""


def _built_as_python(app: Mapping[str, object]) -> bool:
    buildpacks = app.get("buildpacks")
    if app.get("stack") == CONTAINER:
        return False
    if not isinstance(buildpacks, list) or not buildpacks:
        return True
    return build_python(buildpacks)


def _is_domain(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(HOSTNAME, value))
