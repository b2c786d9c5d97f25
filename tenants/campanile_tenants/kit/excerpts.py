"""What modules show of themselves in short, for a module that composes: a newsletter knows no other module."""

from __future__ import annotations

from django.utils.module_loading import import_string

from campanile_tenants.contract.module import Hit
from campanile_tenants.public.registry.gate import enabled_modules


def sources() -> list[tuple[str, str]]:
    """(code, label) of what the modules that are on in this town offer. No query."""
    return [(one.code, str(one.label)) for module in enabled_modules() for one in module.excerpts]


def hits(code: str, number: int) -> list[Hit]:
    """The newest of one source; none when its module is off."""
    found = [one for module in enabled_modules() for one in module.excerpts if one.code == code]
    return list(import_string(found[0].hits)(number)) if found else []


__all__ = ["Hit", "hits", "sources"]
