"""The app itself.  https://devcenter.heroku.com/articles/platform-api-reference#app"""

import re
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config import catalogue
from config.section import Section, offered, problem, written

AppName = Annotated[
    str,
    written(
        "app name",
        r"[a-z][a-z0-9-]{1,28}[a-z0-9]",
        "an app name must start with a letter, end with a letter or digit, have 3 to 30 characters"
        " and can only contain lowercase letters, digits, and dashes",
        "a name such as acme-shop",
    ),
]
TeamName = Annotated[
    str,
    written(
        "team name",
        r"[a-z0-9][a-z0-9-]*",
        "a team name can only contain lowercase letters, digits, and dashes",
        "a name such as acme",
    ),
]
Region = Annotated[str, offered("region", catalogue.REGIONS)]
Stack = Annotated[str, offered("stack", catalogue.STACKS)]
Buildpack = Annotated[
    str,
    written(
        "buildpack",
        r"[a-z0-9][\w-]*/[\w.-]+|(https|git)://\S+|urn:buildpack:\S+",
        "a buildpack is a name of the Heroku registry or an address",
        "a buildpack such as heroku/python",
    ),
]


def _apart_from_its_value(name: str) -> str:
    if re.search(r"[:\s]", name):  # what follows may be a secret, and is not repeated
        raise problem("a colon and a space stand between a name and its value", "NAME: value")
    return name


ConfigVarName = Annotated[
    str,
    AfterValidator(_apart_from_its_value),
    written(
        "config var",
        r"(?!HEROKU_|__)[A-Za-z_][A-Za-z0-9_]*",
        "a config var name can only contain letters, digits, and underscores,"
        " and cannot begin with a digit, __ or HEROKU_",
        "a name such as DJANGO_SETTINGS_MODULE",
    ),
]


def _text_or_secret(value: object) -> object:
    if isinstance(value, str | SecretStr):
        return value
    raise problem("a config var is text", "the value in quotes")


ConfigVarValue = Annotated[str | SecretStr, BeforeValidator(_text_or_secret)]
ConfigVars = dict[ConfigVarName, ConfigVarValue]


def _inside_the_project(source: str) -> str:
    parts = PurePosixPath(source).parts
    elsewhere = source.startswith(("/", "~")) or PureWindowsPath(source).drive
    if elsewhere or not parts or ".." in parts or "\\" in source:
        raise problem(
            f'source "{source}" is not a folder of this project',
            "the folder as seen from Pulumi.yaml, such as examples/django",
        )
    return source


Source = Annotated[str, AfterValidator(_inside_the_project)]


class App(Section):
    """One Heroku app, personal or of a team."""

    name: AppName = Field(
        description="The app's name, one of its kind in all of Heroku.", examples=["acme-shop"]
    )
    region: Region = Field(
        catalogue.DEFAULT_REGION,
        description="Where the app runs.  Another region is another app: it is replaced.",
        examples=["eu"],
    )
    stack: Stack = Field(
        catalogue.DEFAULT_STACK,
        description="The operating system image that dynos run on.",
        examples=["heroku-24"],
    )
    team: TeamName | None = Field(
        None, description="The team that owns the app.  Absent: a personal app.", examples=["acme"]
    )
    buildpacks: list[Buildpack] = Field(
        [],
        description="Buildpacks in order.  Absent: Heroku finds one.",
        examples=["- heroku/python"],
    )
    config_vars: ConfigVars = Field(
        {},
        description="Config vars; a secret one is { secure: ... }, made with `pulumi config set`.",
        examples=["{ DJANGO_SETTINGS_MODULE: shop.settings }"],
    )
    source: Source | None = Field(
        None,
        description="Folder to build and release, as seen from Pulumi.yaml.  Absent: no build.",
        examples=["examples/django"],
    )
