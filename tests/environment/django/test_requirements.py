"""Names and exact versions in requirements.txt are read as pip reads them."""

from pathlib import Path

import pytest

from dynostack.environment.django.requirements import Packages, packages
from dynostack.environment.django.text import SourceFolder

EXACT = {
    "django==5.2.19": True,
    "Django == 5.2.19": True,
    "django===5.2.19": True,
    "psycopg[binary,pool]==3.3.9": True,
    "django==5.2.19 ; python_version > '3.10'": True,
    "django==5.2.19  # LTS": True,
    "django==5.2.19 --hash=sha256:aa": True,
    "django==5.2.19 \\\n    --hash=sha256:aa": True,
    "django>=5,==5.2.19": True,
    "django @ https://example.com/django-5.2.19.tar.gz": True,
    "django": False,
    "django>=5": False,
    "django~=5.2": False,
    "django==5.*": False,
    "django!=5.2.18": False,
    "django ; python_version == '3.13'": False,
}


def required(folder: Path, text: str, **others: str) -> Packages:
    (folder / "requirements.txt").write_text(text)
    for name, other in others.items():
        (folder / f"{name}.txt").write_text(other)
    return packages(SourceFolder(folder, "site"), "requirements.txt")


@pytest.mark.parametrize("line", EXACT)
def test_exact_versions(tmp_path: Path, line: str) -> None:
    (found,) = required(tmp_path, f"# packages\n\n{line}\n").requirements
    assert (found.name, found.exact) in {("django", EXACT[line]), ("psycopg", EXACT[line])}
    assert found.text.file == "site/requirements.txt"
    assert found.place.line == 3


def test_the_encoding_that_powershell_writes(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("Django==5.2.19\r\ngunicorn\r\n".encode("utf-16"))
    found = packages(SourceFolder(tmp_path, "site"), "requirements.txt")
    assert [(each.name, each.exact) for each in found.requirements] == [
        ("django", True),
        ("gunicorn", False),
    ]


@pytest.mark.parametrize("line", ["-e .", ".", "./lib", "git+https://example.com/x.git", "/x.whl"])
def test_a_requirement_without_a_name_makes_the_list_incomplete(tmp_path: Path, line: str) -> None:
    found = required(tmp_path, f"{line}\n")
    assert found.requirements == []
    assert found.have("anything")


@pytest.mark.parametrize("line", ["--index-url https://me:hunter2@example.com/simple", "# django"])
def test_options_and_comments_are_not_requirements(tmp_path: Path, line: str) -> None:
    found = required(tmp_path, f"{line}\n")
    assert (found.requirements, found.complete) == ([], True)


def test_included_files(tmp_path: Path) -> None:
    found = required(tmp_path, "-r base.txt\n-c pins.txt\n", base="-r base.txt\ngunicorn\nrq\n")
    assert [(each.name, each.exact) for each in found.requirements] == [
        ("gunicorn", False),
        ("rq", False),
    ]
    assert [name for _, _, name in found.missing] == ["pins.txt"]
    found = required(tmp_path, "-r base.txt\n-c pins.txt\n", pins="gunicorn==27.0.1\n")
    assert [(each.name, each.exact) for each in found.requirements] == [
        ("gunicorn", True),
        ("rq", False),
    ]


@pytest.mark.parametrize(
    ("file", "text", "names"),
    [
        ("uv.lock", '[[package]]\nname = "Django"\nversion = "5.2"\n', {"django"}),
        ("poetry.lock", '[[package]]\nname = "dj_database.url"\n', {"dj-database-url"}),
        ("Pipfile.lock", '{"default": {"django": {"version": "==5.2"}}}', {"django"}),
    ],
)
def test_lock_files(tmp_path: Path, file: str, text: str, names: set[str]) -> None:
    (tmp_path / file).write_text(text)
    assert packages(SourceFolder(tmp_path, "."), file).names == names


@pytest.mark.parametrize("text", ["[[", "package = 1", "{}", "[]", '{"default": 1}', "[package]"])
@pytest.mark.parametrize("file", ["uv.lock", "poetry.lock", "Pipfile.lock"])
def test_a_damaged_lock_file_makes_the_list_incomplete(
    tmp_path: Path, file: str, text: str
) -> None:
    (tmp_path / file).write_text(text)
    found = packages(SourceFolder(tmp_path, "."), file)
    assert found.complete is not bool(found.unreadable)
