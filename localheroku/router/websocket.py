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


def asked_for(request: web.BaseRequest) -> bool:
    """Whether the request asks to become a websocket."""
    return request.headers.get("Upgrade", "").lower() == "websocket"


async def join(
    request: web.BaseRequest, session: ClientSession, url: URL, headers: CIMultiDict[str]
) -> web.WebSocketResponse:
    """Join both ends until one of them closes.

    Raises:
        aiohttp.WSServerHandshakeError: the dyno does not want a websocket there.
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
        ways = [asyncio.create_task(_pass(client, dyno)), asyncio.create_task(_pass(dyno, client))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        return client


async def _pass(source: End, target: End) -> None:
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
