"""Helpers for pages of modules."""

from __future__ import annotations

import hashlib

from csp.decorators import csp_update
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.functional import cached_property
from django.utils.http import quote_etag

from campanile_infra.addresses import address
from campanile_tenants.public.registry.gate import current_town

showing_frames = csp_update({"frame-src": ["'self'"]})
"""A page that shows another one of ours in a frame; that one says so too (`xframe_options_sameorigin`)."""


def in_frames_of(response: HttpResponse, sites: list[str]) -> HttpResponse:
    """A page that these sites may show in a frame (`https://host`), and nobody else."""
    response._csp_replace = {"frame-ancestors": sites or ["'none'"]}  # type: ignore[attr-defined]
    return response


AHEAD = 2_000
"""How many rows after a page of a list are counted."""
_FARTHEST, _DIGITS = 100_000, 9


def absolute(path: str) -> str:
    """The full address of a page of the current town, also outside a request: `https://host/path`."""
    return address(current_town().host, path)


def page_of(request: HttpRequest, queryset: QuerySet, size: int = 20) -> Page:
    """The page that `?pagina=` asks for; the nearest one when it does not exist. 2 queries.

    Rows are counted `AHEAD` of that page only: counting 100,000 takes longer than the page. `page.paginator.more` says
    that there are more than were counted.
    """
    asked = request.GET.get("pagina", "")
    ahead = min(int(asked), _FARTHEST) if asked.isdecimal() and len(asked) <= _DIGITS else 1
    return _Pages(queryset, size, most=ahead * size + AHEAD).get_page(asked)


class _Pages(Paginator):
    def __init__(self, rows: QuerySet, size: int, *, most: int) -> None:
        super().__init__(rows, size)
        self._most = most

    @cached_property
    def count(self) -> int:
        """How many rows, as far as they are counted."""
        rows: QuerySet = self.object_list  # type: ignore[assignment]
        return rows.order_by()[: self._most].count()

    @property
    def more(self) -> bool:
        """Whether there may be more than were counted."""
        return self.count == self._most


def conditional(request: HttpRequest, body: bytes, kind: str, *, seconds: int = 30) -> HttpResponse:
    """A public document with an ETag made of its content; 304 for who has it already (RFC 9110, 13.1.2)."""
    response = HttpResponse(body, content_type=kind)
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response["ETag"], response["Cache-Control"] = etag, f"public, max-age={seconds}"
    found = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(found, HttpResponse)
    return found
