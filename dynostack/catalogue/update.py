"""`dynostack catalogue update`: replaces older figures with those that Heroku returns."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dynostack.catalogue.data_file import DataFile
from dynostack.catalogue.errors import CatalogueError
from dynostack.catalogue.platform import LISTS, Answer, ask, questions
from dynostack.inventory.keys import HEROKU
from heroku_catalogue.sources import FigureSource
from heroku_catalogue.tables import LIBRARY, TOPICS

NOT_IN_THE_API = (
    "limits of plans",
    "features",
    "end dates and retirements",
    "Postgres versions",
    "config vars that services set",
    "limits of an app",
)
"""Parts of the catalogue that no list of the Platform API has."""

URL, KEY = "HEROKU_API_URL", "HEROKU_API_KEY"


@dataclass(frozen=True)
class Change:
    """One figure that differs from the catalogue's; `figure` is empty for a new name."""

    kind: str
    name: str
    figure: str
    was: Any
    now: Any

    def __str__(self) -> str:
        if not self.figure:
            return f"{self.kind} {self.name}: new"
        was = "unknown" if self.was is None else self.was
        return f"{self.kind} {self.name}: {self.figure} {was} -> {self.now}"


@dataclass(frozen=True)
class Missing:
    """A name of the catalogue that Heroku does not list."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: not listed by Heroku; kept until it is marked as retired"


@dataclass(frozen=True)
class Update:
    """The changes that were made, and the missing names that a person has to look up."""

    changes: list[Change]
    missing: list[Missing]
    renewed: tuple[str, ...] = ()
    """The parts of the catalogue that were compared with Heroku's."""


def update(folder: Path, variables: Mapping[str, str], today: date) -> Update:
    """Update the data files in a folder from the Platform API.

    Args:
        folder: the folder of the data files; missing files are copied into it.
        variables: environment variables, with HEROKU_API_URL and HEROKU_API_KEY.
        today: the date to write for changed figures.

    Raises:
        CatalogueError: the API cannot be used; no figure was changed.
    """
    if not variables.get(KEY):
        raise CatalogueError(f"{KEY} is not set; set it to a key that `heroku auth:token` prints")
    folder.mkdir(parents=True, exist_ok=True)
    for topic in TOPICS:
        if not (folder / f"{topic}.toml").exists():
            shutil.copy(LIBRARY / f"{topic}.toml", folder)
    files = {topic: DataFile(folder / f"{topic}.toml") for topic in TOPICS}
    services = {name: topic for topic in TOPICS for name in files[topic].known("service")}
    url, key = variables.get(URL) or HEROKU, variables[KEY].strip()
    answers = ask(url, key, questions(services))
    found, changed = Update([], [], _parts(answers)), set()
    for answer in answers:
        file = files[answer.question.topic]
        changes = list(_changes(file, answer))
        found.missing.extend(_missing(file, answer))
        found.changes.extend(changes)
        _apply(file, answer, changes, today)
        if changes:
            changed.add(answer.question.topic)
    for topic in changed:
        files[topic].write()
    return found


def _parts(answers: list[Answer]) -> tuple[str, ...]:
    """Return the parts of the catalogue that Heroku answered about, such as `stacks`."""
    lists = [each.path.strip("/") for each in LISTS]
    services = sum(each.rows is not None and each.question not in LISTS for each in answers)
    return (f"plans and prices of {services} add-on services", *lists)


def _changes(file: DataFile, answer: Answer) -> Iterator[Change]:
    kind, retired = answer.question.kind, file.retired()
    known = file.known(kind)
    for name, figures in (answer.rows or {}).items():
        if name in retired:
            continue
        if name not in known:
            yield Change(kind, name, "", None, None)
        for figure, now in figures.items():
            was = known.get(name, {}).get(figure, False if isinstance(now, bool) else None)
            if was != now:
                yield Change(kind, name, figure, was, now)


def _missing(file: DataFile, answer: Answer) -> Iterator[Missing]:
    kind = answer.question.kind
    if answer.rows is None:
        yield Missing("service", kind.removesuffix("-plan"))
        return
    for name in file.known(kind):
        if name not in answer.rows:
            yield Missing(kind, name)


def _apply(file: DataFile, answer: Answer, changes: list[Change], today: date) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for change in changes:
        row = rows.setdefault(change.name, {})
        if change.figure:
            row[change.figure] = change.now
    if rows:
        source = FigureSource("Heroku's Platform API", answer.url, today)
        file.cite(answer.question.kind, rows, source)
