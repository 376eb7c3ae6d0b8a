"""Both formats of a preview are parsed, and everything else is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dynostack.review.errors import NotAPreview
from dynostack.review.model import Operation
from dynostack.review.preview_parser import SECRET, read

URN = "urn:pulumi:prod::shop::dynostack:heroku:App$heroku:app/app:App::app"
GROUP = "urn:pulumi:prod::shop::dynostack:heroku:App::app"
SECRET_VALUE = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def _metadata(op: str, old: Any, new: Any, **more: Any) -> dict[str, Any]:
    def state(values: Any) -> Any:
        return None if values is None else {"inputs": values, "outputs": values, "id": "1"}

    return {"op": op, "urn": URN, "old": state(old), "new": state(new), **more}


def _stream(*metadata: dict[str, Any], key: str = "resourcePreEvent") -> str:
    events: list[dict[str, Any]] = [{"sequence": 1, key: {"metadata": each}} for each in metadata]
    events.append({"sequence": 2, "cancelEvent": {}})
    return "\n".join(map(json.dumps, events))


def _document(*metadata: dict[str, Any]) -> str:
    steps = [{**each, "oldState": each["old"], "newState": each["new"]} for each in metadata]
    return json.dumps({"steps": steps, "changeSummary": {"same": 4}}, indent=1)


@pytest.mark.parametrize("shape", [_stream, _document])
def test_an_update(shape: Any) -> None:
    old, new = {"name": "a", "__defaults": []}, {"name": "b", "key": {**SECRET_VALUE, "x": "y"}}
    update = _metadata("update", old, new, detailedDiff={"name": {"diffKind": "update"}})
    group = {"op": "same", "urn": GROUP, "old": {}, "new": {}}
    preview = read(shape(update, group))
    (step,) = preview.steps
    assert (preview.stack, preview.project) == ("prod", "shop")
    assert (step.name, step.operation) == ("app", Operation.UPDATE)
    assert (step.old, step.new) == ({"name": "a"}, {"name": "b", "key": SECRET})
    assert step.differences == {"name": "update"}


def test_a_replacement_is_one_step() -> None:
    steps = (
        _metadata("delete-replaced", {"region": "us"}, None),
        _metadata("replace", {"region": "us"}, {"region": "eu"}, keys=["region"]),
        _metadata("create-replacement", {"region": "us"}, {"region": "eu"}, keys=["region"]),
    )
    (step,) = read(_stream(*steps)).steps
    assert (step.operation, step.forced_by) == (Operation.REPLACE, ("region",))
    assert (step.old, step.new) == ({"region": "us"}, {"region": "eu"})


def test_drift_is_what_a_refresh_finds() -> None:
    looked = _metadata("refresh", {"size": "Eco"}, None)
    found = _metadata(
        "refresh",
        {"size": "Eco"},
        {"size": "Basic"},
        detailedDiff={"size": {"diffKind": "update"}},
    )
    text = "\n".join([_stream(looked), _stream(found, key="resOutputsEvent")])
    preview = read(text)
    (step,) = preview.drift
    assert (step.old, step.new) == ({"size": "Eco"}, {"size": "Basic"})
    assert preview.steps == ()


def test_a_source_that_changed_on_this_machine_is_no_drift() -> None:
    outputs = {"localChecksum": "SHA256:1"}
    looked = _metadata("refresh", outputs, None)
    found = _metadata(
        "refresh", outputs, outputs, detailedDiff={"localChecksum": {"diffKind": "update-replace"}}
    )
    text = "\n".join([_stream(looked), _stream(found, key="resOutputsEvent")])
    assert read(text).drift == ()


def test_a_resource_that_is_gone_from_heroku_is_drift() -> None:
    looked, gone = (
        _metadata("refresh", {"size": "Eco"}, None),
        _metadata("refresh", {"size": "Eco"}, None),
    )
    text = "\n".join([_stream(looked), _stream(gone, key="resOutputsEvent")])
    (step,) = read(text).drift
    assert step.operation is Operation.DESTROY


def test_a_made_up_name_is_kept_apart() -> None:
    new = {"name": "app-1a2b3c4", "region": "eu", "__defaults": ["name"]}
    (step,) = read(_stream(_metadata("create", None, new))).steps
    assert step.new == {"region": "eu"}
    assert step.made_up == {"app-1a2b3c4"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "1",
        "{}",
        '{"a": 1}',
        '{"steps": [{}]}',
        '{"steps": 1}',
        '{"sequence": 1}\nx',
    ],
)
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(NotAPreview, match=r"^file\.json is not a preview; create one with"):
        read(text, "file.json")
