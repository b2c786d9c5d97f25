"""Open subscriptions: server-sent events after the graphql-sse protocol, one connection each ("distinct connections").

Each event is answered anew: session or token, grant, module and permission are looked at again, then the object is
read with what this person may see now. Nothing is kept for who is away: when a stream breaks the client opens another
one and reads its list again. A stream that cannot know whether it missed something breaks by itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from copy import copy
from typing import Any

import orjson
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import translation
from graphql import GraphQLError

from campanile_graphql.bearer import machine_behind
from campanile_graphql.compose import Root, roots
from campanile_graphql.documents import Document
from campanile_graphql.errors import RequestError, formatted
from campanile_graphql.gate import admit
from campanile_graphql.limits import budget_of, spend
from campanile_graphql.requests import EVENT_STREAM, Asked
from campanile_graphql.running import answer
from campanile_infra.database.live import Listener
from campanile_infra.database.scope import current, in_schema
from campanile_infra.streams import in_thread
from campanile_tenants.contract.errors import CampanileError, WrongHost
from campanile_tenants.kit.api.live import Heard, NothingToTell
from campanile_tenants.kit.api.rows import pick
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.audit.context import acting
from campanile_tenants.town.people.middleware import who_of
from campanile_tenants.town.people.models import User

SILENCE = 15.0
"""Seconds after which a comment is sent, so that nobody on the way closes the connection; who listens is checked."""
MOST_STREAMS, MOST_EACH = 2_000, 8
"""Open streams of one process, and of one person in it."""
_MOST_WAITING = 200
_LOST = Heard("", "")


class Ear:
    """What one stream has heard and not yet told: each thing once."""

    def __init__(self, schema: str, events: tuple[str, ...], loop: asyncio.AbstractEventLoop) -> None:
        self.schema, self.events = schema, frozenset(events)
        self._loop, self._waiting = loop, dict[Heard, None]()
        self._woken = asyncio.Event()

    def hear(self, heard: Heard) -> None:
        """Keeps it; safe from any thread."""
        self._loop.call_soon_threadsafe(self._keep, heard)

    def _keep(self, heard: Heard) -> None:
        self._waiting[_LOST if len(self._waiting) >= _MOST_WAITING else heard] = None
        self._woken.set()

    async def next(self, seconds: float) -> Heard | None:
        """The next thing heard; None after so many seconds of silence."""
        if not self._waiting:
            self._woken.clear()
            try:
                await asyncio.wait_for(self._woken.wait(), seconds)
            except TimeoutError:
                return None
        heard = _LOST if _LOST in self._waiting else next(iter(self._waiting))
        self._waiting.pop(heard)
        return heard


class Hub:
    """Passes what PostgreSQL tells on to the open streams of this process."""

    def __init__(self) -> None:
        self._ears: dict[Ear, str] = {}
        self._guard = threading.Lock()
        self._listener = Listener(self._heard, self._lost)

    def join(self, ear: Ear, who: str) -> bool:
        """Begins to pass on to `ear`; returns whether anything can be heard. Raises RequestError (429)."""
        with self._guard:
            mine = sum(1 for other in self._ears.values() if other == who)
            if len(self._ears) >= MOST_STREAMS or mine >= MOST_EACH:
                raise RequestError("TOO_MANY_STREAMS", f"At most {MOST_EACH} open subscriptions.", status=429,
                                   headers={"Retry-After": "30"})  # fmt: skip
            self._ears[ear] = who
        return self._listener.start()

    def leave(self, ear: Ear) -> None:
        """Stops passing on."""
        with self._guard:
            self._ears.pop(ear, None)

    def stop(self) -> None:
        """Cuts every stream and listens no more."""
        self._listener.stop()
        self._lost()

    def __len__(self) -> int:
        return len(self._ears)

    def _heard(self, schema: str, event: str, key: str) -> None:
        for ear in list(self._ears):
            if ear.schema == schema and event in ear.events:
                ear.hear(Heard(event, key))

    def _lost(self) -> None:
        for ear in list(self._ears):
            ear.hear(_LOST)


hub = Hub()


def finished(told: dict[str, Any]) -> HttpResponse:
    """A query's or a mutation's answer as a stream that is over."""
    return _unbuffered(HttpResponse(_next(told) + _complete(), content_type=f"{EVENT_STREAM}; charset=utf-8"))


def opened(
    request: HttpRequest, document: Document, operation: Any, asked: Asked, price: int
) -> HttpResponse | StreamingHttpResponse:
    """The stream of a subscription; one that is over at once for whoever may not listen. Raises RequestError."""
    if not isinstance(request, ASGIRequest):
        raise RequestError("NOT_ACCEPTABLE", "Subscriptions are answered by the ASGI application only.", status=406)
    root = _root(document, operation)
    if root is None:
        return finished({"data": {}})
    try:
        admit(root.policy, root.module, request)
    except CampanileError as error:
        return finished({"errors": [formatted(GraphQLError("", original_error=error))], "data": None})
    stream = _Stream(request, document, operation, asked, price, root)
    response = StreamingHttpResponse(stream.parts(), content_type=f"{EVENT_STREAM}; charset=utf-8")
    return _unbuffered(response)


def _unbuffered(response: Any) -> Any:
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _root(document: Document, operation: Any) -> Root | None:
    """The one root field of a subscription; None when a directive leaves it out."""
    picked = list(pick("Subscription", [operation], document.fragments, abstract=()).values())
    return roots()[picked[0].name] if picked and picked[0].name in roots() else None


class _Stream:
    def __init__(
        self, request: HttpRequest, document: Document, operation: Any, asked: Asked, price: int, root: Root
    ) -> None:
        self.request, self.document, self.operation, self.asked = request, document, operation, asked
        self.price, self.root = price, root
        self.place, self.language = current(), translation.get_language() or "it"
        user = request.user
        self.who = f"{self.place.schema}:{user.pk}" if isinstance(user, User) else f"{self.place.schema}:"

    async def parts(self) -> AsyncIterator[bytes]:
        ear = Ear(self.place.schema, self.root.field.events, asyncio.get_running_loop())
        try:
            if not await in_thread(lambda: hub.join(ear, self.who)):
                return
        except RequestError as error:
            yield _next({"errors": error.formatted}) + _complete()
            return
        try:
            yield b": listening\n\n"
            while True:
                heard = await ear.next(SILENCE)
                if heard is _LOST:
                    return
                told, over = await in_thread(lambda heard=heard: self._told(heard))  # type: ignore[misc]
                if told is not None:
                    yield _next(told)
                elif not over:
                    yield b":\n\n"
                if over:
                    yield _complete()
                    return
        finally:
            hub.leave(ear)

    def _told(self, heard: Heard | None) -> tuple[dict[str, Any] | None, bool]:
        """What to send now, and whether it is over: the answer about what was heard, or why she may not listen."""
        with in_schema(*self.place), translation.override(self.language):
            try:
                request = self._as_now()
            except (RequestError, CampanileError) as error:
                return {"errors": _errors(error), "data": None}, True
            if heard is None:
                return None, False
            with acting(lambda: who_of(request)):
                told = answer(request, self.document, self.operation, self.asked, root=heard)
            codes = {error["extensions"]["code"] for error in told.get("errors", ())}
            if NothingToTell.code in codes:
                return None, False
            try:
                spend(request, budget_of(request.user), self.price)
            except RequestError as error:
                return {"errors": error.formatted, "data": None}, True
            return told, False

    def _as_now(self) -> HttpRequest:
        """The request with its session, token, town and rights of now. Raises what the gate raises, RequestError."""
        town = directory.by_schema(self.place.schema) if self.place.tenant is not None else None
        if self.place.tenant is not None and (town is None or not town.serves):
            raise WrongHost
        request = copy(self.request)
        for remembered in ("campanile_makers", "_cached_user", "_acached_user"):
            request.__dict__.pop(remembered, None)
        key = self.request.session.session_key
        request.session = type(self.request.session)(key)
        machine = machine_behind(request)
        request.user = machine if machine is not None else get_user(request)
        with in_schema(self.place.schema, town):
            admit(self.root.policy, self.root.module, request)
        return request


def _errors(error: Exception) -> list[dict[str, Any]]:
    if isinstance(error, RequestError):
        return error.formatted
    return [formatted(GraphQLError("", original_error=error))]


def _next(told: dict[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(told) + b"\n\n"


def _complete() -> bytes:
    return b"event: complete\ndata:\n\n"
