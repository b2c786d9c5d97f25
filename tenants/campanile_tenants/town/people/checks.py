"""System checks that need the URLconfs: every page says who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from campanile_tenants.town.people.admission import policy_of


def patterns(urlconf: str) -> Iterator[tuple[str, URLPattern]]:
    """Every page of a URLconf with its full name (`namespace:name`)."""
    for name, (_route, pattern) in _walk(get_resolver(urlconf), (), ""):
        yield name, pattern


def routes(urlconf: str) -> dict[str, tuple[str, URLPattern]]:
    """The whole route of every page, as Django writes it, by its full name."""
    return dict(_walk(get_resolver(urlconf), (), ""))


def _walk(
    resolver: URLResolver, namespaces: tuple[str, ...], before: str
) -> Iterator[tuple[str, tuple[str, URLPattern]]]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, (*namespaces, *filter(None, [entry.namespace])), route)
        else:
            yield ":".join((*namespaces, entry.name or str(entry.pattern))), (route, entry)


@register()
def every_page_has_a_policy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An Error for each page without a declared policy: nothing starts, and CI is red."""
    urlconfs = (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
    return [
        Error(
            f"The page {name!r} of {urlconf} declares no policy.",
            hint="Put @open_to_all or @permission_required(...) of campanile_tenants.kit.permissions on its view.",
            id="campanile.E010",
        )
        for urlconf in urlconfs
        for name, pattern in patterns(urlconf)
        if policy_of(pattern.callback) is None
    ]
