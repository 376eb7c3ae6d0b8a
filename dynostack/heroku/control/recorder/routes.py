"""The recorder of all calls."""

from __future__ import annotations

from dynostack.heroku.access.rights import KEY
from dynostack.heroku.endpoint import Call, Endpoint
from dynostack.heroku.fields import FLAG
from dynostack.heroku.platform import Document


async def info(call: Call) -> Document:
    return {"on": call.platform.recorder.on}


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
