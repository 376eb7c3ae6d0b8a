"""Settings are analyzed by their text; what is unclear there is left open, not an error."""

from pathlib import Path

import pytest

from dynostack.environment.django.env_usage import SettingsUsage, all_of
from dynostack.environment.django.modules import Modules
from dynostack.environment.django.text import SourceFolder

READS = [
    "import os\nDATABASES = parse(os.environ['DATABASE_URL'])",
    "import os\nDATABASES = parse(os.environ.get('DATABASE_URL'))",
    "from os import getenv\nDATABASES = parse(getenv('DATABASE_URL'))",
    "import dj_database_url\nDATABASES = {'default': dj_database_url.config()}",
    "import dj_database_url as urls\nDATABASES = {'default': urls.config(conn_max_age=600)}",
    "from dj_database_url import config\nDATABASES = {'default': config()}",
    "import environ\nenv = environ.Env()\nDATABASES = {'default': env.db()}",
    "import environ\nenv = environ.Env(DEBUG=(bool, False))\nDATABASES = {'default': env.db_url()}",
    "from environs import Env\nenv = Env()\nDATABASES = {'default': env.dj_db_url()}",
    "import django_heroku\ndjango_heroku.settings(locals())",
    "PREFIX = 'DATABASE'\nDATABASES = read(f'{PREFIX}_URL')",
    "PREFIX = 'DATABASE'\nDATABASES = read(PREFIX + '_URL')",
    "PREFIX = 'DATABASE'\nDATABASES = read('%s_URL' % PREFIX)",
    "PREFIX = 'DATABASE'\nDATABASES = read('{}_URL'.format(PREFIX))",
]

DOUBTS = [
    "from acme.settings import *",
    "import importlib\nbase = importlib.import_module('shop.' + name)",
    "exec(open('local.py').read())",
    "from split_settings.tools import include\ninclude('components/*.py')",
    "import os\nDATABASES = {}\nfor name, value in os.environ.items():\n    pass",
    "import os\nimport acme\nacme.configure(os.environ)",
    "import os\nvalues = {**os.environ}",
    "import os\nsettings = dict(os.environ)",
    "globals().update(DATABASES={})",
    "from acme import databases\nDATABASES = databases()",
    "from acme import Settings\nloaded = Settings()\nDATABASES = {'default': loaded.database}",
    "from acme import Base\nclass Own(Base):\n    pass\nDATABASES = Own().databases",
    "from acme import patch\nDATABASES = {}\npatch(DATABASES)",
    "import acme\nDATABASES = {}\nDATABASES['default'] = acme.database()",
]

NEITHER = [
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}",
    "import os\nDATABASES = {'default': {'NAME': os.environ['DB_NAME']}}",
    '"""Reads DATABASE_URL."""\nDATABASES = {}',
    "import sentry_sdk\nsentry_sdk.init()\nDATABASES = {}",
    "import dj_database_url\nDATABASES = {'default': dj_database_url.parse('sqlite://')}",
    "import dj_database_url\nDATABASES = {'default': dj_database_url.config('OTHER_URL')}",
    "import dj_database_url\nDATABASES = {'default': dj_database_url.config(env='OTHER_URL')}",
    "import os\nif 'DYNO' in os.environ:\n    DEBUG = False\nDATABASES = {}",
    "from pathlib import Path\nDATABASES = {'default': {'NAME': Path('db')}}",
]


def reading(folder: Path, **modules: str) -> SettingsUsage:
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    settings = Modules(SourceFolder(folder, ".")).read("settings")
    assert settings
    return SettingsUsage(all_of(settings))


@pytest.mark.parametrize("text", READS)
def test_reads(tmp_path: Path, text: str) -> None:
    assert reading(tmp_path, settings=text).reads("DATABASE_URL")


@pytest.mark.parametrize("text", DOUBTS)
def test_cannot_be_seen(tmp_path: Path, text: str) -> None:
    assert reading(tmp_path, settings=text).doubt("DATABASES")


@pytest.mark.parametrize("text", NEITHER)
def test_surely_does_not(tmp_path: Path, text: str) -> None:
    seen = reading(tmp_path, settings=text)
    assert (seen.reads("DATABASE_URL"), seen.doubt("DATABASES")) == (False, False)


def test_a_module_of_the_project_reads_for_the_settings(tmp_path: Path) -> None:
    settings = "import os\nfrom cache import backend\nCACHES = {'default': backend(os.environ)}"
    cache = (
        "def backend(variables):\n"
        "    for service in ('MEMCACHIER',):\n"
        "        return variables.get(f'{service}_SERVERS')\n"
    )
    seen = reading(tmp_path, settings=settings, cache=cache)
    assert seen.reads("MEMCACHIER_SERVERS")
    assert not seen.reads("MEMCACHEDCLOUD_SERVERS")
    assert not seen.doubt("CACHES")


def test_modules_that_import_each_other(tmp_path: Path) -> None:
    seen = reading(
        tmp_path, settings="from other import *", other="from settings import *\nA = A()"
    )
    assert not seen.reads("DATABASE_URL")


def test_a_long_chain_of_modules(tmp_path: Path) -> None:
    chain = {f"m{number}": f"from m{number + 1} import *" for number in range(300)}
    for name, text in chain.items():
        (tmp_path / f"{name}.py").write_text(text)
    modules = Modules(SourceFolder(tmp_path, "."))
    modules.read("m0")
    assert not modules.complete
