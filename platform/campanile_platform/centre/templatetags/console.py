"""Template tags of the console."""

from __future__ import annotations

from typing import Any

from django import template

from campanile_tenants.contract.registry import registry

register = template.Library()


@register.inclusion_tag("centre/_catalogue_tabs.html")
def catalogue_tabs(here: str) -> dict[str, Any]:
    """What the centre gives to all towns, as tabs: services, the lists that modules share, prices."""
    return {"tab": here, "shared_kinds": registry.shared_kinds().values()}
