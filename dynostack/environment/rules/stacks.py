"""Rules across the stacks of one project."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from dynostack.environment.diagnostics.finding import Finding, Path
from dynostack.environment.diagnostics.rule import LOCAL_STACK, RuleContext

Named = Iterator[tuple[Path, str]]


class UniqueName(NamedTuple):
    """A kind of name that only one stack may use."""

    kind: str
    code: str
    named: Callable[[Mapping[str, object]], Named]
    """Returns the names in the sections of a file, each with its path."""
    beside: str
    """What another stack may write instead."""


def _app(file: Mapping[str, object]) -> Named:
    yield from _texts(("app",), file.get("app"))


def _domains(file: Mapping[str, object]) -> Named:
    listed = file.get("domains")
    for index, name in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(name, str):
            yield ("domains", index), name.lower()


def _addons(file: Mapping[str, object]) -> Named:
    postgres = file.get("postgres")
    yield from _texts(("postgres",), postgres)
    yield from _texts(("memcached",), file.get("memcached"))
    databases = postgres.get("databases") if isinstance(postgres, Mapping) else None
    for path, addons in ((("postgres", "databases"), databases), (("addons",), file.get("addons"))):
        for key, addon in addons.items() if isinstance(addons, Mapping) else ():
            yield from _texts((*path, key), addon)


def _pipeline(file: Mapping[str, object]) -> Named:
    pipeline = file.get("pipeline")
    if isinstance(pipeline, Mapping) and pipeline.get("create") is True:
        yield from _texts(("pipeline",), pipeline)


def _texts(path: Path, keys: object) -> Named:
    name = keys.get("name") if isinstance(keys, Mapping) else None
    if isinstance(name, str):
        yield (*path, "name"), name


UNIQUE = (
    UniqueName("app", "DS301", _app, "a unique name, such as {name}-2"),
    UniqueName("domain", "DS325", _domains, "the domain in one of the two stacks"),
    UniqueName("add-on", "DS326", _addons, "a unique name, such as {name}-2"),
    UniqueName(
        "pipeline",
        "DS327",
        _pipeline,
        "id: with the pipeline's id in one of the two stacks, without create and name",
    ),
)
"""What is unique in all of Heroku."""


def names_of(file: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of everything in a file that is unique in all of Heroku."""
    for unique in UNIQUE:
        for _, name in unique.named(file):
            yield unique.kind, name


def used_by_one_stack(context: RuleContext) -> Iterator[Finding]:
    """Report names that several stacks use: Heroku has one app, domain or add-on of a name.

    The local stack may use any name: it is on the local Heroku, which the others never reach.
    """
    if context.stack == LOCAL_STACK:
        return
    for unique in UNIQUE:
        for path, name in unique.named(context.file):
            stacks = context.stacks.get((unique.kind, name), ())
            others = [stack for stack in stacks if stack not in (context.stack, LOCAL_STACK)]
            if others:
                message = f'{unique.kind} "{name}" also belongs to the stack {" and ".join(others)}'
                suggestion = unique.beside.replace("{name}", name)
                yield Finding(path, unique.code, message, suggestion, shared=name)


RULES = (used_by_one_stack,)
