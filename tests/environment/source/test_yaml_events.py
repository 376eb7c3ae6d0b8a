"""libyaml and PyYAML's own parser give the same tree, with the same places."""

from collections.abc import Callable, Iterator

import pytest
import yaml
from hypothesis import given

from dynostack.environment.source.yaml_composer import Composer, SecondDocument, TooDeep
from dynostack.environment.source.yaml_events import Event, fast_events, plain_events
from tests.check.case import CASES
from tests.check.test_mutations import ANY, budget

VALID = "config:\n  shop:account: ops@acme.example\n  shop:app: { name: acme-shop, team:, a: }\n"
TEXTS = [
    VALID,
    *(
        file.read_text("utf-8")
        for case in CASES
        if not case.name.startswith("file-")
        for file in sorted(case.glob("Pulumi.*.yaml"))
    ),
]
ONLY_LIBYAML_READS = "\t?\ufeff"
"""Characters that libyaml allows within plain texts; a file cannot have the last one."""


def outcome(text: str, events: Callable[[str], Iterator[Event]]) -> object:
    """Return the tree of a text, or why it has none."""
    try:
        tree = Composer(text, events(text)).tree()
    except SecondDocument as error:
        return error.place
    except yaml.YAMLError as error:
        return TooDeep if isinstance(error, TooDeep) else yaml.YAMLError
    return tree and (repr(tree.root), tree.spans, tree.oddities)


def same(text: str) -> None:
    """Compare both parsers, unless only one of them accepts the text."""
    fast, plain = outcome(text, fast_events), outcome(text, plain_events)
    if (fast is yaml.YAMLError) == (plain is yaml.YAMLError):
        assert fast == plain


def without(text: str) -> str:
    return "".join(each for each in text if each not in ONLY_LIBYAML_READS)


def test_libyaml_is_there() -> None:
    assert yaml.__with_libyaml__


@pytest.mark.parametrize("text", TEXTS)
def test_a_file_of_a_case(text: str) -> None:
    same(without(text))


@given(text=ANY)
@budget(usual=300, soak=20_000)
def test_a_generated_file(text: str) -> None:
    same(without(text.encode("utf-8", errors="replace").decode("utf-8")))
