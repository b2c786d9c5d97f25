"""An ASGI front for the web: ordinary requests run as WSGI in threads, streams of events wait without a thread.

A request that accepts `text/event-stream` runs the same middleware and view, in a thread with a lasting database
connection, until its response begins; the response's parts are then awaited. A thousand open streams cost a thousand
small objects and no thread.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from django.core import signals
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import HttpResponseBase
from django.urls import set_script_prefix

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Result = TypeVar("Result")

THREADS = 4
LARGEST_BODY = 1_000_000
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="streams")


async def in_thread(work: Callable[[], Result]) -> Result:
    """Runs something that asks the database, in one of a few threads that keep their connections."""
    return await asyncio.get_running_loop().run_in_executor(_pool, partial(_with_fresh_connections, work))


def _with_fresh_connections(work: Callable[[], Result]) -> Result:
    close_old_connections()
    return work()


class Front:
    """Sends requests for streams one way and all others the other."""

    def __init__(self, ordinary: Application) -> None:
        self._ordinary, self._handler = ordinary, BaseHandler()
        self._handler.load_middleware()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _accepts_stream(scope):
            await self._stream(scope, receive, send)
        else:
            await self._ordinary(scope, receive, send)

    async def _stream(self, scope: Message, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        response = await in_thread(partial(self._respond, scope, body))
        try:
            await _send(response, receive, send)
        finally:
            await in_thread(response.close)

    def _respond(self, scope: Message, body: bytes) -> HttpResponseBase:
        set_script_prefix(scope.get("root_path", "") or "/")
        signals.request_started.send(sender=self.__class__, scope=scope)
        return self._handler.get_response(ASGIRequest(scope, io.BytesIO(body)))


def _accepts_stream(scope: Message) -> bool:
    return any(name == b"accept" and b"text/event-stream" in value.lower() for name, value in scope["headers"])


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when the client is gone. What is too large is cut, and refused by whoever reads it."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(response: HttpResponseBase, receive: Receive, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    headers += [(b"set-cookie", cookie.OutputString().encode()) for cookie in response.cookies.values()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    any_response: Any = response
    if not response.streaming:
        await send({"type": "http.response.body", "body": any_response.content})
        return
    sending = asyncio.create_task(_send_parts(any_response, send))
    gone = asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
    finally:
        for task in (sending, gone):
            task.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await task


async def _send_parts(response: Any, send: Send) -> None:
    parts = aiter(response)
    try:
        async for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        await parts.aclose()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
