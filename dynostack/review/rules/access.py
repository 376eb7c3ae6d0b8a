"""Who may do what afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from config.rules.production import BILLED
from dynostack.review.access import WORDS
from dynostack.review.model import Severity
from dynostack.review.rules.rule import Said, Subject, rule

MANAGE = "manage"


@rule("DR201", Severity.BLOCK)
def access_widened(subject: Subject) -> Iterator[Said]:
    """Somebody gains the permission to change what is billed or who has access."""
    if subject.is_new:
        return
    for holder in subject.holders:
        gained = [each for each in BILLED if each in holder.new - holder.old]
        if gained:
            words = ", and ".join(WORDS[each] for each in gained)
            text = f"{holder.who} gains {' and '.join(gained)}: can {words}"
            yield Said(text, "view and deploy alone, where that is enough", place=holder.place)


@rule("DR202", Severity.BLOCK)
def last_manager_removed(subject: Subject) -> Iterator[Said]:
    """Nobody is left who manages the app, apart from the team's admins."""
    before = [each for each in subject.holders if MANAGE in each.old]
    if before and not any(MANAGE in each.new for each in subject.holders):
        names = ", ".join(each.who for each in before)
        text = f"{names} would be the last to lose manage: only the team's admins are left"
        place = before[0].place or subject.places.at("collaborators")
        yield Said(text, "give manage to somebody else first", place=place)
