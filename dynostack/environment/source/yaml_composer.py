"""Composition of a tree of values from a YAML parser's events."""

import re
from collections.abc import Iterator

import yaml
from pydantic import SecretStr

from dynostack.environment.diagnostics.diagnostic import Position
from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.yaml_scalars import NotRepresentable, scalar
from dynostack.environment.diagnostics.yaml_tree import NO_KEY, SourceSpan, Tree
from dynostack.environment.section import shortened
from dynostack.environment.source.yaml_events import Event, Mark, fast_events, plain_events

MOST_LEVELS = 64
"""Maximum depth of nested keys and lists."""


def compose(text: str) -> Tree | None:
    """Return the tree of a text, or None if it has no document.

    Raises:
        yaml.YAMLError: if it is not YAML, has several documents, or is nested too deeply.
    """
    try:
        return Composer(text, fast_events(text)).tree()
    except (TooDeep, SecondDocument):
        raise
    except yaml.YAMLError:
        # PyYAML's own parser has the better places and messages, and decides if they disagree.
        return Composer(text, plain_events(text)).tree()


_CORE = "tag:yaml.org,2002:"
_ALLOWED_TAGS: dict[object, str] = {
    yaml.ScalarEvent: f"{_CORE}str",
    yaml.MappingStartEvent: f"{_CORE}map",
    yaml.SequenceStartEvent: f"{_CORE}seq",
}
_SCALAR = yaml.ScalarEvent
_COLON = re.compile(r"[ \t]*:")
_STARTS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_ALIAS, _TAGGED, _TEMPLATE = map(NotRepresentable, ("alias", "tagged", "template"))


class TooDeep(yaml.YAMLError):
    """Keys and lists are nested more than MOST_LEVELS levels deep."""


class SecondDocument(yaml.YAMLError):
    """Another document begins at the place."""

    def __init__(self, place: Position) -> None:
        super().__init__(place)
        self.place = place


class Composer:
    """Composes the tree of the one document in a stream of events."""

    def __init__(self, text: str, events: Iterator[Event]) -> None:
        self._text, self._events = text, events
        self._tree = Tree()
        self._levels = 0
        self._anchors: set[str] = set()
        self._reported: set[str] = set()

    def tree(self) -> Tree | None:
        """Return the tree of the document, or None if the stream has none.

        Raises:
            TooDeep: if it is nested too deeply.
            SecondDocument: if another document follows.
            yaml.YAMLError: if the events cannot be parsed.
        """
        next(self._events)
        if _kind(next(self._events)) is yaml.StreamEndEvent:
            return None
        self._tree.root = self._value((), None, next(self._events))
        next(self._events)
        again = next(self._events)
        if _kind(again) is not yaml.StreamEndEvent:
            mark = again.start_mark
            raise SecondDocument(Position(mark.line + 1, mark.column + 1, 3))
        return self._tree

    def _value(self, path: Path, key: Position | None, event: Event) -> object:
        kind: object = type(event)
        if kind is yaml.AliasEvent:
            return self._alias(path, key, event)
        if event.anchor:
            self._anchor(path, event)
        if event.tag not in (None, _ALLOWED_TAGS[kind]):
            return self._tagged(path, key, event)
        if kind is yaml.ScalarEvent:
            name, value = scalar(event.value, is_plain=event.implicit[0] and not event.style)
            self._tree.spans[path] = _span(key, event, name)
            return value
        self._levels += 1
        if self._levels > MOST_LEVELS:
            raise TooDeep
        compose = self._mapping if kind is yaml.MappingStartEvent else self._list
        value = compose(path, key, event)
        self._levels -= 1
        return value

    def _list(self, path: Path, key: Position | None, start: Event) -> list[object]:
        self._tree.spans[path] = _span(key, start, "list")
        values: list[object] = []
        while _kind(event := next(self._events)) is not yaml.SequenceEndEvent:
            values.append(self._value((*path, len(values)), None, event))
        return values

    def _mapping(self, path: Path, key: Position | None, start: Event) -> object:
        self._tree.spans[path] = _span(key, start, "keys")
        values: dict[str, object] = {}
        first: dict[str, int] = {}
        entries = 0
        for event in self._events:
            kind: object = type(event)
            if kind is yaml.MappingEndEvent:
                break
            entries += 1
            if kind is not _SCALAR or _is_merge(event):
                self._not_text(path, start, event)
            elif event.value in first:
                self._duplicate((*path, event.value), event, first[event.value])
            else:
                if event.anchor:
                    self._anchor((*path, event.value), event)
                place = _place(event)
                first[event.value] = place.line
                inner, value = (*path, event.value), next(self._events)
                values[event.value] = self._value(inner, place, value)
                if _kind(value) is _SCALAR and not value.value and _is_absent(value):
                    self._note_absent(inner, event.end_mark)
        if entries == 1 and "secure" in values:
            child = self._tree.spans[*path, "secure"]
            if child.kind not in {"keys", "list"}:
                return self._secret(path, event if start.flow_style else None, child)
        return values

    def _note_absent(self, path: Path, end: Mark) -> None:
        """Place an absent value after its key's colon: the parsers disagree where it is."""
        colon = _COLON.match(self._text, end.index)
        if colon is None:
            return  # in brackets, a key needs no colon
        place = Position(end.line + 1, end.column + 1 + colon.end() - end.index)
        span = self._tree.spans[path]
        self._tree.spans[path] = span._replace(value=place, until=place[:2])

    def _secret(self, path: Path, bracket: Event | None, child: SourceSpan) -> SecretStr:
        """Note that a mapping is an encrypted value, as `dynostack secret set` writes it.

        Args:
            path: the path of the mapping.
            bracket: the end of a mapping in brackets.
            child: the span of the ciphertext.
        """
        del self._tree.spans[*path, "secure"]
        until = child.until
        if bracket:
            until = (bracket.end_mark.line + 1, bracket.end_mark.column + 1)
        span = self._tree.spans[path]
        self._tree.spans[path] = span._replace(kind="secret", text=child.text, until=until)
        return SecretStr("")

    def _not_text(self, path: Path, start: Event, key: Event) -> None:
        """Report a merge key, or a key that is not text, and note its value."""
        place = _place(key)
        if _kind(key) is yaml.AliasEvent:
            place = place._replace(width=len(key.anchor) + 1)
        odd = Finding(
            (*path, NO_KEY),
            "DS110",
            "merge keys and keys that are not text are not allowed",
            "key: value",
            place=place,
        )
        if _kind(key) is yaml.ScalarEvent:
            message = "the merge key << is not supported"
            suggestion = "the keys themselves, each with its value"
            odd = Finding((*path, NO_KEY), "DS110", message, suggestion, place=place)
        elif _is_template(start, key):
            message = "{{ }} is a mapping in YAML; dynostack does not fill in templates"
            place = _place(start)._replace(width=2)
            odd = Finding(path, "DS110", message, "the value itself", place=place)
        self._report(odd)
        self._skip(key)
        value = next(self._events)
        if _kind(value) is yaml.AliasEvent:
            self._reported.add(f"*{value.anchor}")
        self._value((*path, NO_KEY, NO_KEY, place.line, place.column), place, value)

    def _duplicate(self, path: Path, key: Event, line: int) -> None:
        place = _place(key)
        message = f'key "{shortened(str(path[-1]))}" is a duplicate of the key on line {line}'
        suggestion = "only one of the two"
        self._report(Finding(path, "DS111", message, suggestion, at_key=True, place=place))
        self._value((*path, NO_KEY, place.line, place.column), place, next(self._events))

    def _alias(self, path: Path, key: Position | None, event: Event) -> NotRepresentable:
        message, suggestion = "YAML aliases are not allowed", "the value itself"
        if event.anchor not in self._anchors:
            message, suggestion = "* begins an alias in YAML", f'"*{event.anchor}"'
        place = _place(event)._replace(width=len(event.anchor) + 1)
        self._once(f"*{event.anchor}", Finding(path, "DS108", message, suggestion, place=place))
        self._tree.spans[path] = _span(key, event, "alias")._replace(value=place)
        return _ALIAS

    def _anchor(self, path: Path, event: Event) -> None:
        name = f"&{event.anchor}"
        self._anchors.add(event.anchor)
        message = "& begins an anchor in YAML, which is not allowed"
        suggestion = f"the value without {name}, or all of it in quotes"
        place = _place(event)._replace(width=len(name))
        self._once(name, Finding((*path, NO_KEY), "DS108", message, suggestion, place=place))

    def _tagged(self, path: Path, key: Position | None, event: Event) -> NotRepresentable:
        tag = event.tag or ""
        shown = f"!!{tag.removeprefix(_CORE)}" if tag.startswith(_CORE) else tag
        message, suggestion = f"the tag {shown} is not allowed", "the value without the tag"
        self._report(Finding(path, "DS110", message, suggestion, place=_place(event)))
        self._tree.spans[path] = _span(key, event, "tagged")
        end = self._skip(event).end_mark
        until = (end.line + 1, end.column + 1)
        self._tree.spans[path] = self._tree.spans[path]._replace(until=until)
        return _TAGGED

    def _skip(self, event: Event) -> Event:
        """Read the events of a value; return the last of them."""
        level = int(_kind(event) in _STARTS)
        while level:
            event = next(self._events)
            level += (_kind(event) in _STARTS) - (_kind(event) in _ENDS)
            if self._levels + level > MOST_LEVELS:
                raise TooDeep
        return event

    def _once(self, name: str, finding: Finding) -> None:
        """Report the first use of an anchor or alias."""
        if name not in self._reported:
            self._reported.add(name)
            self._report(finding)

    def _report(self, finding: Finding) -> None:
        self._tree.oddities.append(finding)


def _kind(event: Event) -> object:
    return type(event)


def _is_merge(event: Event) -> bool:
    """Return whether a key is YAML's merge key, `<<`."""
    return event.value == "<<" and not event.style


def _is_absent(scalar: Event) -> bool:
    """Return whether a scalar without a text has no quotes either."""
    return scalar.start_mark.index == scalar.end_mark.index


def _span(key: Position | None, event: Event, kind: str) -> SourceSpan:
    text, end = event.value if _kind(event) is _SCALAR else "", event.end_mark
    return SourceSpan(key, _place(event), kind, text, (end.line + 1, end.column + 1))


def _place(event: Event) -> Position:
    """Return the range of a value on its first line; an empty value is one character wide."""
    start = event.start_mark
    line, column, width = start.line, start.column, 1
    if _kind(event) is _SCALAR:
        end = event.end_mark
        if end.line == line:
            width = end.column - column or 1
    return Position(line + 1, column + 1, width)


def _is_template(outer: Event, inner: Event) -> bool:
    """Return whether two mappings begin with {{, the placeholder of many templates."""
    is_mapping = _kind(inner) is yaml.MappingStartEvent and inner.flow_style
    return is_mapping and inner.start_mark.index == outer.start_mark.index + 1
