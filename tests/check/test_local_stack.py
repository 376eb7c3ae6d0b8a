"""The stack `local` only runs on the local Heroku, which serves it at <app>.localhost."""

import shutil
from pathlib import Path

import pytest

from dynostack.environment import Diagnostic, examine

ROOT = Path(__file__).parents[2]
STACK = """config:
  shop:account: ops@acme.example
  shop:app:
    name: acme-shop
    source: site
    configVars: { DJANGO_SETTINGS_MODULE: mysite.settings, DEBUG: "1" }
  shop:formation: { web: { size: basic, quantity: 1 } }
"""
SAYS = "ALLOWED_HOSTS does not allow the app's host name on this machine"


@pytest.fixture
def site(project: Path) -> Path:
    """Return a Django project called mysite, without a Procfile."""
    site = project / "site"
    shutil.copytree(ROOT / "examples/django/shop", site / "mysite")
    for file in ("manage.py", "requirements.txt", ".python-version"):
        shutil.copy(ROOT / "examples/django" / file, site)
    return site


def diagnostics(site: Path, stack: str, settings: str) -> list[Diagnostic]:
    (site / "mysite/settings.py").write_text(settings)
    (site.parent / f"Pulumi.{stack}.yaml").write_text(STACK)
    return [*examine(stack, site.parent).diagnostics]


@pytest.mark.parametrize(
    "settings",
    [
        'ALLOWED_HOSTS = [".localhost"]',
        'ALLOWED_HOSTS = ["acme-shop.localhost"]',
        'ALLOWED_HOSTS = ["*"]',
        'ALLOWED_HOSTS = [".herokuapp.com"]',
        "DEBUG = True\nALLOWED_HOSTS = []",
        'import os\nDEBUG = os.environ.get("DEBUG") == "1"\nALLOWED_HOSTS = []',
    ],
)
def test_the_name_on_this_machine_is_enough(site: Path, settings: str) -> None:
    assert "DS529" not in [each.code for each in diagnostics(site, "local", settings)]


@pytest.mark.parametrize(
    "settings", ['ALLOWED_HOSTS = ["10.0.0.1"]', "DEBUG = False\nALLOWED_HOSTS = []"]
)
def test_a_missing_name_on_this_machine_is_reported(site: Path, settings: str) -> None:
    (found,) = [each for each in diagnostics(site, "local", settings) if each.code == "DS529"]
    assert found.message == SAYS
    assert found.suggestion == "acme-shop.localhost or .localhost in ALLOWED_HOSTS"


def test_a_site_with_a_domain_of_its_own_gets_a_warning(site: Path) -> None:
    settings = 'ALLOWED_HOSTS = ["acme.example"]'
    (found,) = [each for each in diagnostics(site, "local", settings) if each.code == "DS530"]
    assert found.message == SAYS


def test_another_stack_is_asked_for_its_name_on_heroku(site: Path) -> None:
    (found,) = [
        each
        for each in diagnostics(site, "prod", 'ALLOWED_HOSTS = [".localhost"]')
        if each.code == "DS529"
    ]
    assert found.suggestion == ".herokuapp.com in ALLOWED_HOSTS"


def test_the_procfile_starts_the_projects_own_module(site: Path) -> None:
    (found,) = [each for each in diagnostics(site, "local", "") if each.code == "DS511"]
    assert found.suggestion == "a Procfile with web: gunicorn mysite.wsgi"
