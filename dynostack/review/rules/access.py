"""Rules about who may do what after the change."""

from __future__ import annotations

from collections.abc import Iterator

from dynostack.environment.rules.production import BILLED
from dynostack.review.access import WORDS
from dynostack.review.markup import Code, listed
from dynostack.review.model import Severity
from dynostack.review.rules.rule import ReviewContext, RuleResult, rule

MANAGE = "manage"


@rule("DR201", Severity.BLOCK)
def access_widened(review: ReviewContext) -> Iterator[RuleResult]:
    """Someone gains the permission to change what is billed or who has access."""
    if review.is_new:
        return
    for holder in review.holders:
        gained = [each for each in BILLED if each in holder.new - holder.old]
        if gained:
            words = ", and ".join(WORDS[each] for each in gained)
            text = (Code(holder.who), " gains ", *listed(gained, " and "), f" and can {words}")
            advice = ("grant only ", Code("view"), " and ", Code("deploy"), " if that is enough")
            yield RuleResult(text, advice, place=holder.place)


@rule("DR202", Severity.BLOCK)
def last_manager_removed(review: ReviewContext) -> Iterator[RuleResult]:
    """No collaborator can manage the app anymore; only the team's admins can."""
    before = [each for each in review.holders if MANAGE in each.old]
    if before and not any(MANAGE in each.new for each in review.holders):
        names = listed(each.who for each in before)
        losing = (" would lose ", Code(MANAGE), ", and no other collaborator has it")
        text = (*names, *losing, ": only the team's admins could manage the app")
        place = before[0].place or review.places.at("collaborators")
        advice = ("give ", Code(MANAGE), " to another collaborator first")
        yield RuleResult(text, advice, place=place)
