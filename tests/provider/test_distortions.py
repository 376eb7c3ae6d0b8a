"""Tests that no unexpected response to any call makes the provider forget or print something."""

from __future__ import annotations

import os
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest

from dynostack.provider.errors import ProviderError
from dynostack.provider.resources import SERVED_TYPES
from tests.provider.asking import Asking
from tests.provider.cases import Case, all_cases, ask, without_address
from tests.provider.distortions import (
    DISTORTIONS,
    MARKER,
    REFUSED,
    VALID,
    Call,
    Stage,
    Trial,
    stage,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOAK = "DYNOSTACK_SOAK" in os.environ
_CASES = {
    name: case
    for name, case in all_cases()
    if case.when in ("create", "read", "import", "update", "delete")
    and case.exchanges
    and not (isinstance(case.expect, dict) and "error" in case.expect)
    and all(each.status < 400 or each.status == 404 for each in case.exchanges)
}
_NOT_THE_API = ("PUT /upload", "GET /output")
_TAKES = ("POST /sources", "POST /apps/app-1/acm")
"""POSTs that create nothing that could be forgotten."""


async def test_no_response_makes_it_forget_or_print(
    subtests: pytest.Subtests, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with stage() as here:
        plain = {name: await _undistorted(here, case) for name, case in _CASES.items()}
        for name, call, distortion, always in _trials(plain):
            often = "always" if always else "once"
            with subtests.test(f"{name}: {distortion} to {call.name} {call.number}, {often}"):
                case = _CASES[name]
                trial = Trial(case.exchanges, here.url, call, DISTORTIONS[distortion], always)
                await _check(here, case, trial, distortion, plain[name])
                printed = "".join(capfd.readouterr()) + caplog.text
                caplog.clear()
                assert MARKER not in printed
                assert "Traceback" not in printed


def _trials(plain: dict[str, list[Call]]) -> Iterator[tuple[str, Call, str, bool]]:
    """Yield all distortions, or for each call those of the current share."""
    turn = cycle(DISTORTIONS)
    for name, calls in plain.items():
        for call in calls:
            for always in (False, True):
                for distortion in DISTORTIONS if _SOAK else [next(turn)]:
                    yield name, call, distortion, always


async def _undistorted(here: Stage, case: Case) -> list[Call]:
    trial = Trial(case.exchanges, here.url)
    outcome = await _outcome(here, case, trial)
    assert outcome == case.expect, case
    return trial.asked


async def _outcome(here: Stage, case: Case, trial: Trial) -> Any:
    here.trial = trial
    asking = await Asking.of(here.url, case.type, case.settings)
    trial.give_up = asking.provider.cancel
    try:
        return without_address(await ask(asking, case), here.url)
    except ProviderError as error:
        return {"error": str(error)}
    finally:
        await asking.provider.close()


async def _check(here: Stage, case: Case, trial: Trial, distortion: str, plain: list[Call]) -> None:
    assert trial.call
    outcome = await _outcome(here, case, trial)
    failed = isinstance(outcome, dict) and "error" in outcome
    assert trial.call in trial.asked
    assert MARKER not in str(outcome)
    assert (
        trial.posted()
        == [call for call in plain if call.name.startswith("POST ")][: len(trial.posted())]
    )
    if failed and trial.call.name not in _NOT_THE_API and distortion not in VALID:
        assert trial.call.name in outcome["error"]
    if outcome == "gone":
        assert trial.not_found
    if case.when == "create":
        _is_remembered(case, trial, outcome)
    if case.when == "delete" and outcome == "deleted":
        emptied = trial.call.name.endswith("/config-vars") and distortion == "{}"
        well = emptied or distortion == "named utf-16" or trial.call.name in trial.well
        assert well or trial.call.name.startswith("GET ")
    repeated = not trial.always and not trial.call.name.startswith("POST ")
    if repeated and distortion not in (*VALID, *REFUSED) and trial.call.name not in _NOT_THE_API:
        assert outcome == case.expect


def _is_remembered(case: Case, trial: Trial, outcome: Any) -> None:
    if "error" not in outcome:
        assert outcome["id"] == case.expect["id"]
    elif "kept" in outcome:
        assert outcome["kept"]["id"] == case.expect["id"]
    elif [call for call in trial.posted() if call.name not in _TAKES]:
        assert "the resource may exist anyway: before the next" in outcome["error"]


def test_every_type_is_distorted() -> None:
    assert {case.type for case in _CASES.values()} == SERVED_TYPES
