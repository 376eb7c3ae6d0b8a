from __future__ import annotations

import json as standard

import pytest

from dynostack.review.render import json
from tests.review.samples import FULL


def test_a_program_reads_the_parts_of_a_sentence() -> None:
    finding = standard.loads(json.render(FULL))["findings"][0]
    assert finding["advice"] == ["take a backup: ", {"code": "heroku pg:backups:capture"}]
    assert finding["text"][0] == {"quote": "a policy's message"}


def test_parsing_returns_the_same_review() -> None:
    assert json.parse(json.render(FULL)) == FULL


def test_a_sentence_without_parts_is_refused() -> None:
    written = standard.loads(json.render(FULL))
    written["findings"][0]["advice"] = "take a backup"
    with pytest.raises(ValueError, match="advice"):
        json.parse(standard.dumps(written))
