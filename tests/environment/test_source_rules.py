"""What a check says about the source, which is read as Git would deploy it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynostack.environment import examine
from tests.environment.checkout.repository import commit, repository, write

MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
SITE = {
    "manage.py": MANAGE,
    "requirements.txt": "Django==5.2.8\ngunicorn\n",
    ".python-version": "3.14\n",
    "Procfile": "web: gunicorn shop.wsgi\n",
    "shop/settings.py": "import os\nALLOWED_HOSTS = os.environ['ALLOWED_HOSTS'].split(',')\n",
    "infra/Pulumi.yaml": "name: shop\nruntime: python\n",
}

READ = {"requirements.txt", "Procfile", "shop/settings.py"}
"""The files of the site that have findings."""


@pytest.fixture
def top(tmp_path: Path) -> Path:
    write(tmp_path / "shop", SITE)
    return repository(tmp_path / "shop")


def findings(project: Path, source: str) -> set[tuple[str, str]]:
    """Return the code of each diagnostic, and the file or the words that it is about."""
    app = f"{{name: acme-shop, source: {source}, configVars: {{ALLOWED_HOSTS: a.example}}}}"
    text = f"config:\n  shop:account: ops@acme.example\n  shop:app: {app}\n"
    write(project, {"Pulumi.x.yaml": text})
    return {(each.code, each.file) for each in examine("x", project).diagnostics}


def test_a_site_around_the_project(top: Path) -> None:
    found = findings(top / "infra", "..")
    assert {file for _, file in found} == {f"../{name}" for name in READ} | {"Pulumi.x.yaml"}


def test_a_site_beside_the_projects_own_files(top: Path) -> None:
    write(top, {"Pulumi.yaml": "name: shop\nruntime: python\n"})
    assert {file for _, file in findings(top, ".")} == {*READ, "Pulumi.x.yaml"}


def test_an_ignored_file_is_not_there(top: Path) -> None:
    write(top, {".gitignore": "settings.py\n"})
    commit(top)
    assert ("DS521", "../manage.py") not in findings(top / "infra", ".."), "it is still tracked"
    (top / ".git/index").unlink()
    commit(top)
    assert ("DS521", "../manage.py") in findings(top / "infra", "..")


def test_what_slugignore_names_is_not_there(top: Path) -> None:
    write(top, {".slugignore": "requirements.txt\n"})
    assert ("DS501", "Pulumi.x.yaml") in findings(top / "infra", "..")


def test_a_source_in_another_repository_is_an_error(top: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", {"manage.py": ""})
    assert findings(top / "infra", "../../other") == {("DS150", "Pulumi.x.yaml")}


def test_a_link_into_another_repository_is_an_error(top: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", {"manage.py": ""})
    (top / "infra/site").symlink_to(tmp_path / "other")
    assert ("DS150", "Pulumi.x.yaml") in findings(top / "infra", "site")


@pytest.mark.parametrize(
    ("stack", "source", "has_manifest", "warns"),
    [
        ("x", ", source: ..", False, True),
        ("x", ", source: ..", True, False),
        ("x", "", False, False),
        ("local", ", source: ..", False, False),
    ],
)
def test_a_source_for_the_stack_container_needs_heroku_yml(
    top: Path, stack: str, source: str, has_manifest: bool, warns: bool
) -> None:
    app = f"{{name: acme-shop, stack: container{source}}}"
    text = f"config:\n  shop:account: ops@acme.example\n  shop:app: {app}\n"
    manifest = {"heroku.yml": "build: {docker: {web: Dockerfile}}\n"} if has_manifest else {}
    write(top, {f"infra/Pulumi.{stack}.yaml": text, **manifest})
    codes = {each.code for each in examine(stack, top / "infra").diagnostics}
    assert ("DS540" in codes) == warns
