"""Tests that run every case file with the real provider and a fake Heroku."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dynostack.provider.errors import ProviderError
from dynostack.provider.resources import SERVED_TYPES
from tests.provider.asking import Asking
from tests.provider.cases import Case, all_cases, ask, without_address
from tests.provider.fake import fake_heroku

_CASES = all_cases()
_METHODS = {"check", "diff", "create", "preview", "read", "delete", "import"}


@pytest.mark.parametrize("case", [case for _, case in _CASES], ids=[name for name, _ in _CASES])
async def test_case(case: Case) -> None:
    async with fake_heroku(*case.exchanges) as fake:
        asking = await Asking.of(fake.url, case.type, case.settings)
        try:
            answer = await ask(asking, case)
        except ProviderError as error:
            answer = {"error": str(error)}
        finally:
            await asking.provider.close()
    expected = [(each.request, each.sent) for each in case.exchanges]
    assert _readable(fake.asked) == _readable(expected)
    assert _writes(fake.asked) == _writes(expected)
    assert without_address(answer, fake.url) == case.expect
    assert "planted" not in str(answer.get("error") if isinstance(answer, dict) else "")


def _readable(asked: list[tuple[str, Any]]) -> list[str]:
    """Return all requests, sorted: reads may be sent at the same time, in any order."""
    return sorted(f"{request} {json.dumps(sent, sort_keys=True)}" for request, sent in asked)


def _writes(asked: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [each for each in asked if not each[0].startswith("GET ")]


@pytest.mark.parametrize("token", sorted(SERVED_TYPES))
def test_every_method_of_every_type_has_a_case(token: str) -> None:
    covered = {case.when for _, case in _CASES if case.type == token}
    assert covered >= _METHODS
