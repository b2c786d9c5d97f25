"""The HTTP request as GraphQL over HTTP wants it: JSON over POST, or a trusted document over GET."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpRequest

from campanile_graphql import trusted
from campanile_graphql.cost import MOST_VARIABLE_BYTES, TooLarge
from campanile_graphql.errors import NULL_BYTE, RequestError

LARGEST_BODY = 256_000
GRAPHQL_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True)
class Asked:
    """What somebody asks: a document, an operation's name, variables."""

    query: str
    operation_name: str | None
    variables: dict[str, Any]
    trusted: bool = False


def media_type(request: HttpRequest) -> str:
    """How to answer: the newer media type, JSON, or a stream of events. Raises RequestError (406)."""
    accept = request.headers.get("Accept", "").lower()
    if not accept or "*/*" in accept:
        return next((kind for kind in (GRAPHQL_JSON, EVENT_STREAM) if kind in accept), "application/json")
    for part in accept.split(","):
        kind = part.partition(";")[0].strip()
        if kind in (GRAPHQL_JSON, "application/json", EVENT_STREAM):
            return kind
        if kind == "application/*":
            return "application/json"
    raise RequestError("NOT_ACCEPTABLE", f"Answers are application/json or {GRAPHQL_JSON}.", status=406)


def read(request: HttpRequest) -> Asked:
    """The request's body, or its query string for a trusted document. Raises RequestError."""
    if request.method == "GET":
        return _read_get(request)
    if request.content_type != "application/json":
        raise RequestError("UNSUPPORTED_MEDIA_TYPE", "Send application/json.", status=415)
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise RequestError("UNSUPPORTED_MEDIA_TYPE", "Send JSON in UTF-8.", status=415)
    size = int(request.META.get("CONTENT_LENGTH") or 0)
    if size > LARGEST_BODY:
        raise TooLarge("BODY_TOO_LARGE", f"A request has at most {LARGEST_BODY} bytes.", {"bytes": size}, status=413)
    body = request.body
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RequestError("BAD_JSON", "The body is not JSON in UTF-8.") from None
    if isinstance(told, list):
        raise TooLarge(
            "BATCH_REFUSED", "Batches are not accepted: send one request at a time.", {"operations": len(told)}
        )
    if not isinstance(told, dict):
        raise RequestError("BAD_REQUEST", "Send an object with “query”.")
    asked = _asked(told)
    if (heavy := len(body) - len(asked.query)) > MOST_VARIABLE_BYTES and not asked.trusted:
        raise TooLarge("VARIABLES_TOO_LARGE", f"Variables have at most {MOST_VARIABLE_BYTES} bytes.", {"bytes": heavy})
    return asked


def _read_get(request: HttpRequest) -> Asked:
    if "documentId" not in request.GET:
        raise RequestError(
            "METHOD_NOT_ALLOWED", "Send a POST with application/json; GET is for trusted documents (documentId).",
            status=405, headers={"Allow": "POST"},
        )  # fmt: skip
    told: dict[str, Any] = {"documentId": request.GET["documentId"]}
    if "operationName" in request.GET:
        told["operationName"] = request.GET["operationName"]
    if "variables" in request.GET:
        try:
            told["variables"] = orjson.loads(request.GET["variables"])
        except orjson.JSONDecodeError:
            raise RequestError("BAD_JSON", "“variables” is not JSON.") from None
    return _asked(told)


def _asked(told: dict[str, Any]) -> Asked:
    variables, name, extensions = told.get("variables"), told.get("operationName"), told.get("extensions")
    if not isinstance(variables, dict | None):
        raise RequestError("BAD_REQUEST", "“variables” is an object.")
    if not isinstance(name, str | None):
        raise RequestError("BAD_REQUEST", "“operationName” is a text.")
    if not isinstance(extensions, dict | None):
        raise RequestError("BAD_REQUEST", "“extensions” is an object.")
    if _has_null_byte(variables):
        raise RequestError("BAD_CHARACTER", NULL_BYTE)
    query, number = told.get("query"), told.get("documentId")
    if number is not None:
        known = trusted.find(number) if isinstance(number, str) else None
        if known is None:
            raise RequestError("DOCUMENT_UNKNOWN", "There is no trusted document with this documentId.", status=404)
        return Asked(known, name, variables or {}, trusted=True)
    if not isinstance(query, str):
        raise RequestError("BAD_REQUEST", "Send an object with a text “query”.")
    return Asked(query, name or None, variables or {})


def _has_null_byte(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, list):
        return any(_has_null_byte(item) for item in value)
    return isinstance(value, dict) and any(_has_null_byte(key) or _has_null_byte(item) for key, item in value.items())
