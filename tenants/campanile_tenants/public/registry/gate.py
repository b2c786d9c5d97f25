"""On or off is decided here, and obeyed by pages, API, tasks, schedules, menu and feeds."""

from __future__ import annotations

from collections.abc import Iterable

from campanile_infra.database import scope
from campanile_infra.database.names import is_town
from campanile_tenants.contract.errors import ModuleNotEnabled, WrongHost
from campanile_tenants.contract.module import ModuleConfig
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.public.registry.models import Town


def current_town() -> Town:
    """The town of the running code. Raises WrongHost in the public schema."""
    place = scope.current()
    if isinstance(place.tenant, Town):
        return place.tenant
    town = directory.by_schema(place.schema) if is_town(place.schema) else None
    if town is None:
        raise WrongHost
    return town


def current_town_or_none() -> Town | None:
    """The town of the running code, or None at the centre."""
    return current_town() if is_town(scope.current().schema) else None


def is_enabled(code: str, town: Town | None = None) -> bool:
    """Whether the module is on for `town` (the current one). An uninstalled module is off."""
    town = town or current_town_or_none()
    return town is not None and code in registry and code in town.modules


def require_enabled(code: str, town: Town | None = None) -> None:
    """Raises ModuleNotEnabled unless the module is on."""
    if not is_enabled(code, town):
        raise ModuleNotEnabled(module=code)


def enabled_modules(town: Town | None = None) -> Iterable[ModuleConfig]:
    """The modules that are on, by code."""
    town = town or current_town_or_none()
    return [module for module in registry if town is not None and module.code in town.modules]
