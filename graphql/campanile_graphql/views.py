"""`/graphql/`: GraphQL over HTTP. GraphiQL over GET in development only."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from graphql import ExecutionContext, GraphQLError, execute

from campanile_graphql import compiler, gate
from campanile_graphql.compose import schema
from campanile_graphql.documents import Document, documents
from campanile_graphql.errors import RequestError, formatted, was_cancelled
from campanile_graphql.executor import RowExecution
from campanile_graphql.limits import budget_of, check_price, spend
from campanile_graphql.requests import EVENT_STREAM, GRAPHQL_JSON, Asked, media_type, read
from campanile_infra.database.scope import statement_limit
from campanile_tenants.town.api.services import count_deprecated
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.limits import within_limit
from campanile_tenants.town.people.models import User
from campanile_tenants.town.people.services.tokens import TokenRefused, user_of

_KEPT_BY_CACHES = 60


@csrf_exempt
@require_http_methods(["GET", "POST"])
def graphql_view(request: HttpRequest) -> HttpResponseBase:
    """Answers a query, for a session (with its CSRF token), for a machine with a token, or for anybody."""
    if request.method == "GET" and settings.GRAPHIQL and "text/html" in request.headers.get("Accept", ""):
        return render(request, "graphql/graphiql.html")
    try:
        bearer = _bearer(request)
    except TokenRefused as error:
        if not within_limit(request, "token_refused"):
            told = RequestError("TOO_MANY_TRIES", "Too many refused tokens. Wait a minute.", status=429,
                                headers={"Retry-After": "60"})  # fmt: skip
        else:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            told = RequestError(error.code, str(error), status=error.http_status, headers=challenge)
        return _refused(told, GRAPHQL_JSON)
    if bearer is not None:
        request.user = bearer  # a token speaks for itself: what the cookie says is not looked at
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
    except RequestError as error:
        return _refused(error, kind)
    answer = run(request, document, operation, asked)
    if document.deprecated and getattr(request, "town", None) is not None:
        count_deprecated(document.deprecated)
    answer["extensions"] = {"cost": {"requested": price, "limit": budget.query, "remaining": account.remaining}}
    ran = "data" in answer
    response = _json(answer, kind, 200 if ran or kind != GRAPHQL_JSON else 400)
    for name, value in account.headers.items():
        response[name] = value
    return _cached(request, response, clean="errors" not in answer)


_with_csrf = csrf_protect(_answer)
"""A session's cookie comes along by itself, so its requests must also carry the CSRF token."""


def run(request: HttpRequest, document: Document, operation: Any, asked: Asked) -> dict[str, Any]:
    """The compiled plan's answer, or the executor's: `data`, and `errors` if there are any."""
    setattr(request, gate.DEADLINE, time.monotonic() + settings.GRAPHQL_REQUEST_SECONDS)
    with statement_limit(int(settings.GRAPHQL_STATEMENT_SECONDS * 1000)):
        try:
            return {"data": compiler.run(document, operation, asked.variables, request)}
        except Exception as error:  # noqa: BLE001 - whatever it was, the executor meets it and says it as it should
            if was_cancelled(error):  # but not by trying again what already took too long
                return {"errors": [formatted(GraphQLError("", original_error=error))], "data": None}
            return by_executor(request, document, operation, asked)


def by_executor(
    request: HttpRequest, document: Document, operation: Any, asked: Asked,
    executor: type[ExecutionContext] = RowExecution,
) -> dict[str, Any]:  # fmt: skip
    """The executor's answer."""
    name = operation.name.value if operation.name else None
    built = schema()
    result: Any = execute(
        built.graphql_schema,
        document.ast,
        context_value=request,
        variable_values=asked.variables,
        operation_name=name,
        execution_context_class=executor,
    )
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [formatted(error) for error in result.errors]
    if result.data is not None or not result.errors or any(error.path for error in result.errors):
        answer["data"] = result.data
    return answer


def _may_run(request: HttpRequest, document: Document, operation: Any, kind: str) -> None:
    """Raises RequestError for what this method, this media type or this person cannot have."""
    if request.method == "GET" and not document.is_query(operation):
        raise RequestError("METHOD_NOT_ALLOWED", "Mutations are sent by POST.", status=405, headers={"Allow": "POST"})
    if operation.operation.value == "subscription" or kind == EVENT_STREAM:
        raise RequestError("NOT_ACCEPTABLE", "There is nothing to listen to.", status=406)
    stranger = not isinstance(request.user, User) or request.user.kind == "citizen"
    if document.introspects and stranger and not settings.GRAPHQL_INTROSPECTION:
        raise RequestError("INTROSPECTION_OFF", "The schema is published in the documentation; introspection is off.")


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


def _bearer(request: HttpRequest) -> User | None:
    """The machine behind `Authorization: Bearer` (RFC 6750); None without that header. Raises TokenRefused."""
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        return user_of(text.strip())
    except TokenRefused:
        record("token.refused")
        raise


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
