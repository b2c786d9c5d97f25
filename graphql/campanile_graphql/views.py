"""`/graphql/`: JSON over POST; GraphiQL over GET in development only."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from campanile_graphql.compose import schema
from campanile_graphql.errors import formatted
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.limits import within_limit
from campanile_tenants.town.people.models import User
from campanile_tenants.town.people.services.tokens import TokenRefused, user_of

LONGEST_QUERY = 50_000


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def graphql_view(request: HttpRequest) -> HttpResponse:
    """Answers a query, for a session (with its CSRF token), for a machine with a token, or for anybody."""
    if request.method == "GET":
        if settings.GRAPHIQL:
            return render(request, "graphql/graphiql.html")
        return _refuse(405, "METHOD_NOT_ALLOWED", "Send a POST with application/json.", Allow="POST")
    try:
        bearer = _bearer(request)
    except TokenRefused as error:
        if not within_limit(request, "token_refused"):
            return _refuse(429, "TOO_MANY_TRIES", "Too many refused tokens. Wait a minute.", **{"Retry-After": "60"})
        return _refuse(
            error.http_status, error.code, str(error), **{"WWW-Authenticate": 'Bearer error="invalid_token"'}
        )
    if bearer is not None:
        request.user = bearer  # a token speaks for itself: what the cookie says is not looked at
    elif request.user.is_authenticated:
        return _with_csrf(request)
    return _answer(request)


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        body = _read(request)
    except BadRequest as error:
        return _refuse(error.status, error.code, error.message)
    result = schema().execute(
        body["query"], context=request, variables=body.get("variables"), operation_name=body.get("operationName")
    )
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [formatted(error) for error in result.errors]
    ran = result.data is not None or not result.errors or any(error.path for error in result.errors)
    if ran:
        answer["data"] = result.data
    return _json(answer, 200 if ran else 400)


_with_csrf = csrf_protect(_answer)
"""A session's cookie comes along by itself, so its requests must also carry the CSRF token."""


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


class BadRequest(Exception):
    """The body is not a GraphQL request."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def _read(request: HttpRequest) -> dict[str, Any]:
    """The request as sent: `query`, `variables`, `operationName`. Raises BadRequest."""
    if request.content_type != "application/json":
        raise BadRequest(415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json.")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise BadRequest(400, "BAD_JSON", "The body is not JSON in UTF-8.") from None
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise BadRequest(400, "BAD_REQUEST", "Send an object with a string “query”; batches are not accepted.")
    if not isinstance(body.get("variables"), dict | None) or not isinstance(body.get("operationName"), str | None):
        raise BadRequest(400, "BAD_REQUEST", "“variables” is an object, “operationName” a string.")
    if len(body["query"]) > LONGEST_QUERY:
        raise BadRequest(400, "QUERY_TOO_LONG", f"A query has at most {LONGEST_QUERY} characters.")
    return body


def _refuse(status: int, code: str, message: str, **headers: str) -> HttpResponse:
    response = _json({"errors": [{"message": message, "extensions": {"code": code}}]}, status)
    for name, value in headers.items():
        response[name] = value
    return response


def _json(answer: dict[str, Any], status: int) -> HttpResponse:
    return HttpResponse(orjson.dumps(answer), status=status, content_type="application/json; charset=utf-8")
