"""Parses the engine's preview into steps.

The engine writes one of two formats: events, one per line (PULUMI_ENABLE_STREAMING_JSON_PREVIEW),
or one document with a list of steps (`pulumi preview --json`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dynostack.review.errors import NotAPreview
from dynostack.review.model import Operation
from dynostack.review.step import Preview, Refusal, Step, Values, Violation, type_of

OPERATIONS = {
    "create": Operation.CREATE,
    "update": Operation.UPDATE,
    "delete": Operation.DESTROY,
    "replace": Operation.REPLACE,
    "create-replacement": Operation.REPLACE,
    "delete-replaced": Operation.REPLACE,
    "import": Operation.IMPORT,
    "import-replacement": Operation.REPLACE,
    "discard": Operation.FORGET,
    "discard-replaced": Operation.REPLACE,
}
"""An operation of the engine -> ours; any other operation changes nothing."""

STACK_TYPE = "pulumi:pulumi:Stack"
NOT_ON_HEROKU = (STACK_TYPE, "dynostack:")
"""Types of resources that only group others."""

_SECRET_MARK = "4dabf18193072939515e22adb298388d"  # noqa: S105 - Pulumi's public mark
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105
ENDED = "preview failed"
"""The line that the engine adds after the errors that made it fail."""
PROTECT = "protect"
"""The resource option that is compared like a property."""
_PROTECTED = re.compile(
    r'unable to replace resource "(?P<replaced>[^"]+)"\s+(as part of .*)?as it is currently marked'
    r'|resource "(?P<deleted>[^"]+)" cannot be deleted\s+because it is protected',
)
"""The engine's errors when it refuses to replace or delete a protected resource.
https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/resource/deploy/step_generator.go"""
SECRET = "[secret]"  # noqa: S105
"""How the engine masks a secret."""


def read(text: str, source: str = "the preview") -> Preview:
    """Parse a preview in either format.

    Raises:
        NotAPreview: the text has neither format.
    """
    says = f"{source} is not a preview; create one with `pulumi preview --json`"
    try:
        return from_events(_events(text)) if _is_events(text) else from_document(json.loads(text))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NotAPreview(says) from None


def _is_events(text: str) -> bool:
    """Return whether a text has events: no single line of a document is JSON by itself."""
    first = text.lstrip().partition("\n")[0]
    return first.startswith("{") and first.rstrip().endswith("}") and '"sequence"' in first


def _events(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def from_document(document: object) -> Preview:
    """Return the preview in a document of `pulumi preview --json`."""
    if not isinstance(document, dict) or not {"steps", "diagnostics", "changeSummary"} & {
        *document
    }:
        raise ValueError("the document has no steps")
    metadata = [
        {
            **each,
            "old": each.get("oldState"),
            "new": each.get("newState"),
            "keys": each.get("replaceReasons"),
            "diffs": each.get("diffReasons"),
        }
        for each in document.get("steps") or []
    ]
    diagnostics = document.get("diagnostics") or []
    counts = document.get("changeSummary") or {}
    return _preview(metadata, [], diagnostics, [], counts)


def from_events(events: Iterable[Mapping[str, Any]]) -> Preview:
    """Return the preview in the engine's events."""
    metadata, refreshed, diagnostics, policies = [], [], [], []
    counts: Mapping[str, int] = {}
    for event in events:
        if "resourcePreEvent" in event:
            metadata.append(event["resourcePreEvent"]["metadata"])
        elif "resOutputsEvent" in event:
            refreshed.append(event["resOutputsEvent"]["metadata"])
        elif "diagnosticEvent" in event:
            diagnostics.append(event["diagnosticEvent"])
        elif "policyEvent" in event:
            policies.append(event["policyEvent"])
        elif "summaryEvent" in event:
            counts = event["summaryEvent"].get("resourceChanges") or {}
    return _preview(metadata, refreshed, diagnostics, policies, counts)


def _preview(
    metadata: list[Any],
    refreshed: list[Any],
    diagnostics: list[Any],
    policies: list[Any],
    counts: Mapping[str, int],
) -> Preview:
    stack, project = _stack_and_project(each["urn"] for each in metadata)
    steps = _steps(metadata)
    seen_refreshing = {each["urn"] for each in metadata if each["op"] == "refresh"}
    refusals, errors = _refusals_and_errors(diagnostics)
    return Preview(
        stack,
        project,
        steps=tuple(steps.values()),
        drift=tuple(_drift(refreshed, seen_refreshing)),
        errors=errors,
        violations=tuple(map(_violation, policies)),
        unchanged_count=_unchanged(steps.values(), counts),
        looked_at=tuple(_step(each) for each in metadata if each["op"] == "refresh"),
        refusals=refusals,
        complete=not refusals and not errors,
    )


def _stack_and_project(urns: Iterable[str]) -> tuple[str, str]:
    for urn in urns:
        _, _, rest = urn.partition("urn:pulumi:")
        stack, project, *_ = rest.split("::")
        return stack, project
    return "", ""


def _steps(metadata: Iterable[Mapping[str, Any]]) -> dict[str, Step]:
    """Return one step for each resource, by URN; a replacement's steps are merged."""
    steps: dict[str, Step] = {}
    for each in metadata:
        if each["op"] == "refresh" or type_of(each["urn"]).startswith(NOT_ON_HEROKU):
            continue
        step = _step(each)
        before = steps.get(step.urn)
        steps[step.urn] = _merged(before, step) if before else step
    return steps


def _step(each: Mapping[str, Any]) -> Step:
    old, new = each.get("old"), each.get("new")
    operation = OPERATIONS.get(each["op"])
    state = new or old or {}
    before = inputs(old) if operation not in (Operation.CREATE, Operation.IMPORT) else None
    after = inputs(new) if operation is not Operation.DESTROY else None
    differences = _differences(each)
    if each["op"] in ("same", "update") and _is_protected(old) != _is_protected(new):
        # The engine reports a resource as unchanged if only its protection changes, but applies it.
        operation = Operation.UPDATE
        differences = {**differences, PROTECT: "update"}
        before = {**(before or {}), PROTECT: _is_protected(old)}
        after = {**(after or {}), PROTECT: _is_protected(new)}
    return Step(
        urn=each["urn"],
        type=type_of(each["urn"]),
        operation=operation,
        old=before,
        new=after,
        differences=differences,
        forced_by=tuple(sorted(each.get("keys") or ())),
        parent=state.get("parent", ""),
        protected=_is_protected(state),
        loses_protection=bool(new) and _is_protected(old) and not _is_protected(new),
        id=(old or {}).get("id", ""),
        made_up=_made_up(new),
        name_on_heroku=_name_on_heroku(old),
    )


def _is_protected(state: Mapping[str, Any] | None) -> bool:
    return bool((state or {}).get(PROTECT))


def _made_up(state: Mapping[str, Any] | None) -> frozenset[str]:
    values = (state or {}).get("inputs") or {}
    made = (values.get(key) for key in values.get("__defaults", ()))
    return frozenset(each for each in made if isinstance(each, str))


def _name_on_heroku(state: Mapping[str, Any] | None) -> str:
    name = ((state or {}).get("outputs") or {}).get("name")
    return name if isinstance(name, str) else ""


def _merged(first: Step, second: Step) -> Step:
    return Step(
        urn=first.urn,
        type=first.type,
        operation=first.operation or second.operation,
        old=first.old if first.old is not None else second.old,
        new=first.new if first.new is not None else second.new,
        differences={**first.differences, **second.differences},
        forced_by=first.forced_by or second.forced_by,
        parent=first.parent or second.parent,
        protected=(first if second.new is None else second).protected,
        loses_protection=first.loses_protection or second.loses_protection,
        id=first.id or second.id,
        made_up=first.made_up | second.made_up,
        name_on_heroku=first.name_on_heroku or second.name_on_heroku,
    )


def _differences(each: Mapping[str, Any]) -> dict[str, str]:
    detailed = each.get("detailedDiff")
    if detailed:
        return {path: diff.get("diffKind") or diff["kind"] for path, diff in detailed.items()}
    return dict.fromkeys(each.get("diffs") or (), "update")


def _drift(refreshed: Iterable[Mapping[str, Any]], urns: set[str]) -> Iterator[Step]:
    for each in refreshed:
        gone = each.get("new") is None
        if each["urn"] not in urns or each["op"] not in ("refresh", "update", "delete"):
            continue
        urns.discard(each["urn"])  # later events about it are not about the refresh
        differences = _differences(each)
        if not gone and (not differences or _is_same_on_heroku(each)):
            continue
        yield Step(
            urn=each["urn"],
            type=type_of(each["urn"]),
            operation=Operation.DESTROY if gone else Operation.UPDATE,
            old=outputs(each.get("old")),
            new=None if gone else outputs(each.get("new")),
            differences=differences,
            id=(each.get("old") or {}).get("id", ""),
            is_drift=True,
        )


def _is_same_on_heroku(each: Mapping[str, Any]) -> bool:
    """Return whether a refresh found what the state has.

    The engine reports a build whose source changed on this machine as a difference all the same.
    """
    old, new = ((each.get(key) or {}).get("outputs") for key in ("old", "new"))
    return bool(old) and old == new


def inputs(state: Mapping[str, Any] | None) -> Values | None:
    """Return the inputs of a state, with secrets as "[secret]"."""
    return None if state is None else _plain(state.get("inputs") or {})


def outputs(state: Mapping[str, Any] | None) -> Values | None:
    """Return the outputs of a state, with secrets as "[secret]"."""
    return None if state is None else _plain(state.get("outputs") or {})


def _plain(values: Mapping[str, Any]) -> dict[str, object]:
    """Return values without those that the provider made up, which are in no file."""
    made_up = {"__defaults", "__meta", *values.get("__defaults", ())}
    return {key: _unmarked(value) for key, value in values.items() if key not in made_up}


def _unmarked(value: Any) -> object:
    if isinstance(value, dict):
        if value.get(_SECRET_MARK) == _SECRET:
            return SECRET
        return _plain(value)
    return [_unmarked(each) for each in value] if isinstance(value, list) else value


def _refusals_and_errors(
    diagnostics: Iterable[Mapping[str, Any]],
) -> tuple[tuple[Refusal, ...], tuple[str, ...]]:
    """Separate the engine's refusals because of protection from all other errors."""
    refusals: dict[str, Refusal] = {}
    errors: list[str] = []
    for text in _errors(diagnostics):
        if match := _PROTECTED.search(text):
            urn = match["replaced"] or match["deleted"]
            refusals.setdefault(urn, Refusal(urn, replaces=bool(match["replaced"])))
        else:
            errors.append(text)
    return tuple(refusals.values()), tuple(errors)


def _errors(diagnostics: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the engine's errors, and the program's error output from its `error:` on.

    The engine reports a program's error output as information, even the reason why the program
    stopped.
    """
    lines: list[str] = []
    for each in diagnostics:
        text = _text(each)
        if each.get("severity") == "error" and text and text != ENDED:
            yield text
        elif each.get("severity") == "info#err" and (lines or text.startswith("error:")):
            lines.append(str(each["message"]).rstrip())
    if message := "\n".join(lines).removeprefix("error:").strip():
        yield message


def _text(diagnostic: Mapping[str, Any]) -> str:
    return str(diagnostic.get("message", "")).strip()


def _violation(event: Mapping[str, Any]) -> Violation:
    return Violation(
        policy=event.get("policyName", ""),
        urn=event.get("resourceUrn", ""),
        message=_text(event),
        mandatory=event.get("enforcementLevel") == "mandatory",
    )


def _unchanged(steps: Iterable[Step], counts: Mapping[str, int]) -> int:
    """Return how many resources do not change; the summary also counts component resources."""
    named = sum(each.operation is None for each in steps)
    return named or int(counts.get("same", 0))
