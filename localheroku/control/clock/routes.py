"""The clock of the local Heroku, which keeps running from the time that it is set to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import KEY
from localheroku.control.clock.errors import TimeFormError, TimeOrAdvanceError, TimeRangeError
from localheroku.control.settings import models as settings
from localheroku.core.body_schema import TEXT, BodyField
from localheroku.core.clock import system_clock
from localheroku.core.state import Document

YEARS = range(1970, 9001)
NUMBER = BodyField(lambda value: type(value) in (int, float), "a number of seconds")


async def info(call: Call) -> Document:
    clock = call.platform.clock
    return {"time": call.platform.now(), "ahead_seconds": round(clock.ahead.total_seconds(), 3)}


async def update(call: Call) -> Document:
    if len(call.body) != 1:
        raise TimeOrAdvanceError
    clock = call.platform.clock
    try:
        if "advance" in call.body:
            moment = clock() + timedelta(seconds=call.body["advance"])
        else:
            moment = _moment(call.body["time"])
        if moment.year not in YEARS:
            raise TimeRangeError
        clock.move(moment - system_clock())
    except OverflowError:
        raise TimeRangeError from None
    settings.save(call.platform)
    return await info(call)


def _moment(text: str | None) -> datetime:
    if text is None:
        return system_clock()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TimeFormError from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


ROUTES = [
    Endpoint("GET   /_local/clock", info, needs=KEY),
    Endpoint(
        "PATCH /_local/clock", update, takes={"time": TEXT.or_null(), "advance": NUMBER}, needs=KEY
    ),
]
