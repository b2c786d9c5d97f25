"""`/graphql/`: GraphQL over HTTP. GraphiQL over GET in development only."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from graphql import OperationType

from campanile_graphql import streams
from campanile_graphql.bearer import machine_behind
from campanile_graphql.documents import Document, documents
from campanile_graphql.errors import RequestError
from campanile_graphql.limits import budget_of, check_price, spend
from campanile_graphql.requests import EVENT_STREAM, GRAPHQL_JSON, media_type, read
from campanile_graphql.running import answer, taken_back
from campanile_tenants.town.api.services import count_deprecated
from campanile_tenants.town.people.models import Kind, User

_KEPT_BY_CACHES = 60


@csrf_exempt
@require_http_methods(["GET", "POST"])
def graphql_view(request: HttpRequest) -> HttpResponseBase:
    """Answers a query, for a session (with its CSRF token), for a machine with a token, or for anybody."""
    if request.method == "GET" and settings.GRAPHIQL and "text/html" in request.headers.get("Accept", ""):
        return render(request, "graphql/graphiql.html")
    try:
        machine = machine_behind(request)
    except RequestError as error:
        return _refused(error, GRAPHQL_JSON)
    if machine is not None:
        request.user = machine  # a token speaks for itself: what the cookie says is not looked at
    elif request.user.is_authenticated and request.method == "POST":
        return _with_csrf(request)
    return _answer(request)


def _answer(request: HttpRequest) -> HttpResponseBase:
    kind = "application/json"
    try:
        kind = media_type(request)
        asked = read(request)
        document = documents.get(asked.query)
        operation = document.operation(asked.operation_name)
        _may_run(request, document, operation, kind)
        budget = budget_of(request.user)
        price = document.measures(operation, asked.variables).requested
        check_price(budget, price, trusted=asked.trusted)
        account = spend(request, budget, price)
        if is_subscription(operation):
            return streams.opened(request, document, operation, asked, price)
    except RequestError as error:
        return _refused(error, kind)
    sandbox = is_sandbox(request.user)
    told = (taken_back if sandbox else answer)(request, document, operation, asked)
    if document.deprecated and getattr(request, "town", None) is not None:
        count_deprecated(document.deprecated, machine_of(request.user))
    told["extensions"] = {"cost": {"requested": price, "limit": budget.query, "remaining": account.remaining}}
    if sandbox:
        told["extensions"]["sandbox"] = True
    if kind == EVENT_STREAM:
        return streams.finished(told)
    response = _json(told, kind, 200 if "data" in told or kind != GRAPHQL_JSON else 400)
    for name, value in account.headers.items():
        response[name] = value
    return _cached(request, response, clean="errors" not in told)


_with_csrf = csrf_protect(_answer)
"""A session's cookie comes along by itself, so its requests must also carry the CSRF token."""


def _may_run(request: HttpRequest, document: Document, operation: Any, kind: str) -> None:
    """Raises RequestError for what this method, this media type or this person cannot have."""
    listens = is_subscription(operation)
    if request.method == "GET" and not (listens or document.is_query(operation)):
        raise RequestError("METHOD_NOT_ALLOWED", "Mutations are sent by POST.", status=405, headers={"Allow": "POST"})
    if listens and kind != EVENT_STREAM:
        raise RequestError("NOT_ACCEPTABLE", f"Subscriptions are answered as {EVENT_STREAM}.", status=406)
    stranger = not isinstance(request.user, User) or request.user.kind == "citizen"
    if document.introspects and stranger and not settings.GRAPHQL_INTROSPECTION:
        raise RequestError("INTROSPECTION_OFF", "The schema is published in the documentation; introspection is off.")


def is_subscription(operation: Any) -> bool:
    """Whether it listens."""
    return bool(operation.operation is OperationType.SUBSCRIPTION)


def is_sandbox(user: Any) -> bool:
    """Whether this machine's token is only for trying out."""
    return getattr(getattr(user, "token", None), "sandbox", False)


def machine_of(user: Any) -> int | None:
    """The machine who asks; None for people."""
    return user.pk if isinstance(user, User) and user.kind == Kind.MACHINE else None


def _cached(request: HttpRequest, response: HttpResponse, *, clean: bool) -> HttpResponse:
    """GET of a trusted document has an ETag; a stranger's good answer may be kept by caches for a minute."""
    if request.method != "GET":
        response["Cache-Control"] = "no-store"
        return response
    stranger = not isinstance(request.user, User)
    kept = f"public, max-age={_KEPT_BY_CACHES}" if stranger and clean else "private, no-cache"
    response["Cache-Control"] = kept
    response["Vary"] = "Accept, Accept-Language, Authorization, Cookie"
    body = orjson.dumps({name: part for name, part in orjson.loads(response.content).items() if name != "extensions"})
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        fresh = HttpResponse(status=304)
        for name in ("Cache-Control", "Vary", "RateLimit", "RateLimit-Policy"):
            fresh[name] = response[name]
        response = fresh
    response["ETag"] = etag
    return response


_LEGACY_200 = ("GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "INTROSPECTION_OFF")
"""GraphQL over HTTP, 6.4.1: answered with 200 to clients that accept application/json only."""


def _refused(error: RequestError, kind: str) -> HttpResponse:
    answer: dict[str, Any] = {"errors": error.formatted}
    if error.cost is not None:
        answer["extensions"] = {"cost": error.cost}
    status = 200 if kind == "application/json" and error.code in _LEGACY_200 else error.status
    response = _json(answer, kind, status)
    response["Cache-Control"] = "no-store"
    for name, value in error.headers.items():
        response[name] = value
    return response


def _json(answer: dict[str, Any], kind: str, status: int) -> HttpResponse:
    kind = GRAPHQL_JSON if kind == GRAPHQL_JSON else "application/json"
    return HttpResponse(orjson.dumps(answer), status=status, content_type=f"{kind}; charset=utf-8")
