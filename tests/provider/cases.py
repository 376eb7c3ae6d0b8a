"""Case files with a request to the provider, Heroku's responses and the expected result.

tests/provider/cases/README.md describes their format.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from dynostack.provider.values import UNKNOWN, Unknown
from tests.provider.fake import Exchange

if TYPE_CHECKING:
    from tests.provider.asking import Asking

FOLDER = Path(__file__).parent / "cases"
_TYPES = {
    "addon": "heroku:addon/addon:Addon",
    "app": "heroku:app/app:App",
    "attachment": "heroku:addon/attachment:Attachment",
    "build": "heroku:build/build:Build",
    "collaborator": "heroku:collaborator/collaborator:Collaborator",
    "config-association": "heroku:app/configAssociation:ConfigAssociation",
    "coupling": "heroku:pipeline/coupling:Coupling",
    "domain": "heroku:domain/domain:Domain",
    "drain": "heroku:drain/drain:Drain",
    "feature": "heroku:app/feature:Feature",
    "formation": "heroku:formation/formation:Formation",
    "pipeline": "heroku:pipeline/pipeline:Pipeline",
    "team-collaborator": "heroku:team/collaborator:Collaborator",
}
_KEYS = {"when", "inputs", "old", "state", "id", "settings", "heroku", "expect"}


class _Loader(yaml.CSafeLoader):
    """A YAML loader with ``!unknown``, a value that is known only after an apply."""


def _unknown(loader: _Loader, node: yaml.Node) -> Unknown:
    return UNKNOWN


_Loader.add_constructor("!unknown", _unknown)


@dataclass(frozen=True)
class Case:
    """One case file."""

    type: str
    when: str
    inputs: dict[str, Any]
    old: dict[str, Any]
    state: dict[str, Any]
    id: str
    settings: dict[str, Any]
    exchanges: tuple[Exchange, ...]
    expect: Any


@cache
def all_cases() -> list[Any]:
    """Return every case by its path without the suffix."""
    files = sorted(FOLDER.glob("*/*.yaml"))
    return [(str(file.relative_to(FOLDER).with_suffix("")), _read(file)) for file in files]


def answer(like: str, **other: Any) -> dict[str, Any]:
    """Return a response that several cases share, with other values."""
    full: dict[str, Any] = _full({"like": like, **other}, _answers())
    return full


async def ask(asking: Asking, case: Case) -> Any:
    """Send a case's request to the provider."""
    match case.when:
        case "check":
            return await asking.check(case.inputs, case.old)
        case "diff":
            return await asking.diff(case.state, case.inputs)
        case "create":
            return await asking.create(case.inputs)
        case "preview":
            return await asking.preview(case.inputs, case.state)
        case "read":
            return await asking.read(case.id, case.state, case.inputs)
        case "import":
            return await asking.read(case.id, {}, {})
        case "update":
            return await asking.update(case.state, case.inputs)
        case "delete":
            await asking.delete(case.state)
            return "deleted"
    raise AssertionError(f"when: {case.when}")


def without_address(answer: Any, url: str) -> Any:
    """Return a response with `HEROKU_URL` in place of the fake Heroku's address."""
    if isinstance(answer, dict):
        return {key: without_address(value, url) for key, value in answer.items()}
    return answer.replace(url, "HEROKU_URL") if isinstance(answer, str) else answer


def _read(file: Path) -> Case:
    text = _load(file)
    unknown_keys = text.keys() - _KEYS
    assert not unknown_keys, f"{file}: {unknown_keys}"
    return Case(
        type=_TYPES[file.parent.name],
        when=text["when"],
        inputs=text.get("inputs", {}),
        old=text.get("old", {}),
        state=text.get("state", {}),
        id=str(text.get("id", text.get("state", {}).get("id", ""))),
        settings=text.get("settings", {}),
        exchanges=tuple(_exchanges(text.get("heroku", {}), _answers())),
        expect=text["expect"],
    )


@cache
def _answers() -> dict[str, Any]:
    return _load(FOLDER / "answers.yaml")


def _load(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(file.read_text(), _Loader)  # noqa: S506
    return loaded


def _exchanges(written: dict[str, Any], answers: dict[str, Any]) -> list[Exchange]:
    """Yield exchanges in their order; a request that is sent several times has several."""
    exchanges = []
    for request, answer in written.items():
        several = isinstance(answer, list) and isinstance(answer[0], list | dict)
        exchanges += [
            _exchange(request, each, answers) for each in (answer if several else [answer])
        ]
    return exchanges


def _exchange(request: str, written: Any, answers: dict[str, Any]) -> Exchange:
    sent = written.get("sent") if isinstance(written, dict) else None
    status, body, *headers = written["answer"] if isinstance(written, dict) else written
    return Exchange(request, status, _full(body, answers), sent, headers[0] if headers else {})


def _full(body: Any, answers: dict[str, Any]) -> Any:
    """Return the response for ``{like: app, name: x}``: the one called app, with another name."""
    if isinstance(body, list):
        return [_full(each, answers) for each in body]
    if isinstance(body, dict) and "like" in body:
        rest = {key: value for key, value in body.items() if key != "like"}
        return {**_full(answers[body["like"]], answers), **rest}
    return body
