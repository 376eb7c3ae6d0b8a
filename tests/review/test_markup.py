from __future__ import annotations

from dynostack.review.markup import Code, Markup, Quote, joined, listed, mapped, plain

ADVICE: Markup = ("take a backup: ", Code("heroku pg:backups:capture"), ", ", Quote("he said"))


def test_plain_text_has_commands_as_a_person_copies_them() -> None:
    assert plain(ADVICE) == "take a backup: heroku pg:backups:capture, he said"


def test_names_are_listed_as_code() -> None:
    assert listed(["a", "b"], " or ") == (Code("a"), " or ", Code("b"))
    assert listed([]) == ()


def test_texts_are_joined() -> None:
    assert joined([ADVICE[:2], (), ("b",)], "; ") == (*ADVICE[:2], "; ", "b")


def test_a_mask_leaves_our_words_alone() -> None:
    assert mapped(ADVICE, str.upper) == (
        "take a backup: ",
        Code("HEROKU PG:BACKUPS:CAPTURE"),
        ", ",
        Quote("HE SAID"),
    )
