"""From host to town, and from URL to module: both decided before a view runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.contract.errors import ModuleNotEnabled
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.public.registry.gate import is_enabled

GetResponse = Callable[[HttpRequest], HttpResponse]


class TownMiddleware:
    """Runs the request in the schema of the town at its host, or in the public schema at the centre's hosts.

    An unknown host, and a town that is still being prepared, get a friendly 404 that lists nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            # As it was sent: a name that is none of ours is found nowhere, so it needs no further check.
            named = request.META.get("HTTP_HOST") or request.get_host()
        except DisallowedHost:
            return _unknown_host(request)
        name, _colon, port = named.rpartition(":")
        host = (name if port.isdigit() else named).lower().rstrip(".")
        if host in settings.CENTRE_HOSTS:
            request.town = None  # type: ignore[attr-defined]
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF  # type: ignore[attr-defined]
            with in_schema(PUBLIC_SCHEMA):
                return self.get_response(request)
        town = directory.by_host(host)
        if town is None or not town.serves:
            return _unknown_host(request)
        request.town = town  # type: ignore[attr-defined]
        with in_schema(town.schema_name, town):
            return self.get_response(request)


class ModuleGateMiddleware:
    """A page of a module that is off answers 404 with the typed error's words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        code = match.namespaces[0] if match is not None and match.namespaces else ""
        if code not in registry or is_enabled(code):
            return None
        error = ModuleNotEnabled(module=code)
        content = render_to_string("errors/not_enabled.html", {"error": error}, request=request)
        return HttpResponse(content, status=error.http_status)


def _unknown_host(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("errors/unknown_host.html", {}), status=404)
