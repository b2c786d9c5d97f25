"""`/graphql/`: JSON over POST; GraphiQL over GET in development only."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campanile_graphql.compose import schema
from campanile_graphql.errors import formatted

LONGEST_QUERY = 50_000


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def graphql_view(request: HttpRequest) -> HttpResponse:
    """Answers a query. Only `application/json` is read, which no cross-site form can send (CSRF)."""
    if request.method == "GET":
        if settings.GRAPHIQL:
            return render(request, "graphql/graphiql.html")
        return _refuse(405, "METHOD_NOT_ALLOWED", "Send a POST with application/json.", Allow="POST")
    if request.content_type != "application/json":
        return _refuse(415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json.")
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        return _refuse(400, "BAD_JSON", "The body is not JSON in UTF-8.")
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return _refuse(400, "BAD_REQUEST", "Send an object with a string “query”; batches are not accepted.")
    variables, operation = body.get("variables"), body.get("operationName")
    if not isinstance(variables, dict | None) or not isinstance(operation, str | None):
        return _refuse(400, "BAD_REQUEST", "“variables” is an object, “operationName” a string.")
    if len(body["query"]) > LONGEST_QUERY:
        return _refuse(400, "QUERY_TOO_LONG", f"A query has at most {LONGEST_QUERY} characters.")
    result = schema().execute(body["query"], context=request, variables=variables, operation_name=operation)
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [formatted(error) for error in result.errors]
    ran = result.data is not None or not result.errors or any(error.path for error in result.errors)
    if ran:
        answer["data"] = result.data
    return _json(answer, 200 if ran else 400)


def _refuse(status: int, code: str, message: str, **headers: str) -> HttpResponse:
    response = _json({"errors": [{"message": message, "extensions": {"code": code}}]}, status)
    for name, value in headers.items():
        response[name] = value
    return response


def _json(answer: dict[str, Any], status: int) -> HttpResponse:
    return HttpResponse(orjson.dumps(answer), status=status, content_type="application/json; charset=utf-8")
