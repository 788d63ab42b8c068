"""Brings httpx's requests to the SharePoint stand-in without a network, for tests that ask a great deal."""

import httpx
import orjson

from bot.rehearsal.sharepoint import ROOT, Dropped, SharePointStandIn

#: Nobody listens there; the stand-in's links begin so while it does not listen anywhere.
BASE = f"https://graph.example{ROOT}"


class DirectTransport(httpx.AsyncBaseTransport):
    """To be handed to `httpx.AsyncClient` or `bot.records.graph.Graph`, with `BASE` for Graph's address.

    While `connected` is False nothing gets through; a connection that drops is the error that httpx raises for one.
    """

    def __init__(self, stand_in: SharePointStandIn) -> None:
        self.connected = True
        self._stand_in = stand_in
        stand_in.api.base = BASE

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.connected:
            raise httpx.ConnectError("nobody is listening", request=request)
        target = request.url.raw_path.decode("ascii").removeprefix(ROOT)
        content_type = request.headers.get("content-type", "").partition(";")[0]
        content = await request.aread()
        try:
            reply = await self._stand_in.exchange(request.method, target, request.headers, content, content_type)
        except Dropped as dropped:
            raise httpx.RemoteProtocolError("closed without an answer", request=request) from dropped
        if reply.body is None:
            return httpx.Response(reply.status, headers=dict(reply.headers), request=request)
        html = isinstance(reply.body, str)
        headers = {"Content-Type": "text/html" if html else "application/json", **reply.headers}
        body = reply.body.encode() if html else orjson.dumps(reply.body)
        return httpx.Response(reply.status, headers=headers, content=body, request=request)
