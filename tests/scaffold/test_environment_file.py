"""Tests of the text of a new environment's file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

import pytest
import yaml

from dynostack.scaffold.app_json import Dynos
from dynostack.scaffold.environment_file import EnvironmentFile, scalar
from dynostack.scaffold.wishes import WantedAddon, Wishes

WISHES = Wishes(
    source=PurePosixPath(),
    settings="blog.settings",
    formation={"web": Dynos(), "worker": Dynos(quantity=0, size="Standard-1X")},
    buildpacks=("heroku/nodejs", "https://github.com/a/b#v1"),
    addons=(
        WantedAddon("heroku-postgresql", "essential-0", is_asked=False),
        WantedAddon("memcachier", "dev"),
        WantedAddon("papertrail", "choklad", "LOGS"),
        WantedAddon("newcomer", "mini"),
    ),
    variables={"PAGES": "10", "TITLE": "My blog: news"},
    secrets={"MAIL_TOKEN": "t-1"},
    generated=("SECRET_KEY",),
    hosts=("HOSTS",),
    missing={"MAIL_KEY": "placeholder"},
)


@pytest.mark.parametrize(
    ("stack", "host"), [("local", "HOST: blog.localhost\n"), ("prod", "HOST: .herokuapp.com\n")]
)
def test_a_config_var_with_one_host_has_no_list(stack: str, host: str) -> None:
    wishes = replace(WISHES, hosts=("HOST",), single_hosts=frozenset({"HOST"}))
    assert host in EnvironmentFile("blog", stack, "", "blog", "..", wishes).text()


def test_hosts_are_separated_as_the_settings_read_them() -> None:
    wishes = replace(WISHES, separator=" ")
    text = EnvironmentFile("blog", "local", "", "blog", "..", wishes).text()
    assert "HOSTS: blog.localhost localhost .herokuapp.com\n" in text


def test_the_local_environment_is_complete() -> None:
    file = EnvironmentFile(
        *("blog", "local", "Local.", "blog-local", "..", WISHES),
        account="ops@acme.example",
        secrets={"SECRET_KEY": "v1:abc:def=", "MAIL_TOKEN": "v1:ghi:jkl="},
        salt="v1:s:v1:t:u=",
        has_placeholders=True,
        protects=False,
    )
    assert yaml.safe_load(file.text()) == {
        "config": {
            "blog:account": "ops@acme.example",
            "blog:app": {
                "name": "blog-local",
                "source": "..",
                "buildpacks": ["heroku/nodejs", "https://github.com/a/b#v1"],
                "configVars": {
                    "DJANGO_SETTINGS_MODULE": "blog.settings",
                    "HOSTS": "blog-local.localhost,localhost,.herokuapp.com",
                    "PAGES": "10",
                    "TITLE": "My blog: news",
                    "SECRET_KEY": {"secure": "v1:abc:def="},
                    "MAIL_TOKEN": {"secure": "v1:ghi:jkl="},
                    "MAIL_KEY": "placeholder",
                },
            },
            "blog:formation": {
                "web": {"size": "basic", "quantity": 1},
                "worker": {"size": "standard-1x", "quantity": 0},
            },
            "blog:postgres": {"plan": "essential-0", "protect": False},
            "blog:memcached": {"service": "memcachier", "plan": "dev"},
            "blog:addons": {
                "papertrail": {"plan": "papertrail:choklad", "attachments": ["LOGS"]},
                "newcomer": {"plan": "newcomer:mini", "unlisted": True},
            },
        },
        "encryptionsalt": "v1:s:v1:t:u=",
    }
    assert file.unset == []


def test_production_names_what_the_team_has_to_set() -> None:
    file = EnvironmentFile("blog", "prod", "Production.", "blog", "..", WISHES)
    assert file.unset == ["SECRET_KEY", "MAIL_TOKEN", "MAIL_KEY"]
    assert "# SECRET_KEY: dynostack secret set prod SECRET_KEY\n" in file.text()
    document = yaml.safe_load(file.text())
    assert document["config"]["blog:postgres"] == {"plan": "standard-0"}
    assert "blog:account" not in document["config"]


@pytest.mark.parametrize(
    "text",
    ["", "1e3", "yes", "No", "0o17", "a: b", "#x", "*", "é", 'say "hi"', "a\nb", "..", "x y"],
)
def test_a_text_stays_a_text(text: str) -> None:
    assert yaml.safe_load(f"key: {scalar(text)}\n") == {"key": text}
