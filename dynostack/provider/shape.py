"""Conversion of inputs to the outputs that a preview shows, and of outputs back to inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynostack.provider.check import DEFAULTS
from dynostack.provider.diff import normal
from dynostack.provider.fields import Field, Fields, Kind
from dynostack.provider.values import UNKNOWN, Plain, Properties

if TYPE_CHECKING:
    from collections.abc import Mapping


def planned(fields: Fields, state: Mapping[str, Plain] | None, inputs: Properties) -> Properties:
    """Return the outputs as far as they are known before anything is done.

    ``state`` is the current state, or None for a resource that does not exist yet.
    """
    return {key: _planned(field, key, state, inputs) for key, field in fields.items()}


def _planned(
    field: Field, key: str, state: Mapping[str, Plain] | None, inputs: Properties
) -> Plain:
    value = inputs.get(key)
    if value is None and field.computed:
        changes = field.follows and inputs.get(field.follows) != (state or {}).get(field.follows)
        return UNKNOWN if state is None or changes else state.get(key)
    if isinstance(value, dict) and field.fields:
        return planned(field.fields, state and state.get(key), value)
    return None if value is None else normal(field, value)


def refreshed(fields: Fields, inputs: Properties, state: Properties) -> Properties:
    """Return the inputs that give the state: the old inputs with their current values."""
    kept = {}
    for key, old in inputs.items():
        field = fields.get(key)
        if field is not None:
            value = old if field.unreadable else _refreshed(field, old, state.get(key))
            if value is not None:
                kept[key] = value
    if DEFAULTS in inputs:
        kept[DEFAULTS] = [key for key in inputs[DEFAULTS] if kept.get(key) == inputs.get(key)]
    return kept


def _refreshed(field: Field, old: Plain, now: Plain) -> Plain:
    if now is None or normal(field, old) == now:
        return None if now is None else old
    if field.fields and isinstance(old, dict):
        return refreshed(field.fields, old, now)
    if field.kind is Kind.MAP and isinstance(old, dict):
        return {key: now[key] for key in old if key in now}
    return now


def imported(fields: Fields, state: Properties) -> Properties:
    """Return the inputs of a resource that Pulumi did not create: all that are not defaults."""
    found: Properties = {DEFAULTS: []}
    for key, field in fields.items():
        value = state.get(key)
        if not field.given or value is None:
            continue
        if field.required or field.named or _says_something(field, value):
            found[key] = imported(field.fields, value) if field.fields else value
    return found


def _says_something(field: Field, value: Plain) -> bool:
    if field.default is not None:
        return bool(value != field.default)
    return value not in (False, 0, "", [], {})
