"""Helpers for pages of modules."""

from __future__ import annotations

import hashlib

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from campanile_infra.addresses import address
from campanile_tenants.public.registry.gate import current_town


def absolute(path: str) -> str:
    """The full address of a page of the current town, also outside a request: `https://host/path`."""
    return address(current_town().host, path)


def page_of(request: HttpRequest, queryset: QuerySet, size: int = 20) -> Page:
    """The page that `?pagina=` asks for; the nearest one when it does not exist. 2 queries."""
    return Paginator(queryset, size).get_page(request.GET.get("pagina"))


def conditional(request: HttpRequest, body: bytes, kind: str, *, seconds: int = 30) -> HttpResponse:
    """A public document with an ETag made of its content; 304 for who has it already (RFC 9110, 13.1.2)."""
    response = HttpResponse(body, content_type=kind)
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response["ETag"], response["Cache-Control"] = etag, f"public, max-age={seconds}"
    found = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(found, HttpResponse)
    return found
