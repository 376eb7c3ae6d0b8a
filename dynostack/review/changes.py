"""Turns steps into changes that are safe to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dynostack.review import redaction, resource_types
from dynostack.review.model import Change, Edit, Operation, Property, Resource
from dynostack.review.preview_parser import SECRET
from dynostack.review.source_locations import SourceLocations, parts
from dynostack.review.step import Step, Values

EDITS = {"add": Edit.ADDED, "delete": Edit.REMOVED, "update": Edit.CHANGED}


@dataclass(frozen=True)
class ChangeBuilder:
    """Builds changes from steps, for one environment's file."""

    places: SourceLocations
    needs: Mapping[str, tuple[str, ...]]
    """URN -> the URNs of the resources that it depends on."""

    def resource(self, step: Step) -> Resource:
        """Return the resource of a step."""
        return Resource(
            step.urn,
            step.type,
            step.name,
            redaction.addresses_masked(resource_types.title(step)),
            step.parent,
            self.needs.get(step.urn, ()),
        )

    def change(self, step: Step, operation: Operation) -> Change:
        """Return the change that a step makes to its resource."""
        gone = operation in (Operation.DESTROY, Operation.REPLACE)
        return Change(
            self.resource(step),
            operation,
            tuple(self._properties(step)),
            resource_types.kind(step).lost if gone else (),
            step.protected,
            self.places.of_step(step),
        )

    def _properties(self, step: Step) -> Iterator[Property]:
        for path, edit in _edits(step):
            yield self._property(step, path, edit)

    def _property(self, step: Step, path: str, edit: Edit) -> Property:
        if path == resource_types.CHECKSUM and step.type == resource_types.BUILD:
            # It is only an output, which no step shows: it tells that files have changed.
            place = self.places.of_step(step, "source")
            replaces = _forces(step, path)
            return Property(
                "source", edit, "its files before", "other files", replaces=replaces, place=place
            )
        old = _shown(step, path, step.old) if edit is not Edit.ADDED else None
        new = _shown(step, path, step.new) if edit is not Edit.REMOVED else None
        return Property(
            path,
            edit,
            old,
            new,
            masked=not redaction.is_shown(step, path) or redaction.MASK in (old, new),
            replaces=_forces(step, path),
            place=self.places.of_step(step, path),
        )


def _edits(step: Step) -> Iterator[tuple[str, Edit]]:
    """Yield the properties that change, with each entry of an object on its own."""
    whole = step.operation in (Operation.CREATE, Operation.IMPORT)
    differences = dict.fromkeys(step.inputs, "add") if whole else step.differences
    if step.operation is Operation.REPLACE and not differences:
        differences = dict.fromkeys(step.forced_by or _compared(step), "update")
    seen: dict[str, Edit] = {}
    for path, difference in differences.items():
        if parts(path)[0] in resource_types.IDENTITIES and difference == "add":
            continue
        for each, edit in _parts(step, path, EDITS[difference.removesuffix("-replace")]):
            seen.setdefault(each, edit)
    yield from sorted(seen.items())


def _compared(step: Step) -> Iterator[str]:
    """Yield the properties that differ when the program forces a replacement.

    The engine names no property in that case.
    """
    old, new = step.old or {}, step.new or {}
    keys = [key for key in {**old, **new} if key not in resource_types.IDENTITIES]
    yield from (key for key in keys if old.get(key) != new.get(key))


def _parts(step: Step, path: str, edit: Edit) -> Iterator[tuple[str, Edit]]:
    old, new = value(step.old, path), value(step.new, path)
    if not isinstance(old, dict) and not isinstance(new, dict):
        yield path, edit
        return
    before = old if isinstance(old, dict) else {}
    after = new if isinstance(new, dict) else {}
    for key in {**before, **after}:
        if before.get(key) != after.get(key):
            edit = Edit.CHANGED if key in before and key in after else Edit.ADDED
            yield f"{path}.{key}", edit if key in after else Edit.REMOVED


def _forces(step: Step, path: str) -> bool:
    if step.operation is not Operation.REPLACE:
        return False
    first = str(parts(path)[0])
    return first in step.forced_by or any(
        kind.endswith("-replace") and (path == each or path.startswith((f"{each}.", f"{each}[")))
        for each, kind in step.differences.items()
    )


def value(values: Values | None, path: str) -> object:
    """Return the value at a Pulumi property path, or None."""
    found: object = values
    for part in parts(path):
        if isinstance(found, Mapping):
            found = found.get(str(part))
        elif isinstance(found, list) and isinstance(part, int) and part < len(found):
            found = found[part]
        else:
            return SECRET if found == SECRET else None
    return found


def _shown(step: Step, path: str, values: Values | None) -> str:
    found = value(values, path)
    if found is None:
        return "(none)"
    if not redaction.is_shown(step, path):
        return redaction.MASK
    if step.type == resource_types.DRAIN:
        return redaction.host_only(found)
    return redaction.shown(found)
