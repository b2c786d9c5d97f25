"""What every page knows: the town, its modules, the office's menu, the services of the portal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from campanile_tenants.contract.access import Host
from campanile_tenants.contract.module import MenuEntry, ServiceEntry
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.gate import enabled_modules
from campanile_tenants.public.registry.models import Town
from campanile_tenants.town.people.models import User
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.drawing import service_with
from campanile_tenants.town.site.face import face_of
from campanile_tenants.town.site.languages import others
from campanile_tenants.town.site.pages.rating import NEGATIVE, POSITIVE

OFFICE = {"base": "office/base.html", "name": "office"}
TILES = "/mappa/{z}/{x}/{y}"
"""Where our own server gives pieces of the map (`site:tile`)."""
CONSOLE = {"base": "centre/base.html", "name": "centre"}


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor. No query by itself."""
    town: Town | None = getattr(request, "town", None)
    of_town = _portal(town) if town else {}
    return of_town | {
        "town": town,
        "portal_services": SimpleLazyObject(lambda: services(town)),
        "office_menu": SimpleLazyObject(lambda: menu(town, getattr(request, "user", None))),
        "house_menu": SimpleLazyObject(lambda: house_menu(town, getattr(request, "user", None))),
        "shell": OFFICE if town else CONSOLE,
        "centre_name": settings.CENTRE_NAME,
        "local_outbox": settings.LOCAL_OUTBOX,
    }


def _portal(town: Town) -> dict[str, Any]:
    """What the pages of a town's site show: its face, the menu of the national model, the rating's fixed answers."""
    return {
        "face": SimpleLazyObject(lambda: face_of(town)),
        "other_languages": SimpleLazyObject(lambda: others(town)),
        "map_tiles": TILES if settings.MAP_TILES_URL else "",
        "map_credit": settings.MAP_TILES_CREDIT,
        "site_sections": tree.SECTIONS,
        "rating_positive": POSITIVE,
        "rating_negative": NEGATIVE,
        "report_address": SimpleLazyObject(lambda: service_with("report-inefficiency") or reverse("site:contacts")),
        "accessibility_address": SimpleLazyObject(lambda: reverse("site:accessibility")),
    }


def services(town: Town | None) -> list[ServiceEntry]:
    """The portal services of the modules that are on."""
    return [entry for module in enabled_modules(town) for entry in module.portal]


def house_menu(town: Town | None, user: Any) -> list[MenuEntry]:
    """The lines about the house itself that this person may open."""
    if not isinstance(user, User):
        return []
    return [
        entry
        for entry in registry.house_menu(Host.TOWN if town else Host.CENTRE)
        if user.has_permission(entry.permission)
    ]


def menu(town: Town | None, user: Any) -> list[MenuEntry]:
    """The back office's lines that this person may open."""
    if not isinstance(user, User):
        return []
    return [
        entry for module in enabled_modules(town) for entry in module.menu if user.has_permission(entry.permission)
    ]
