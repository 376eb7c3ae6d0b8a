"""The parts of an environment's file that the Django project must match."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dynostack.environment import catalogue
from dynostack.environment.diagnostics.rule import LOCAL_STACK
from dynostack.environment.django.buildpacks import build_python

WITHOUT_BUILDPACKS = "container"
"""The stack that runs a container image, which is built without buildpacks."""


@dataclass(frozen=True)
class Declared:
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
    config_vars: Mapping[str, str | None] = field(default_factory=dict)
    """Name -> value, or None for a secret."""
    process_types: tuple[str, ...] = ()
    postgres: bool = False
    databases: Mapping[str, str] = field(default_factory=dict)
    """Additional databases: key -> the config var that its first attachment sets."""
    memcached: str = ""
    """The service, or "" if there is none."""
    domains: tuple[str, ...] = ()
    metadata: bool = False
    """Whether Heroku describes the app to its dynos in config vars that begin with HEROKU_."""

    @classmethod
    def of(cls, file: Mapping[str, object], stack: str) -> "Declared":
        """Read the sections of a stack's file as written."""
        app = _keys(file.get("app"))
        memcached = _keys(file.get("memcached"))
        domains = file.get("domains")
        return cls(
            stack=stack,
            app=_text(app.get("name")),
            is_local=stack == LOCAL_STACK,
            source=_text(app.get("source")),
            python=_built_as_python(app),
            buildpacks=bool(app.get("buildpacks")),
            config_vars={
                name: value if isinstance(value, str) else None
                for name, value in _keys(app.get("configVars")).items()
            },
            process_types=tuple(_keys(file.get("formation"))),
            postgres="postgres" in file,
            databases=_databases(_keys(_keys(file.get("postgres")).get("databases"))),
            memcached=_service(memcached),
            domains=tuple(filter(None, map(_text, domains))) if isinstance(domains, list) else (),
            metadata=_keys(file.get("features")).get("runtime-dyno-metadata") is True,
        )


def _keys(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _databases(section: Mapping[str, object]) -> dict[str, str]:
    found = {}
    for key, database in section.items():
        attachments = _keys(database).get("attachments")
        if isinstance(attachments, list) and attachments and isinstance(attachments[0], str):
            found[key] = f"{attachments[0]}_URL"
    return found


def _service(section: Mapping[str, object]) -> str:
    service = _text(section.get("service", catalogue.DEFAULT_MEMCACHED_SERVICE)) if section else ""
    return service if service in catalogue.MEMCACHED_SERVICES.names else ""


def _built_as_python(app: Mapping[str, object]) -> bool:
    buildpacks = app.get("buildpacks")
    if app.get("stack") == WITHOUT_BUILDPACKS:
        return False
    if not isinstance(buildpacks, list) or not buildpacks:
        return True
    return build_python(buildpacks)
