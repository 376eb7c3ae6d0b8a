"""Edits of one value in a YAML text that preserve everything else: comments, order and style."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

Keys = Sequence[str]
NUMBER = re.compile(r"[0-9.]+")
"""A text that is written in double quotes, such as a version."""

BLOCK_HEADER = re.compile(r"[|>][-+0-9]*(?P<comment>[ \t]+#[^\r\n]*)?")
"""The first line of a text over several lines, and the comment on it."""


class NotChangeable(Exception):
    """The value cannot be changed without changing something else, such as an anchor's other uses.

    The message says what to write by hand.
    """


def with_value(text: str, keys: Keys, value: object) -> str:
    """Return the text with a value at a path of keys, which need not exist.

    Args:
        text: a YAML document whose root is a mapping.
        keys: the keys from the root to the value.
        value: a string, a number, a boolean, or a list or mapping of them.

    Raises:
        NotChangeable: the change would affect other values.
    """
    expected = _loaded(text)
    parent = expected
    for key in keys[:-1]:
        if not isinstance(parent.get(key), dict):
            parent[key] = {}
        parent = parent[key]
    if keys[-1] in parent and parent[keys[-1]] == value:
        return text
    parent[keys[-1]] = value
    return _checked(_set(text, keys, value), expected, keys, value)


def without_key(text: str, keys: Keys) -> str:
    """Return the text without a key, its value, and the mappings that become empty.

    Raises:
        NotChangeable: the change would affect other values.
    """
    expected = _loaded(text)
    path: list[Any] = [expected]
    for key in keys[:-1]:
        path.append(path[-1][key])
    del path[-1][keys[-1]]
    depth = len(keys)
    while depth > 1 and not path[depth - 1]:
        depth -= 1
        del path[depth - 1][keys[depth - 1]]
    return _checked(_removed(text, keys[:depth]), expected, keys, None)


def with_entry(text: str, keys: Keys, entry: object) -> str:
    """Return the text with an entry at the end of a list, which need not exist.

    Raises:
        NotChangeable: the change would affect other values.
    """
    expected = _loaded(text)
    entries = _entries(expected, keys)
    node = _node(text, keys)
    if not entries or not isinstance(node, yaml.SequenceNode):
        return with_value(text, keys, [entry])
    entries.append(entry)
    end = _end(node.value[-1])
    if node.flow_style:
        changed = f"{text[:end]}, {_flow(entry)}{text[end:]}"
    else:
        line_end = text.find("\n", end)
        at = len(text) if line_end < 0 else line_end + 1
        start = "" if text[:at].endswith("\n") else _line_end(text)
        line = f"{' ' * node.start_mark.column}- {_flow(entry)}{_line_end(text)}"
        changed = f"{text[:at]}{start}{line}{text[at:]}"
    return _checked(changed, expected, keys, entry)


def with_other_entry(text: str, keys: Keys, index: int, entry: object) -> str:
    """Return the text with another entry in place of one of a list.

    Raises:
        NotChangeable: the change would affect other values.
    """
    expected = _loaded(text)
    _entries(expected, keys)[index] = entry
    node = _node(text, keys)
    if not isinstance(node, yaml.SequenceNode):
        raise NotChangeable(
            f"the file cannot be edited automatically: write {_flow(entry)} by hand"
        )
    old = node.value[index]
    changed = text[: old.start_mark.index] + _flow(entry) + text[_end(old) :]
    return _checked(changed, expected, keys, entry)


def without_entry(text: str, keys: Keys, index: int) -> str:
    """Return the text without an entry of a list, and without a list that becomes empty.

    Raises:
        NotChangeable: the change would affect other values.
    """
    expected = _loaded(text)
    entries = _entries(expected, keys)
    del entries[index]
    node = _node(text, keys)
    if not entries or not isinstance(node, yaml.SequenceNode):
        return without_key(text, keys)
    start, end = node.value[index].start_mark.index, _end(node.value[index])
    if not node.flow_style:
        start = text.rfind("\n", 0, start) + 1
        line_end = text.find("\n", end)
        end = len(text) if line_end < 0 else line_end + 1
    elif index + 1 < len(node.value):
        end = node.value[index + 1].start_mark.index
    else:
        start = _end(node.value[index - 1])
    return _checked(text[:start] + text[end:], expected, keys, None)


def _entries(document: dict[str, Any], keys: Keys) -> list[Any]:
    """Return the list at a path of keys; empty if there is none."""
    value: Any = document
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def _node(text: str, keys: Keys) -> yaml.Node | None:
    """Return the node at a path of keys; None if there is none."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in keys:
        node = (_entry(node, key) or (None, None))[1]
    return node


def _loaded(text: str) -> dict[str, Any]:
    """Return the data of a text, in which no two places are the same object."""
    loaded: dict[str, Any] = _unshared(yaml.safe_load(text) or {})
    return loaded


def _unshared(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unshared(each) for key, each in value.items()}
    return [_unshared(each) for each in value] if isinstance(value, list) else value


def _checked(text: str, expected: object, keys: Keys, value: object) -> str:
    try:
        changed = yaml.safe_load(text)
    except yaml.YAMLError:
        changed = None
    if changed != expected:
        place = " > ".join(keys)
        what = f"remove {place}" if value is None else f"write {_flow(value)} at {place}"
        raise NotChangeable(f"the file cannot be edited automatically: {what} by hand")
    return text


def _set(text: str, keys: Keys, value: object) -> str:
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    for depth, key in enumerate(keys):
        entry = _entry(node, key)
        if entry is None:
            return _inserted(text, node, key, _nested(keys[depth + 1 :], value))
        if isinstance(entry[1], yaml.MappingNode) and depth + 1 < len(keys):
            node = entry[1]
        else:
            return _replaced(text, *entry, _nested(keys[depth + 1 :], value))
    return text


def _nested(keys: Keys, value: object) -> object:
    for key in reversed(keys):
        value = {key: value}
    return value


def _entry(node: yaml.Node | None, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    entries = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((each for each in entries if each[0].value == key), None)


def _replaced(text: str, key: yaml.Node, old: yaml.Node, value: object) -> str:
    start, end = old.start_mark.index, _end(old)
    # A key without a value has an empty node right after its colon.
    space = "" if start > key.end_mark.index + 1 else " "
    comment = ""
    if isinstance(old, yaml.ScalarNode) and (header := BLOCK_HEADER.match(text, start)):
        comment = header["comment"] or ""
        # The end mark of a text over several lines is after the line breaks and the indentation.
        end = start + len(text[start:end].rstrip())
    return text[:start] + space + _flow(value) + comment + text[end:]


def _inserted(text: str, node: yaml.Node | None, key: str, value: object) -> str:
    entry = f"{_flow(key)}: {_flow(value)}"
    if not isinstance(node, yaml.MappingNode) or not node.value:
        if isinstance(node, yaml.MappingNode):
            return text[: node.start_mark.index] + f"{{{entry}}}" + text[node.end_mark.index :]
        return f"{text}{entry}\n"
    end = _end(node.value[-1][1])
    if node.flow_style:
        return f"{text[:end]}, {entry}{text[end:]}"
    line_end = text.find("\n", end)
    if text[end - 1] == "\n" or line_end < 0:
        before, after = text[:end], text[end:]
        before = before if before.endswith("\n") else f"{before}\n"
    else:
        before, after = text[: line_end + 1], text[line_end + 1 :]
    indent = " " * node.value[0][0].start_mark.column
    return f"{before}{_block(indent, key, value, _line_end(text))}{after}"


def _block(indent: str, key: str, value: object, line_end: str) -> str:
    """Return the lines of an entry in block style; a mapping of mappings has a line for each."""
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        return f"{indent}{_flow(key)}: {_flow(value)}{line_end}"
    entries = (_block(f"{indent}  ", name, each, line_end) for name, each in value.items())
    return f"{indent}{_flow(key)}:{line_end}{''.join(entries)}"


def _removed(text: str, keys: Keys) -> str:
    parent = yaml.compose(text, Loader=yaml.SafeLoader)
    for key in keys[:-1]:
        parent = (_entry(parent, key) or (None, None))[1]
    entry = _entry(parent, keys[-1])
    if entry is None or not isinstance(parent, yaml.MappingNode):
        return text
    name, value = entry
    start, end = name.start_mark.index, _end(value)
    if parent.flow_style:
        if entry is not parent.value[-1]:
            end = parent.value[parent.value.index(entry) + 1][0].start_mark.index
        elif len(parent.value) > 1:
            start = _end(parent.value[-2][1])
        return text[:start] + text[end:]
    start = text.rfind("\n", 0, start) + 1
    if text[end - 1] != "\n":
        line_end = text.find("\n", end)
        end = line_end + 1 if line_end >= 0 else len(text)
    return text[:start] + text[end:]


def _end(node: yaml.Node) -> int:
    """Return where a node's own text ends; the end mark of a block is after the comments below."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _flow(value: object) -> str:
    """Return a value on one line, quoted where YAML 1.1 needs it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return f'"{value}"'
    dumped = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), allow_unicode=True)
    return dumped.removesuffix("\n").removesuffix("\n...")
