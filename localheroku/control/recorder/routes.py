"""The recorder of all calls."""

from __future__ import annotations

from localheroku.api.endpoint import Call, Endpoint
from localheroku.auth.rights import KEY
from localheroku.core.body_schema import FLAG
from localheroku.core.state import Document


async def info(call: Call) -> Document:
    return {"on": call.platform.recorder.is_on}


async def update(call: Call) -> Document:
    recorder = call.platform.recorder
    if call.body["on"]:
        recorder.start()
    else:
        recorder.stop()
    return await info(call)


async def calls(call: Call) -> list[Document]:
    return call.platform.recorder.lines()


ROUTES = [
    Endpoint("GET   /_local/recorder", info, needs=KEY),
    Endpoint("PATCH /_local/recorder", update, takes={"on": FLAG.must()}, needs=KEY),
    Endpoint("GET   /_local/recorder/calls", calls, needs=KEY),
]
