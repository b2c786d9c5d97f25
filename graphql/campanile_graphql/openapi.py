"""One place for what is not GraphQL: OpenAPI 3.1 of the corners that the house and each module open beside it.

A module's `openapi.py` holds `operations`: the name of a page to its methods, as OpenAPI writes them; paths come from
the URLconf, so that a page that moves takes its description along. Only modules that are on are told.
"""

from __future__ import annotations

import re
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from campanile_infra.addresses import address
from campanile_tenants.contract.errors import DeclarationError
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.gate import current_town, enabled_modules
from campanile_tenants.town.people.checks import routes

_JSON = {"application/json": {"schema": {"type": "object"}}}
_NOT_FOUND = {"404": {"description": "There is no such thing here."}}
HOUSE: dict[str, dict[str, Any]] = {
    "graphql": {
        "post": {
            "operationId": "graphql",
            "summary": "The API: GraphQL over HTTP. Accept text/event-stream to listen to a subscription.",
            "security": [{}, {"token": []}, {"session": []}],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "query": {"type": "string"},
                                "documentId": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
                                "operationName": {"type": ["string", "null"]},
                                "variables": {"type": ["object", "null"]},
                            },
                            "oneOf": [{"required": ["query"]}, {"required": ["documentId"]}],
                        }
                    }
                },
            },
            "responses": {
                "200": {
                    "description": "data, errors and extensions.cost.",
                    "content": {
                        "application/graphql-response+json": {"schema": {"type": "object"}},
                        **_JSON,
                        "text/event-stream": {"schema": {"type": "string"}},
                    },
                },
                "400": {"description": "It cannot run; errors[0].extensions.code says why.", "content": _JSON},
                "429": {"description": "The points of this minute are used up.", "content": _JSON},
            },
        }
    },
    "api_upload": {
        "put": {
            "operationId": "sendUpload",
            "summary": "The bytes of a file that createUpload announced; the address comes from there.",
            "security": [{}],
            "requestBody": {"required": True, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
            "responses": {
                "204": {"description": "Received: give the upload's id to the mutation."},
                "413": {"description": "Larger than announced.", "content": _JSON},
                "422": {"description": "Not a picture that we can draw again.", "content": _JSON},
                **_NOT_FOUND,
            },
        }
    },
    "api_job_file": {
        "get": {
            "operationId": "fetchExport",
            "summary": "The file of an export, for whoever asked for it.",
            "security": [{"token": []}, {"session": []}],
            "responses": {
                "200": {
                    "description": "The rows.",
                    "content": {
                        "application/x-ndjson": {"schema": {"type": "string"}},
                        "text/csv": {"schema": {"type": "string"}},
                    },
                },
                "401": {"description": "Send the token or the session.", "content": _JSON},
                **_NOT_FOUND,
            },
        }
    },
    "security_txt": {
        "get": {
            "operationId": "securityTxt",
            "summary": "Where to report a vulnerability (RFC 9116).",
            "security": [{}],
            "responses": {"200": {"description": "Text.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
        }
    },
}


def operations(codes: set[str]) -> dict[str, dict[str, Any]]:
    """What the house and these modules describe, by the name of the page. Raises DeclarationError."""
    found = dict(HOUSE)
    for module in registry:
        if module.code in codes and find_spec(f"{module.name}.openapi"):
            told = import_module(f"{module.name}.openapi").operations
            for name in told:
                if not name.startswith(f"{module.code}:"):
                    raise DeclarationError(f"{module.name}.openapi: {name!r} must start with '{module.code}:'.")
            found |= told
    return found


def description(codes: set[str], server: str) -> dict[str, Any]:
    """The whole document for a town with these modules. Raises DeclarationError for a page that is not there."""
    known = routes(settings.ROOT_URLCONF)
    paths: dict[str, Any] = {}
    for name, methods in operations(codes).items():
        if name not in known:
            raise DeclarationError(f"OpenAPI describes {name!r}, which is no page of a town.")
        path, parameters = _path(known[name][0])
        paths[path] = {"parameters": parameters, **methods} if parameters else methods
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Campanile", "version": settings.RELEASE,
            "description": "What stands beside the GraphQL API, which is described at /graphql/guida/.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token of the town."},
                "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            }
        },
    }  # fmt: skip


_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")


def _path(route: str) -> tuple[str, list[dict[str, Any]]]:
    """A route as OpenAPI writes it, with its parameters."""
    schemas = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer"}}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schemas.get(kind or "str", {"type": "string"})}
        for kind, name in _CONVERTER.findall(route)
    ]
    return "/" + _CONVERTER.sub(r"{\2}", route), parameters


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """`openapi.json` of the town at this host. No query."""
    codes = {module.code for module in enabled_modules()}
    told = description(codes, address(current_town().host))
    response = HttpResponse(orjson.dumps(told, option=orjson.OPT_INDENT_2), content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    return response
