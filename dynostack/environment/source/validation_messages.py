"""Findings with readable messages, made from Pydantic's validation errors."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pydantic_core import ErrorDetails

from dynostack.environment.diagnostics.finding import PROBLEM, Finding, Path
from dynostack.environment.diagnostics.rule_violation import RuleViolation
from dynostack.environment.diagnostics.secret_detection import HIDDEN, is_secret_name
from dynostack.environment.diagnostics.yaml_tree import SourceSpan, Tree
from dynostack.environment.environment import Environment
from dynostack.environment.section import keys_of, near, one_of, shortened
from dynostack.environment.source import unknown_keys
from dynostack.environment.source.model_shapes import ModelShapes
from dynostack.environment.source.odd_texts import odd_text
from dynostack.environment.source.project_code import OUT_OF_BOUNDS, RULE_OF_THE_PROJECT, text_of
from dynostack.environment.source.redaction import is_public
from dynostack.environment.source.wrong_kinds import KINDS, WrongKind
from dynostack.environment.source.yaml_text import flow

_TAG_KINDS = {"union_tag_not_found": "missing", "union_tag_invalid": "enum"}
"""Pydantic's type of an error in a union -> the type of the same error at the discriminator."""

BOUNDS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "text of {min_length} or more characters",
    "string_too_long": "text of {max_length} or fewer characters",
    "string_pattern_mismatch": "text that matches {pattern}",
    "too_short": "{min_length} or more entries",
    "too_long": "{max_length} or fewer entries",
    "literal_error": "{expected}",
    "enum": "{expected}",
}
"""Pydantic's type of an error in a project's own section -> what the value must be.
https://docs.pydantic.dev/latest/errors/validation_errors/"""

NOT_TEXT = "DS135"
FITTING = "an allowed value"
REFUSED = "a rule of the project rejects this value"


@dataclass(frozen=True)
class ValidationMessages:
    """Translates the model's errors into findings that use the words of the file."""

    tree: Tree
    project: str
    model: type[Environment]

    @cached_property
    def _shapes(self) -> ModelShapes:
        return ModelShapes(self.model)

    def findings(self, errors: Iterable[ErrorDetails]) -> Iterator[Finding]:
        """Return one finding for each error of the model."""
        return map(self._finding, errors)

    def _finding(self, error: ErrorDetails) -> Finding:
        path, kind = error["loc"], error["type"]
        if at_key := path[-1:] == ("[key]",):
            path = path[:-1]
        path = self._in_file(path, is_missing=kind == "missing")
        if kind in _TAG_KINDS and (key := error["ctx"]["discriminator"].strip("'")).isidentifier():
            path, kind = (*path, key), _TAG_KINDS[kind]
        span = self.tree.spans.get(path)
        if span and span.kind == "empty" and not at_key:
            return self._empty(path)
        if kind == "missing":
            key = path[-1] if len(path) > 1 else f"{self.project}:{path[-1]}"
            suggestion = f"{key}: {self._shapes.example(path) or '...'}"
            return Finding(path, "DS116", f"{key} is missing", suggestion)
        if kind in KINDS:
            wrong = WrongKind(self.tree, self._shapes, path, span)
            return wrong.finding(KINDS[kind])
        odd_kind = kind in {PROBLEM, "extra_forbidden", "literal_error"}
        if odd_kind and (odd := self._odd(path, span, at_key=at_key or kind == "extra_forbidden")):
            return odd
        if kind == PROBLEM and error["ctx"]["code"] == NOT_TEXT:
            return self._not_text(path, span)
        if kind == PROBLEM:
            return Finding(path, **error["ctx"], at_key=at_key)
        if kind == "literal_error" and span and (found := self._shapes.choice(path)):
            choice, names = found
            return Finding(path, **(choice.problem(span.text, names).context or {}))
        if kind == "extra_forbidden":
            return self._unknown_key(path)
        found_here = self._of_the_project(path, {**error, "type": kind})
        # The whole environment is under the key `config:`.
        return found_here._replace(at_key=at_key or not found_here.path)

    def _in_file(self, location: Path, *, is_missing: bool) -> Path:
        """Return a location without the names that Pydantic adds for a union's members."""
        path: Path = location[:1]
        for index, part in enumerate(location[1:], 2):
            span, is_last = self.tree.spans.get((*path, part)), index == len(location)
            is_there = span is not None and (is_last or span.kind in {"keys", "list"})
            is_left_out = (is_missing and is_last) or part in keys_of(self._shapes.model(path))
            if is_there or (span is None and is_left_out) or path not in self.tree.spans:
                path = (*path, part)
        return path

    def _empty(self, path: Path) -> Finding:
        example = self._shapes.example(path)
        suggestion = example or "a value, or remove the key"
        if HIDDEN.intersection(path[:-1]) and not example:
            suggestion = '"" for an empty text, or remove the key'
        return Finding(path, "DS117", f"{named(path)} has no value", suggestion)

    def _odd(self, path: Path, span: SourceSpan | None, *, at_key: bool) -> Finding | None:
        """Return the finding for a text with characters that do not belong to it."""
        text = str(path[-1]) if at_key else span.text if span and span.kind == "text" else ""
        odd = odd_text(text)
        if odd is None:
            return None
        is_hidden = not at_key and (HIDDEN.intersection(path[:-1]) or is_secret_name(named(path)))
        name = "the key" if at_key else named(path)
        meant = "" if is_hidden else odd.meant
        suggestion = flow(meant) if meant else "the value itself"
        if not meant and not is_hidden and (example := self._shapes.example(path)):
            suggestion = f"the value itself, such as {example}"
        known = (meant,) if meant else ()
        return Finding(path, odd.code, f"{name} {odd.message}", suggestion, known, at_key=at_key)

    def _not_text(self, path: Path, span: SourceSpan | None) -> Finding:
        """Return the finding for a config var, or a similar value, that is not text."""
        message, suggestion = "a config var must be text", "the value in quotes"
        if path[-1] == "secure" and span and span.kind == "keys":
            first = next((each[-1] for each in self.tree.spans if each[:-1] == path), "NAME")
            message = "secure belongs below the name of a config var, not above it"
            return Finding(path, NOT_TEXT, message, f"{first}: {{ secure: ... }}", at_key=True)
        if span and span.kind in {"keys", "list"}:
            kind = "a mapping" if span.kind == "keys" else "a list"
            message += f", but is {kind}"
            suggestion = "one text, or a config var of its own for each entry"
            items = {at: each for at, each in self.tree.spans.items() if at[:-1] == path}
            if items and all(is_public(at, each) and each.text for at, each in items.items()):
                suggestion = json.dumps(",".join(each.text for each in items.values()))
        elif span and span.text and is_public(path, span):
            suggestion = f'"{span.text}"'
        return Finding(path, NOT_TEXT, message, suggestion)

    def _of_the_project(self, path: Path, error: ErrorDetails) -> Finding:
        """Return the finding for a validator or a bound in the project's own sections."""
        raised = error.get("ctx", {}).get("error")
        if isinstance(raised, RuleViolation):
            path = (*path, *raised.path)
            suggestion = raised.suggestion or self._shapes.example(path) or FITTING
            return Finding(path, RULE_OF_THE_PROJECT, raised.message or REFUSED, suggestion)
        if isinstance(raised, Exception):
            suggestion = self._shapes.example(path) or FITTING
            return Finding(path, RULE_OF_THE_PROJECT, text_of(raised) or REFUSED, suggestion)
        if "ctx" in error and (bound := BOUNDS.get(error["type"])):
            fitting = bound.format_map(
                {"expected": error["ctx"].get("expected_tags")} | error["ctx"]
            )
            return Finding(path, OUT_OF_BOUNDS, f"{named(path)} must be {fitting}", fitting)
        message = error["msg"].removeprefix("Input ")
        suggestion = self._shapes.example(path) or FITTING
        return Finding(path, OUT_OF_BOUNDS, f"{named(path)} {message}", suggestion)

    def _unknown_key(self, path: Path) -> Finding:
        *parents, key = path
        model = self._shapes.model(tuple(parents))
        known = keys_of(model)
        elsewhere = unknown_keys.Place(self.project, self.model, tuple(parents), str(key))
        if parents:
            message = f'{named(tuple(parents))} has no key "{shortened(str(key))}"'
            matches = near(str(key), known)
            suggestion = elsewhere.suggestion() if not matches else None
            if suggestion and elsewhere.is_section:
                message = f"the section {shortened(str(key))} is inside {named(tuple(parents))}"
            suggestion = suggestion or one_of(str(key), known)
            return Finding(path, "DS115", message, suggestion, matches, at_key=True)
        sections = tuple(f"{self.project}:{each}" for each in near(str(key), known))
        suggestion = elsewhere.suggestion() if not sections else None
        suggestion = suggestion or one_of(
            "", sections or [f"{self.project}:{each}" for each in known]
        )
        message = f'there is no section "{shortened(str(key))}"'
        return Finding(path, "DS114", message, suggestion, sections, at_key=True)


def named(path: Path) -> str:
    """Return how a message refers to the value at a path."""
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    return (
        f"an entry of {shortened(last)}" if path and isinstance(path[-1], int) else shortened(last)
    )
