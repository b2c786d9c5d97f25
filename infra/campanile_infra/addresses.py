"""Full addresses of our pages, also outside a request: scheme and port are the same for every host."""

from __future__ import annotations

from django.conf import settings


def address(host: str, path: str = "") -> str:
    """`https://host/path`; `path` starts with a slash, or is empty."""
    return f"{settings.PUBLIC_SCHEME}://{host}{settings.PUBLIC_PORT_SUFFIX}{path}"


def centre_address(path: str = "") -> str:
    """The full address of a page of the centre."""
    return address(settings.CENTRE_HOSTS[0], path)
