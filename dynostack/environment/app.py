"""The app itself.

https://devcenter.heroku.com/articles/platform-api-reference#app
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import dropwhile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from dynostack.environment import catalogue, derived_names
from dynostack.environment.checkout.errors import IncompleteCheckout
from dynostack.environment.checkout.files import built_names
from dynostack.environment.checkout.git_files import repository
from dynostack.environment.diagnostics.finding import Finding, problem
from dynostack.environment.diagnostics.rule import LOCAL_STACK, RuleContext
from dynostack.environment.section import (
    Form,
    RefusalCodes,
    Section,
    near,
    offered,
    one_of,
    shortened,
    unless_offered,
    written,
)

HEROKU = "heroku"
"""The owner of Heroku's own buildpacks in the registry."""

CONTAINER, MANIFEST = "container", "heroku.yml"
"""The stack that runs container images, and the file that says how Heroku builds them."""

AppName = Annotated[
    str,
    written(
        "DS131",
        "app name",
        r"[a-z][a-z0-9-]{1,28}[a-z0-9]",
        "an app name must start with a letter, end with a letter or digit, have 3 to 30 characters,"
        " and contain only lowercase letters, digits, and dashes",
        "a name such as acme-shop",
        derived_names.short_and_dashed,
    ),
]
TeamName = Annotated[
    str,
    written(
        "DS132",
        "team name",
        r"[a-z0-9][a-z0-9-]*",
        "a team name must start with a lowercase letter or digit"
        " and contain only lowercase letters, digits, and dashes",
        "a name such as acme",
        derived_names.dashed,
    ),
]
Region = Annotated[str, offered("region", catalogue.REGIONS, RefusalCodes(private="DS207"))]
Stack = Annotated[str, offered("stack", catalogue.STACKS, RefusalCodes("DS204"))]
Buildpack = Annotated[
    str,
    written(
        "DS133",
        "buildpack",
        r"[a-z0-9][\w-]*/[\w.-]+|(https|git)://\S+|urn:buildpack:\S+",
        "a buildpack is a name in Heroku's registry or the URL of a repository",
        "a buildpack such as heroku/python",
        derived_names.buildpack,
        certain=True,
    ),
]


_WORDS = re.compile(r"[A-Z]+( [A-Z]+)+")
"""Matches a name with spaces; the rest of any other text with a space may be a secret."""


def _apart_from_its_value(name: str) -> str:
    if re.search(r"[:\s]", name) and not _WORDS.fullmatch(name):
        raise problem(
            "DS134", "a name and its value must be separated by a colon and a space", "NAME: value"
        )
    return name


ConfigVarName = Annotated[
    str,
    AfterValidator(_apart_from_its_value),
    written(
        "DS134",
        "config var",
        r"(?!__)[A-Za-z_][A-Za-z0-9_]*",
        "a config var name can only contain letters, digits, and underscores,"
        " and cannot start with a digit or __",
        "a name such as DJANGO_SETTINGS_MODULE",
        derived_names.underscored,
    ),
]


def _text_or_secret(value: object) -> object:
    if isinstance(value, str | SecretStr):
        return value
    raise problem("DS135", "a config var must be text", "the value in quotes")


ConfigVarValue = Annotated[
    str | SecretStr,
    BeforeValidator(_text_or_secret),
    Form("a config var must be text; put numbers and booleans in quotes", ("DS135",)),
]
ConfigVars = dict[ConfigVarName, ConfigVarValue]


@lru_cache(maxsize=100)
def is_relative(source: str) -> bool:
    """Return whether a source is a path below Pulumi.yaml's folder or one above it."""
    parts = PurePosixPath(source).parts
    below = tuple(dropwhile(lambda part: part == "..", parts))
    elsewhere = source.startswith(("/", "~")) or PureWindowsPath(source).drive
    return not (elsewhere or not source or ".." in below or "\\" in source)


def _relative(source: str) -> str:
    if not is_relative(source):
        message = f'source "{shortened(source)}" is not a folder relative to Pulumi.yaml'
        meant = derived_names.relative_folder(source)
        suggestion = meant or "a path such as .. or examples/django"
        raise problem("DS150", message, suggestion, (meant,) if meant else ())
    return source


Source = Annotated[
    str,
    AfterValidator(_relative),
    Form("a folder of the same repository, relative to Pulumi.yaml", ("DS150", "DS151", "DS153")),
]


class App(Section):
    """One Heroku app, owned by a person or a team."""

    name: AppName = Field(
        description="The app's name, unique in all of Heroku.", examples=["acme-shop"]
    )
    region: Region = Field(
        catalogue.DEFAULT_REGION,
        description="Where the app runs.  A change replaces the app.  If absent, a new app runs in"
        " us; an existing app keeps its region.",
        examples=["eu"],
    )
    stack: Stack = Field(
        catalogue.DEFAULT_STACK,
        description="The operating system image that dynos run on.  If absent, a new app gets the"
        " default; an existing app keeps its stack.",
        examples=["heroku-24"],
    )
    team: TeamName | None = Field(
        None,
        description="The team that owns the app.  If absent, a new app is personal; an existing app"
        " keeps its owner.",
        examples=["acme"],
    )
    buildpacks: list[Buildpack] = Field(
        [],
        description="Buildpacks in order.  If absent, Heroku detects one.",
        examples=[["heroku/python"]],
    )
    config_vars: ConfigVars = Field(
        {},
        description="Config vars; a secret one is { secure: ... }, written by `dynostack secret"
        " set`.",
        examples=[{"DJANGO_SETTINGS_MODULE": "shop.settings"}],
    )
    source: Source | None = Field(
        None,
        description="Folder to build and release, relative to Pulumi.yaml: the files that Git"
        " would deploy, without those of the Pulumi project.  If absent, nothing is built.",
        examples=["..", "examples/django"],
    )


def source_is_there(context: RuleContext) -> Iterable[Finding]:
    """Report a source that is not a folder, or that other clones do not have."""
    source = context.text("app", "source")
    return () if source is None else context.once(_source_is_there, source)


def _source_is_there(directory: Path, source: str) -> Iterator[Finding]:
    if not is_relative(source):
        return
    if _is_folder(directory / source):
        top = repository(directory)
        if top and not (directory / source).resolve().is_relative_to(top):
            message = f'source "{shortened(source)}" is outside the repository of this project'
            yield Finding(("app", "source"), "DS150", message, "a folder of the same repository")
        return
    message = f'source "{shortened(source)}" does not exist or is not a folder'
    there = _folders_beside(directory, source)
    meant = near(source, there)
    suggestion = one_of(source, meant) if meant else "a folder relative to Pulumi.yaml"
    yield Finding(("app", "source"), "DS151", message, suggestion, meant)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long for any folder
        return False


def _folders_beside(directory: Path, source: str) -> list[str]:
    beside = (directory / source).parent
    if not _is_folder(beside) or not beside.is_relative_to(directory):
        return []
    return [path.relative_to(directory).as_posix() for path in beside.iterdir() if path.is_dir()]


def _source(context: RuleContext) -> str | None:
    """Return the source if it is a folder of the checkout."""
    source = context.text("app", "source")
    if source is None or not is_relative(source) or not _is_folder(context.directory / source):
        return None
    return source


def source_is_complete(context: RuleContext) -> Iterator[Finding]:
    """Report a checkout that lacks files of the source, so that a build would differ from Git's."""
    if (source := _source(context)) is None:
        return
    try:
        built_names(context.directory, source, context.known)
    except IncompleteCheckout as error:
        yield Finding(("app", "source"), "DS153", error.message, error.suggestion)


def container_has_a_manifest(context: RuleContext) -> Iterator[Finding]:
    """Report a source that Heroku cannot build with the stack container.

    https://devcenter.heroku.com/articles/build-docker-images-heroku-yml
    """
    if context.text("app", "stack") != CONTAINER or context.stack == LOCAL_STACK:
        return
    if (source := _source(context)) is None:
        return
    with suppress(IncompleteCheckout):
        if MANIFEST not in built_names(context.directory, source, context.known):
            message = f"with the stack {CONTAINER}, Heroku needs {MANIFEST}, which the source lacks"
            suggestion = (
                f"{MANIFEST} at the top level of the source, or {catalogue.DEFAULT_STACK}, which"
                " builds with buildpacks"
            )
            yield Finding(("app", "stack"), "DS540", message, suggestion)


def buildpacks_are_known(context: RuleContext) -> Iterator[Finding]:
    """Report a name that is almost that of one of Heroku's own buildpacks."""
    listed = context.keys("app").get("buildpacks")
    for index, text in enumerate(listed if isinstance(listed, list) else ()):
        owner, _, name = text.partition("/") if isinstance(text, str) else ("", "", "")
        if not near(owner, [HEROKU]):
            continue
        meant = tuple(f"{HEROKU}/{each}" for each in near(name, derived_names.OFFICIAL_BUILDPACKS))
        if meant and text not in meant:
            message = f'buildpack "{shortened(text)}" is not in the catalogue'
            suggestion = unless_offered(meant, meant)
            yield Finding(("app", "buildpacks", index), "DS218", message, suggestion, meant)


RULES = (source_is_there, source_is_complete, container_has_a_manifest, buildpacks_are_known)
