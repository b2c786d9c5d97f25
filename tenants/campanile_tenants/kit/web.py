"""Helpers for pages of modules."""

from __future__ import annotations

import hashlib

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.functional import cached_property
from django.utils.http import quote_etag

from campanile_infra.addresses import address
from campanile_tenants.public.registry.gate import current_town

MOST_ROWS = 2_000
"""How far a list is counted and turned over; beyond, one searches."""


def absolute(path: str) -> str:
    """The full address of a page of the current town, also outside a request: `https://host/path`."""
    return address(current_town().host, path)


def page_of(request: HttpRequest, queryset: QuerySet, size: int = 20) -> Page:
    """The page that `?pagina=` asks for; the nearest one when it does not exist. 2 queries.

    Rows are counted up to `MOST_ROWS`: nobody turns that many pages, and counting them all takes longer than the page.
    """
    return _Pages(queryset, size).get_page(request.GET.get("pagina"))


class _Pages(Paginator):
    @cached_property
    def count(self) -> int:
        """How many rows, `MOST_ROWS` at most."""
        rows: QuerySet = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:MOST_ROWS].count()


def conditional(request: HttpRequest, body: bytes, kind: str, *, seconds: int = 30) -> HttpResponse:
    """A public document with an ETag made of its content; 304 for who has it already (RFC 9110, 13.1.2)."""
    response = HttpResponse(body, content_type=kind)
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response["ETag"], response["Cache-Control"] = etag, f"public, max-age={seconds}"
    found = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(found, HttpResponse)
    return found
