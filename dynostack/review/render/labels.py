"""Labels and sentences that every rendering shares."""

from __future__ import annotations

from dynostack.environment import catalogue
from dynostack.environment.command_line import stack_command
from dynostack.review.markup import Code, Markup, joined
from dynostack.review.model import (
    UNKNOWN_PERSON,
    Addition,
    CostLine,
    Costs,
    Finding,
    Operation,
    Property,
    Review,
    Severity,
    Verdict,
)

SIGNS = {
    Operation.CREATE: "+",
    Operation.IMPORT: "<",
    Operation.UPDATE: "~",
    Operation.REPLACE: "±",
    Operation.DESTROY: "-",
    Operation.FORGET: "x",
}
DONE = {
    Operation.DESTROY: "destroyed",
    Operation.REPLACE: "replaced",
    Operation.FORGET: "forgotten",
    Operation.CREATE: "created",
    Operation.IMPORT: "imported",
    Operation.UPDATE: "updated",
}
"""Operation -> its word, in the order in which they are counted, most severe first."""

NOT_THERE = "-"

WEIGHT = {
    Severity.STOP: "cannot be applied",
    Severity.BLOCK: "needs a yes",
    Severity.WARN: "warning",
    Severity.NOTE: "note",
}
INCOMPLETE = "the preview stopped early, so costs, access and restarts are unknown"


def headline(review: Review) -> Markup:
    """Return the verdict in one line."""
    stack = Code(review.stack) if review.stack else "the stack"
    return (stack, f": {_verdict(review)}")


def _verdict(review: Review) -> str:
    match review.verdict:
        case Verdict.FAILED:
            return "the preview failed, so nothing can be applied"
        case Verdict.NOTHING:
            return "nothing changes"
        case Verdict.STOPPED:
            number = len(review.stopping)
            stop = "1 finding stops" if number == 1 else f"{number} findings stop"
            changes = f"{counts(review)}; " if review.complete else ""
            return f"{changes}{stop} the change, so nothing can be applied"
        case Verdict.BLOCKED:
            number = len(review.blocking)
            needs = "1 finding needs" if number == 1 else f"{number} findings need"
            return f"{counts(review)}; {needs} an explicit yes"
        case _:
            return counts(review)


def counts(review: Review) -> str:
    """Return how many resources each operation affects, such as `1 replaced, 2 updated`."""
    parts = [(review.count(operation), word) for operation, word in DONE.items()]
    parts.append((len(review.drift), "changed outside Pulumi"))
    parts.append((len(review.interrupted), "interrupted"))
    return ", ".join(f"{number} {word}" for number, word in parts if number) or "nothing changes"


def money(cents: int | None) -> str:
    """Return a monthly price in dollars, or `price unknown`."""
    if cents is None:
        return "price unknown"
    return f"{'-' if cents < 0 else ''}{catalogue.dollars(abs(cents))}"


def difference(old: int | None, new: int | None) -> str:
    """Return the change of a price, such as `+$25`; empty if it is the same or unknown."""
    if old is None or new is None or old == new:
        return ""
    return f"{'+' if new > old else ''}{money(new - old)}"


def totals(costs: Costs) -> str:
    """Return the totals before and after, such as `$57 → $82 a month (+$25)`."""
    more = difference(costs.old, costs.new)
    line = f"{money(costs.old)} → {money(costs.new)} a month ({more})" if more else ""
    return line or f"{money(costs.new)} a month, as before"


def without_unknown(costs: Costs) -> str:
    """Return how many items the totals leave out; empty if every price is known."""
    number = len(costs.unknown)
    if not number:
        return ""
    return f"not counting {number} {'item' if number == 1 else 'items'} with an unknown price"


def dearest_first(costs: Costs) -> list[CostLine]:
    """Return the items that change, those with the greatest difference first."""
    return sorted(costs.changed, key=lambda line: -abs((line.new or 0) - (line.old or 0)))


def paid(line: CostLine) -> tuple[str, str]:
    """Return what an item costs before and after, with a dash where it does not exist."""
    before = money(line.old) if line.old_plan is not None else NOT_THERE
    after = money(line.new) if line.new_plan is not None else NOT_THERE
    return before, after


def plans(line: CostLine) -> str:
    """Return the plans of an item, such as `standard-0 → standard-2`."""
    named = [plan for plan in (line.old_plan, line.new_plan) if plan is not None]
    return " → ".join(dict.fromkeys(named))


def sides(change: Property) -> tuple[str | None, str | None]:
    """Return the old and the new value to show; a masked value that changed is marked."""
    if change.masked and change.old is not None and change.new is not None:
        return change.old, f"{change.new} (changed)"
    return change.old, change.new


def consents(review: Review) -> tuple[str, ...]:
    """Return the options of `dynostack apply` that give the explicit yes, without duplicates."""
    return tuple(dict.fromkeys(each.consent for each in review.blocking if each.consent))


def yes(review: Review, finding: Finding) -> Markup:
    """Return how to give the explicit yes to a finding; empty if the finding needs none."""
    if finding.severity is not Severity.BLOCK:
        return ()
    if review.stopping:
        return ("you cannot say yes while another finding stops the change",)
    if not review.digest:
        review_it = Code(stack_command("dynostack review", review.stack))
        return ("to say yes, apply the digest that ", review_it, " shows")
    if finding.consent:
        return ("to say yes, apply with ", Code(finding.consent))
    return ("to say yes, apply this digest",)


def apply_command(review: Review) -> str:
    """Return the command that applies a review."""
    options = ("--reviewed", review.digest)
    return stack_command("dynostack apply", review.stack, options=options)


def of_the_rest(review: Review) -> str:
    """Return the heading of the changes that neither destroy nor replace a resource."""
    return "Other changes" if review.destructive else "Changes"


ADDITIONS = "On Heroku, not in the file"


def addition(added: Addition) -> Markup:
    """Return an addition as a sentence with when and by whom."""
    since: Markup = (" since ", Code(added.since)) if added.since else ()
    by: Markup = (" by ", Code(added.by)) if added.by != UNKNOWN_PERSON else ()
    return (*added.text, *since, *by)


def beside_additions(review: Review) -> list[Markup]:
    """Return what to know about the additions: how to go on, what is not shown, and why."""
    lines: list[Markup] = []
    if review.additions:
        undo = Code(stack_command("dynostack drift revert", review.stack))
        keep = Code(stack_command("dynostack drift accept", review.stack))
        lines.append(("an apply does not change this; to keep it: ", keep, "; to undo it: ", undo))
    if review.elsewhere:
        lines.append((f"managed elsewhere, as the file says: {review.elsewhere}",))
    if review.unread:
        parts = joined(((Code(each),) for each in review.unread), ", ")
        lines.append(("the API key has no access to: ", *parts))
    return lines


def unchanged(review: Review) -> str:
    """Return how many resources stay as they are; empty if that is unknown."""
    number = review.unchanged_count if review.complete else 0
    if not number:
        return ""
    return "1 resource stays as it is" if number == 1 else f"{number} resources stay as they are"
