"""Helpers for pages of modules."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from campanile_infra.addresses import address
from campanile_tenants.public.registry.gate import current_town


def absolute(path: str) -> str:
    """The full address of a page of the current town, also outside a request: `https://host/path`."""
    return address(current_town().host, path)


def page_of(request: HttpRequest, queryset: QuerySet, size: int = 20) -> Page:
    """The page that `?pagina=` asks for; the nearest one when it does not exist. 2 queries."""
    return Paginator(queryset, size).get_page(request.GET.get("pagina"))
