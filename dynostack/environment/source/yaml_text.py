"""Values as a suggestion writes them: YAML on one line."""

import re
from collections.abc import Mapping

from dynostack.environment.diagnostics.yaml_scalars import scalar

_PLAIN = re.compile(r"[A-Za-z0-9_./*+-][\w./@*+ -]*|[\w+]+://[\w./:@-]*", re.ASCII)
"""Texts that need no quotes, if they are not read as another type."""


def flow(value: object) -> str:
    """Return a value as YAML, such as `{ size: basic, quantity: 1 }`."""
    if isinstance(value, Mapping):
        entries = ", ".join(f"{flow(key)}: {flow(each)}" for key, each in value.items())
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    is_text = scalar(value, is_plain=True)[0] == "text"
    if _PLAIN.fullmatch(value) and value[0] not in "*-" and is_text:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
