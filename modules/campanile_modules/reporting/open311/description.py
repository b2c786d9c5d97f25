"""OpenAPI of the endpoints, written from the standard (wiki.open311.org/GeoReport_v2)."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_ERRORS = {
    "type": "array",
    "items": {"type": "object", "required": ["code", "description"],
              "properties": {"code": {"type": "integer"}, "description": _TEXT}},
}  # fmt: skip
_REQUEST = {
    "type": "object",
    "required": ["service_request_id", "status", "service_code", "requested_datetime"],
    "properties": {
        **dict.fromkeys(("service_request_id", "status_notes", "service_name", "service_code", "description",
                         "agency_responsible", "service_notice", "address", "media_url"), _TEXT),
        **{name: {"type": "string", "format": "date-time"} for name in (
            "requested_datetime", "updated_datetime", "expected_datetime",
        )},
        "status": {"enum": ["open", "closed"]}, "lat": {"type": "number"}, "long": {"type": "number"},
    },
}  # fmt: skip
_SERVICE = {
    "type": "object", "required": ["service_code", "service_name", "metadata", "type"],
    "properties": {"service_code": _TEXT, "service_name": _TEXT, "description": _TEXT, "group": _TEXT,
                   "metadata": {"type": "boolean"}, "type": {"enum": ["realtime"]}},
}  # fmt: skip


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _answers(status: str, words: str, schema: dict[str, Any], *refusals: str) -> dict[str, Any]:
    def content(shape: dict[str, Any]) -> dict[str, Any]:
        return {"application/json": {"schema": shape}, "text/xml": {"schema": {"type": "string"}}}

    refused = {code: {"description": "Refused, and why.", "content": content(_ERRORS)} for code in (*refusals, "404")}
    return {status: {"description": words, "content": content(schema)}, **refused}


def _query(*names: str, **kinds: dict[str, Any]) -> list[dict[str, Any]]:
    given = {**dict.fromkeys(names, _TEXT), **kinds}
    return [{"name": name, "in": "query", "schema": schema} for name, schema in given.items()]


def _get(
    name: str, words: str, schema: dict[str, Any], *refusals: str, query: list[dict[str, Any]] | None = None
) -> Any:
    return {"get": {
        "operationId": name, "summary": words, "security": [{}],
        "parameters": [*_query("jurisdiction_id"), *(query or [])], "responses": _answers("200", words, schema,
                                                                                          *refusals),
    }}  # fmt: skip


_FORM = {
    "type": "object", "required": ["api_key", "service_code", "description"],
    "properties": {
        **dict.fromkeys(("api_key", "jurisdiction_id", "service_code", "address_string", "email", "first_name",
                         "last_name", "phone", "media_url"), _TEXT),
        "lat": {"type": "number"}, "long": {"type": "number"}, "description": {"type": "string", "maxLength": 2000},
    },
}  # fmt: skip
_FILTERS = _query(
    "service_request_id", "service_code", start_date={"type": "string", "format": "date-time"},
    end_date={"type": "string", "format": "date-time"}, status={"enum": ["open", "closed", "open,closed"]},
    page={"type": "integer", "minimum": 1}, page_size={"type": "integer", "minimum": 1, "maximum": 1000},
)  # fmt: skip
operations: dict[str, dict[str, Any]] = {
    "reporting:open311_discovery": _get("open311Discovery", "Where the endpoint is.", {"type": "object"}),
    "reporting:open311_services": _get("open311Services", "The kinds of problems that are taken.", _list(_SERVICE)),
    "reporting:open311_definition": _get(
        "open311Definition", "The questions of one kind.", {"type": "object", "required": ["service_code",
                                                                                           "attributes"]}
    ),
    "reporting:open311_requests": {
        **_get("open311Requests", "Reports of ninety days at most.", _list(_REQUEST), "400", query=_FILTERS),
        "post": {
            "operationId": "open311Send", "summary": "Sends a report; api_key is a token of the town.",
            "security": [{}],
            "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": _FORM}}},
            "responses": _answers("201", "Its number.", _list({"type": "object", "required": ["service_request_id"]}),
                                  "400", "403"),
        },
    },
    "reporting:open311_request": _get("open311Request", "One report.", _list(_REQUEST)),
    "reporting:open311_token": _get("open311Token", "The number behind a token: the same.", _list({"type": "object"})),
}  # fmt: skip
"""By page. The formats in the address are those of `wire.FORMATS`."""
