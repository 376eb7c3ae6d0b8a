from __future__ import annotations

from dataclasses import replace

import pytest

from dynostack.review.markup import plain
from dynostack.review.model import CostLine, Costs, Operation, Review, Severity
from dynostack.review.render import labels
from tests.review.samples import FULL, change

EMPTY = Review("shop", "prod", "acme-shop", "Pulumi.prod.yaml", "3.258.0", "")


@pytest.mark.parametrize(
    ("cents", "said"),
    [(None, "price unknown"), (0, "$0"), (700, "$7"), (1_250, "$12.50"), (-4_500, "-$45"),
     (110_000_000, "$1,100,000")],
)  # fmt: skip
def test_money(cents: int | None, said: str) -> None:
    assert labels.money(cents) == said


def test_headlines() -> None:
    assert plain(labels.headline(EMPTY)) == "prod: nothing changes"
    assert plain(labels.headline(FULL)) == "prod: the preview failed, so nothing can be applied"
    stopped = replace(FULL, errors=())
    assert plain(labels.headline(stopped)).endswith(
        "; 1 finding stops the change, so nothing can be applied"
    )
    findings = tuple(each for each in FULL.findings if each.severity is not Severity.STOP)
    blocked = replace(stopped, findings=findings)
    assert plain(labels.headline(blocked)).endswith("; 1 finding needs an explicit yes")
    updated = replace(EMPTY, changes=(change(Operation.UPDATE), change(Operation.REPLACE)))
    assert plain(labels.headline(updated)) == "prod: 1 replaced, 1 updated"


def test_totals() -> None:
    same = Costs((CostLine("cache", 700, 700, "basic", "basic"),))
    assert labels.totals(same) == "$7 a month, as before"
    more = Costs((CostLine("cache", 0, 700, None, "basic"), CostLine("logs", None, None, "a", "b")))
    assert labels.totals(more) == "$0 → $7 a month (+$7)"
    assert labels.without_unknown(more) == "not counting 1 item with an unknown price"
