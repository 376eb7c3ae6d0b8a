"""A command of the Procfile is taken apart as a shell does, as far as its text is plain."""

from __future__ import annotations

import pytest

from dynostack.environment.django.commands import Word, calls, joined

PROGRAMS = {
    "gunicorn shop.wsgi": ["gunicorn shop.wsgi"],
    "A=1 exec gunicorn 'shop.wsgi'": ["gunicorn shop.wsgi"],
    "newrelic-admin run-program gunicorn shop.wsgi": ["gunicorn shop.wsgi"],
    "poetry run gunicorn x": ["gunicorn x"],
    "uv run --frozen gunicorn x": ["gunicorn x"],
    "doppler run -- gunicorn x": ["gunicorn x"],
    "bin/start-pgbouncer gunicorn x": ["gunicorn x"],
    "python -m gunicorn x": ["gunicorn x"],
    "python -m http.server": ["python -m http.server"],
    "python manage.py migrate && gunicorn x || false": [
        "python manage.py migrate",
        "gunicorn x",
        "false",
    ],
    "gunicorn x 2>&1 | tee out.log": ["gunicorn x", "tee out.log"],
    "gunicorn x > out.log": ["gunicorn x"],
    "gunicorn x --bind 0.0.0.0:$PORT": ["gunicorn x --bind 0.0.0.0:$PORT"],
    "if true; then gunicorn x; fi": [],
    "gunicorn $(cat x)": [],
    'gunicorn "x': ["gunicorn x"],
    "": [],
}


@pytest.mark.parametrize("command", PROGRAMS)
def test_programs(command: str) -> None:
    found = [
        " ".join(word.text for word in (call.program, *call.arguments)) for call in calls(command)
    ]
    assert found == PROGRAMS[command]


def test_words_have_their_places() -> None:
    (call,) = calls("A=1 gunicorn  'shop.wsgi'")
    assert call.program == Word("gunicorn", 4, 8)
    assert call.arguments == [Word("shop.wsgi", 14, 11)]
    assert call.variables["A"].text == "1"


@pytest.mark.parametrize("command", ["x --bind 1", "x --bind=1", "x -b 1", "x -b1", "x -b=1"])
def test_options(command: str) -> None:
    (call,) = calls(command)
    assert [word.text for word in call.options("-b", "--bind")] == ["1"]


@pytest.mark.parametrize(
    "command", ["x -w 2 app", "x --workers 2 app", "x --workers=2 --flag app", "x -w2 --no-y app"]
)
def test_the_first_argument(command: str) -> None:
    (call,) = calls(command)
    word = call.first_argument(frozenset({"--flag"}))
    assert word
    assert word.text == "app"


@pytest.mark.parametrize(
    ("folder", "text", "path"),
    [
        (".", "src", "src"),
        ("src", "../lib", "lib"),
        (".", "/app/src/", "src"),
        ("src", "/app", "."),
        (".", "/etc", ""),
        (".", "../x", ""),
        (".", "$HOME/x", ""),
        ("", "src", ""),
    ],
)
def test_folders(folder: str, text: str, path: str) -> None:
    assert joined(folder, Word(text, 0, 0)) == path


def test_cd_changes_the_folder() -> None:
    _, call = calls("cd src && gunicorn x")
    assert call.folder == "src"
