"""ALLOWED_HOSTS is evaluated from the text if the text is clear, and otherwise ignored."""

from pathlib import Path

import pytest

from dynostack.environment.django.hosts import Hosts, allowed_hosts
from dynostack.environment.django.modules import Module, Modules
from dynostack.environment.django.text import SourceFolder
from dynostack.environment.django.values import Unclear

VARIABLES = {"HOSTS": "a.example, b.example,", "HOST": "a.example", "SECRET": None, "NONE": ""}

CLEAR = {
    'ALLOWED_HOSTS = ["a", "b"]': ["a", "b"],
    'ALLOWED_HOSTS = ("a",) + ("b",)': ["a", "b"],
    'ALLOWED_HOSTS: list[str] = ["a"]\nALLOWED_HOSTS += ["b"]': ["a", "b"],
    'ALLOWED_HOSTS = ["a"]\nALLOWED_HOSTS.append("b")': ["a", "b"],
    'ALLOWED_HOSTS = ["a"]\nALLOWED_HOSTS.extend(["b", "c"])': ["a", "b", "c"],
    'DOMAIN = "a"\nALLOWED_HOSTS = [DOMAIN, f"www.{DOMAIN}"]': ["a", "www.a"],
    'OWN = ["a"]\nALLOWED_HOSTS = [*OWN, "b"]': ["a", "b"],
    'import os\nALLOWED_HOSTS = os.environ["HOSTS"].split(",")': ["a.example", " b.example", ""],
    'import os\nALLOWED_HOSTS = os.getenv("HOST", "x").split()': ["a.example"],
    'import os\nALLOWED_HOSTS = os.environ.get("ELSE", "x").split(",")': ["x"],
    'import os\nALLOWED_HOSTS = os.environ.get("NONE") or ["x"]': ["x"],
    'import os\nALLOWED_HOSTS = ["x"] if os.environ.get("NONE") else ["y"]': ["y"],
    'from os import environ\nALLOWED_HOSTS = [environ["HOST"]]': ["a.example"],
    'from os import getenv as read\nALLOWED_HOSTS = [read("HOST")]': ["a.example"],
    'import os\nALLOWED_HOSTS = [h.strip() for h in os.environ["HOSTS"].split(",") if h]': [
        "a.example",
        "b.example",
    ],
    'from decouple import config, Csv\nALLOWED_HOSTS = config("HOSTS", cast=Csv())': [
        "a.example",
        "b.example",
    ],
    'import environ\nenv = environ.Env()\nALLOWED_HOSTS = env.list("HOSTS")': [
        "a.example",
        "b.example",
    ],
    'import environ\nenv = environ.Env()\nALLOWED_HOSTS = env.list("ELSE", default=["x"])': ["x"],
    "DEBUG = False": [],
    'import os\nALLOWED_HOSTS = []\nif os.environ.get("HOST"):\n    ALLOWED_HOSTS = ["x"]': ["x"],
    'import os\nALLOWED_HOSTS = ["y"]\nif "ELSE" in os.environ:\n    ALLOWED_HOSTS = ["x"]': ["y"],
    'ALLOWED_HOSTS = ["y"]\ntry:\n    from .local import *\nexcept ImportError:\n    pass': ["y"],
    'import os\nif os.environ.get("SECRET"):\n    ALLOWED_HOSTS = ["x"]': ["x"],
}

UNCLEAR = [
    "import os\nALLOWED_HOSTS = [os.environ['SECRET']]",
    "import os\nALLOWED_HOSTS = [os.environ['ELSE']]",
    "ALLOWED_HOSTS = hosts()",
    "from acme import ALLOWED_HOSTS",
    "import os\nALLOWED_HOSTS = []\nif os.environ['SECRET'] == 'a':\n    ALLOWED_HOSTS = ['x']",
    "ALLOWED_HOSTS = []\nfor host in ['a']:\n    ALLOWED_HOSTS.append(host)",
    "ALLOWED_HOSTS = ['a']\nALLOWED_HOSTS[0] = 'b'",
    "ALLOWED_HOSTS = ['a']\nALLOWED_HOSTS.remove('a')",
    "ALLOWED_HOSTS = '*'",
    "ALLOWED_HOSTS = [1]",
    "ALLOWED_HOSTS = ALLOWED_HOSTS + ['a']",
    "A = B\nB = A\nALLOWED_HOSTS = [A]",
    "from decouple import config\nALLOWED_HOSTS = config('HOSTS', cast=lambda v: v.split('|'))",
    "ALLOWED_HOSTS = " + " + ".join(["['a']"] * 2000),
]


def settings(folder: Path, text: str) -> Module:
    (folder / "shop").mkdir(exist_ok=True)
    (folder / "shop/settings.py").write_text(text, encoding="utf-8")
    module = Modules(SourceFolder(folder, ".")).read("shop.settings")
    assert module
    return module


@pytest.mark.parametrize("text", CLEAR)
def test_clear(tmp_path: Path, text: str) -> None:
    assert list(allowed_hosts(settings(tmp_path, text), VARIABLES).patterns) == CLEAR[text]


@pytest.mark.parametrize("text", UNCLEAR, ids=lambda text: text[:60])
def test_unclear(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unclear):
        allowed_hosts(settings(tmp_path, text), VARIABLES)


def test_inherited(tmp_path: Path) -> None:
    module = settings(tmp_path, "from .base import *\nALLOWED_HOSTS += ['b']")
    (tmp_path / "shop/base.py").write_text("ALLOWED_HOSTS = ['a']")
    module = settings(tmp_path, "from .base import *\nALLOWED_HOSTS += ['b']")
    assert allowed_hosts(module, {}).patterns == ("a", "b")


def test_returns_the_config_vars_that_were_used(tmp_path: Path) -> None:
    text = 'import os\nALLOWED_HOSTS = [os.environ["HOST"], os.environ.get("ELSE", "x")]'
    assert allowed_hosts(settings(tmp_path, text), VARIABLES).variables == {"HOST", "ELSE"}


@pytest.mark.parametrize(
    ("pattern", "host", "covered"),
    [
        ("*", "www.acme.example", True),
        ("www.acme.example", "www.acme.example", True),
        ("WWW.acme.example", "www.acme.example", True),
        (".acme.example", "www.acme.example", True),
        (".acme.example", "acme.example", True),
        ("acme.example", "www.acme.example", False),
        ("*.acme.example", "www.acme.example", False),
        (".acme.example", "*.acme.example", True),
        ("www.acme.example", "*.acme.example", False),
        ("", "www.acme.example", False),
    ],
)
def test_patterns_match_as_in_django(pattern: str, host: str, covered: bool) -> None:
    assert Hosts((pattern,)).cover(host) is covered


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        (".herokuapp.com", True),
        ("acme-shop.herokuapp.com", True),
        ("acme-shop-0123456789ab.herokuapp.com", True),
        ("acme-shop-0123456789ab.eu1.herokuapp.com", True),
        ("acme-shop-staging.herokuapp.com", False),
        ("shop.herokuapp.com", False),
    ],
)
def test_heroku_appends_letters_to_the_app_s_name(pattern: str, covered: bool) -> None:
    assert Hosts((pattern,)).cover_app("acme-shop") is covered
