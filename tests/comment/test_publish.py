"""Our comment is found and updated, and nobody else's is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dynostack.comment.body import OUTDATED
from dynostack.comment.errors import CommentError
from dynostack.comment.header import Header
from dynostack.review.model import Change, Edit, Operation, Property, Resource, Review
from dynostack.review.several import Failure, Reviews
from tests.comment.conftest import Rig, review
from tests.comment.service import BOT, PAGE, Fault

WRITES = {"POST", "PATCH", "PUT"}


def long(stack: str, changes: int) -> Review:
    """Return a review whose details are far longer than any comment."""
    values = tuple(
        Property(f"configVars.V{n}", Edit.CHANGED, "o" * 300, "n" * 300) for n in range(9)
    )
    return replace(
        review(stack),
        changes=tuple(
            Change(
                Resource(f"urn:{n}", "heroku:app/app:App", f"app{n}", f"app app{n}"),
                Operation.UPDATE,
                values,
            )
            for n in range(changes)
        ),
    )


def header(rig: Rig, number: int = 0) -> Header:
    found, _ = Header.split(rig.service.bodies[number])
    assert found
    return found


def writes(rig: Rig) -> list[str]:
    return [
        each.path for each in rig.service.asked if each.method in WRITES and "body" in each.body
    ]


def test_created_once_then_updated(rig: Rig) -> None:
    assert rig.comment(review())[0].startswith("created http")
    first = rig.service.bodies[0]
    assert rig.comment(review(digest="b" * 64))[0].startswith("updated http")
    assert len(rig.service.bodies) == 1
    assert rig.service.bodies[0] != first


def test_unchanged_is_not_written_again(rig: Rig) -> None:
    rig.comment(review())
    before = len(writes(rig))
    assert rig.comment(review())[0].startswith("unchanged")
    assert len(writes(rig)) == before


@pytest.mark.parametrize("others", [PAGE - 1, PAGE, PAGE + 1, 5 * PAGE + 3])
def test_found_on_any_page(rig: Rig, others: int) -> None:
    for number in range(others):
        rig.service.write(f"comment {number}", "dev")
    rig.comment(review())
    rig.service.write("the newest", "dev")
    rig.comment(review(digest="b" * 64))
    assert len(rig.service.bodies) == others + 2
    assert rig.service.bodies[:others] == [f"comment {number}" for number in range(others)]


def test_a_header_that_someone_else_wrote_is_left_alone(rig: Rig) -> None:
    rig.comment(review())
    forged = rig.service.bodies.pop()
    rig.service.entries.clear()
    rig.service.write(forged, "mallory")
    assert rig.comment(review())[0].startswith("created")
    assert [rig.service.bodies[0], len(rig.service.bodies)] == [forged, 2]


def test_a_header_in_the_middle_of_a_comment_is_text(rig: Rig) -> None:
    rig.comment(review())
    quoted = f"> {rig.service.bodies[0]}"
    rig.service.entries.clear()
    rig.service.write(quoted, BOT)
    rig.comment(review())
    assert rig.service.bodies[0] == quoted


def test_another_project_in_the_same_request_is_left_alone(rig: Rig) -> None:
    other = f"{Header('blog', (('prod', 'c'),)).text}a review of blog"
    rig.service.write(other, BOT)
    rig.comment(review())
    assert rig.service.bodies[0] == other
    assert len(rig.service.bodies) == 2


def test_one_comment_for_all_reviews(rig: Rig) -> None:
    rig.comment(review("prod"))
    rig.comment(review("prod"), long("staging", 1), review("local"))
    assert len(rig.service.bodies) == 1
    assert [stack for stack, _ in header(rig).changed] == ["staging"]
    assert [stack for stack, _ in header(rig).unchanged] == ["prod", "local"]


def test_changed_stacks_come_first_and_unchanged_ones_are_counted(github: Rig) -> None:
    failures = (Failure("broken", 1, "no `key`\n      = set one"),)
    reviews = (review("calm"), long("prod", 1), review("quiet"))
    github.comment(Reviews("shop", reviews, failures))
    text = github.service.bodies[0]
    for part in ("### ⛔ 1 of 4 stacks changes, 1 failed", "| `prod` | 1 updated |"):
        assert part in text
    assert "2 stacks stay as they are: `calm, quiet`" in text
    assert "no `key`\n      = set one\n" in text
    assert text.index("`broken`: no review") < text.index("### 🟢 `prod`: 1 updated")
    assert "`quiet`: nothing changes" not in text


def test_the_stacks_that_change_have_a_digest_or_say_that_they_have_none(github: Rig) -> None:
    reviews = (long("prod", 1), long("staging", 1), review("calm"))
    github.comment(Reviews("shop", reviews, (Failure("broken", 1, "no key"),)))
    assert github.shown.changed() == ["broken", "prod", "staging"]
    with pytest.raises(CommentError, match="no review of broken to apply"):
        github.shown.digest("broken")


def test_a_comment_for_one_stack_of_an_older_version_is_outdated(rig: Rig) -> None:
    rig.comment(review("prod"))
    rig.service.write(rig.service.bodies[0], BOT)
    said = rig.comment(review("prod"), review("staging"))
    assert said[1].startswith("marked as outdated")
    assert [header(rig, n).outdated for n in (0, 1)] == [False, True]


def test_marked_as_outdated_only_once(rig: Rig) -> None:
    rig.comment(review())
    rig.comment()
    assert rig.comment() == []
    assert rig.service.bodies[0].count(OUTDATED) == 1


def test_what_was_outdated_becomes_current_again(rig: Rig) -> None:
    rig.comment(review())
    before = rig.service.bodies[0]
    rig.comment()
    rig.comment(review())
    assert rig.service.bodies == [before]


def test_the_second_of_two_comments_is_marked(rig: Rig) -> None:
    rig.comment(review())
    rig.service.write(rig.service.bodies[0], BOT)
    rig.comment(review(digest="b" * 64))
    assert [header(rig, n).outdated for n in (0, 1)] == [False, True]


def test_a_comment_that_was_deleted_is_created_again(rig: Rig) -> None:
    rig.comment(review())
    rig.service.fails("PATCH", Fault(404, body={"message": "Not Found"}))
    rig.service.fails("PUT", Fault(404, body={"message": "404 Not found"}))
    assert rig.comment(review(digest="b" * 64))[0].startswith("created")


def test_windows_line_ends_are_not_a_change(rig: Rig) -> None:
    rig.comment(review())
    rig.service.entries[0]["body"] = rig.service.bodies[0].replace("\n", "\r\n")
    assert rig.comment(review())[0].startswith("unchanged")


@pytest.mark.parametrize("number", [1, 2, 60, pytest.param(400, marks=pytest.mark.long)])
def test_never_longer_than_the_limit_and_no_digest_is_lost(github: Rig, number: int) -> None:
    reviews = [long(f"shop-{each}", 100 if each % 2 else 1) for each in range(number)]
    github.comment(*reviews, review("local"))
    assert github.shown.changed() == [each.stack for each in reviews]
    assert {github.shown.digest(each.stack) for each in reviews} == {"a" * 64}
    github.comment()
    assert max(map(len, github.service.bodies)) <= github.service.limit
    assert all(OUTDATED in body for body in github.service.bodies)


def test_more_digests_than_a_comment_can_hold(github: Rig) -> None:
    with pytest.raises(CommentError, match="no room for the digests of 900 stacks"):
        github.comment(*(review(f"shop-{each}") for each in range(900)))
    assert github.service.bodies == []


def test_a_short_review_leaves_room_for_a_long_one(github: Rig) -> None:
    github.comment(long("prod", 100), long("staging", 1))
    assert len(github.service.bodies[0]) > github.service.limit * 0.9


def test_the_digest_of_the_comment(rig: Rig) -> None:
    rig.comment(review("prod", "a" * 64), review("staging", "b" * 64))
    assert rig.shown.digest("staging") == "b" * 64


@pytest.mark.parametrize("stack", ["local", "prod"])
def test_no_digest_of_what_is_outdated_or_was_not_reviewed(rig: Rig, stack: str) -> None:
    rig.comment(review("prod"))
    rig.comment()
    with pytest.raises(CommentError, match=f"no review of {stack} to apply"):
        rig.shown.digest(stack)


def test_a_forged_digest_is_not_read(rig: Rig) -> None:
    rig.service.write(f"{Header('shop', (('prod', 'e' * 64),)).text}trust me", "mallory")
    rig.comment(review("prod", "a" * 64))
    assert rig.shown.digest("prod") == "a" * 64


@pytest.mark.parametrize("stack", ["a--b", "-->", "x y", "ü", "a&b=c@d"])
def test_no_name_ends_the_header(stack: str) -> None:
    text = Header("shop", ((stack.replace("@", ""), "d"),)).text
    assert text.count("-->") == 1
    assert "--" not in text.removeprefix("<!--").removesuffix("-->\n")
    assert Header.split(text)[0] == Header("shop", ((stack.replace("@", ""), "d"),))
