"""A websocket between a client and a web dyno, message by message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web

if TYPE_CHECKING:
    from multidict import CIMultiDict
    from yarl import URL

PROTOCOL = "Sec-WebSocket-Protocol"
NO_LIMIT = 0

End = ClientWebSocketResponse | web.WebSocketResponse


def is_requested(request: web.BaseRequest) -> bool:
    """Return whether the request asks to become a websocket."""
    return request.headers.get("Upgrade", "").lower() == "websocket"


async def join(
    request: web.BaseRequest, session: ClientSession, url: URL, headers: CIMultiDict[str]
) -> web.WebSocketResponse:
    """Join both ends until one of them closes.

    Raises:
        aiohttp.WSServerHandshakeError: the dyno does not accept a websocket there.
    """
    offered = [name.strip() for name in request.headers.get(PROTOCOL, "").split(",") if name]
    for name in [name for name in headers if name.lower().startswith("sec-websocket-")]:
        headers.popall(name, None)
    async with session.ws_connect(
        url, headers=headers, protocols=offered, autoping=False, max_msg_size=NO_LIMIT
    ) as dyno:
        chosen = [dyno.protocol] if dyno.protocol else []
        client = web.WebSocketResponse(
            protocols=chosen, autoping=False, max_msg_size=NO_LIMIT, compress=False
        )
        await client.prepare(request)
        directions = [
            asyncio.create_task(_forward(client, dyno)),
            asyncio.create_task(_forward(dyno, client)),
        ]
        try:
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
        return client


async def _forward(source: End, target: End) -> None:
    async for message in source:
        match message.type:
            case WSMsgType.TEXT:
                await target.send_str(message.data)
            case WSMsgType.BINARY:
                await target.send_bytes(message.data)
            case WSMsgType.PING:
                await target.ping(message.data)
            case WSMsgType.PONG:
                await target.pong(message.data)
            case _:
                break
    await target.close(code=source.close_code or 1000)
