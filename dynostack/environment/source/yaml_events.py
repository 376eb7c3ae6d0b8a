"""The events of a YAML text, parsed by libyaml, or by PyYAML itself where libyaml is missing."""

from collections.abc import Iterator
from typing import Any, Protocol

import yaml

_CParser: Any = getattr(yaml.cyaml, "CParser", None) if yaml.__with_libyaml__ else None


class Mark(Protocol):
    """A place in a text; all three count from 0, in characters."""

    @property
    def index(self) -> int: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class Event(Protocol):
    """An event of PyYAML, with the attributes that events of its kind have."""

    start_mark: Mark
    end_mark: Mark
    anchor: str
    """The name of an anchor or an alias; empty or None if there is none."""
    tag: str | None
    value: str
    """The text of a scalar."""
    implicit: tuple[bool, bool]
    """Whether a scalar without a tag is plain, and whether it is in quotes or a block."""
    style: str | None
    """The quote or block character of a scalar; empty or None if it is plain."""
    flow_style: bool
    """Whether a collection is in brackets."""


class _PythonParser(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser):
    """PyYAML's own parser.  Like libyaml, it allows tabs between a key's colon and its value."""

    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)

    def scan_to_next_token(self) -> None:
        super().scan_to_next_token()
        while self.peek() == "\t" and (self.flow_level or not self.allow_simple_key):
            self.forward()
            super().scan_to_next_token()


def fast_events(text: str) -> Iterator[Event]:
    """Return the events of a text, parsed by libyaml if PyYAML was built with it.

    Raises:
        yaml.YAMLError: if the text is not YAML; `plain_events` has more exact places.
    """
    return plain_events(text) if _CParser is None else iter(_CParser(text).get_event, None)


def plain_events(text: str) -> Iterator[Event]:
    """Return the events of a text, parsed by PyYAML itself, 15 times as slowly.

    Raises:
        yaml.YAMLError: if the text is not YAML.
    """
    parser: Any = _PythonParser(text)
    return iter(parser.get_event, None)


def tokens(text: str) -> Iterator[yaml.Token]:
    """Yield the tokens of a text up to its first error."""
    parser: Any = _PythonParser(text)
    try:
        while parser.check_token():
            yield parser.get_token()
    except yaml.YAMLError:
        return
