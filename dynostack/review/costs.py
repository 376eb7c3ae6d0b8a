"""Costs before and after a change, from the prices in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dynostack.environment.catalogue import DYNO_SIZES, dyno_price, monthly_price
from dynostack.review import redaction, resource_types
from dynostack.review.model import CostLine, Costs, Operation
from dynostack.review.step import Step, Values
from heroku_catalogue.tables import table

_WRITTEN_SIZES = {answered: size for size, answered in DYNO_SIZES.items()}
ECO = "eco dynos of the account"


def costs(steps: Iterable[Step]) -> Costs:
    """Return the costs of every add-on and every process type."""
    lines = [line for step in steps if (line := _line(step))]
    return Costs(tuple(sorted(_flat_once(lines), key=lambda line: line.name)))


def _line(step: Step) -> CostLine | None:
    price = {resource_types.ADDON: _addon, resource_types.FORMATION: _dynos}.get(step.type)
    if price is None or step.operation is Operation.FORGET:
        return None
    old_plan, old = price(step.old)
    new_plan, new = price(step.new if step.operation else step.inputs)
    if old_plan is None and new_plan is None:
        return None
    flat = all(plan is None or plan.endswith(" eco") for plan in (old_plan, new_plan))
    name = ECO if flat else redaction.shown(resource_types.title(step).partition(" (")[0])
    return CostLine(name, old, new, old_plan, new_plan)


def _addon(values: Values | None) -> tuple[str | None, int | None]:
    if values is None:
        return None, 0
    plan = redaction.shown(values.get("plan", ""))
    return plan, monthly_price(*plan.partition(":")[::2])


def _dynos(values: Values | None) -> tuple[str | None, int | None]:
    if values is None:
        return None, 0
    answered, quantity = f"{values.get('size', '')}", values.get("quantity")
    size = _WRITTEN_SIZES.get(answered, answered.lower())
    if not isinstance(quantity, int | float):
        return f"? x {size}", None
    each = dyno_price(size)
    if each is not None and not table("dynos", "size")[size].get("flat"):
        each *= int(quantity)
    return f"{quantity:g} x {size}", each if quantity else 0


def _flat_once(lines: Iterable[CostLine]) -> Iterator[CostLine]:
    """Merge all eco dynos into one line, because they share one price."""
    eco = []
    for line in lines:
        if line.name == ECO:
            eco.append(line)
        else:
            yield line
    if eco:
        yield CostLine(
            ECO,
            _highest(each.old for each in eco),
            _highest(each.new for each in eco),
            "eco" if any(each.old_plan for each in eco) else None,
            "eco" if any(each.new_plan for each in eco) else None,
        )


def _highest(prices: Iterable[int | None]) -> int | None:
    known = list(prices)
    return None if None in known else max(each or 0 for each in known)
