"""What a module's `apps.py` needs. Safe to import before Django's apps are loaded."""

from campanile_tenants.contract.errors import CampanileError, InvalidInput
from campanile_tenants.contract.module import (
    MenuEntry,
    Meter,
    ModuleConfig,
    NoSettings,
    Permission,
    PersonalData,
    Schedule,
    ServiceEntry,
    WidgetSlot,
)

__all__ = [
    "CampanileError",
    "InvalidInput",
    "MenuEntry",
    "Meter",
    "ModuleConfig",
    "NoSettings",
    "Permission",
    "PersonalData",
    "Schedule",
    "ServiceEntry",
    "WidgetSlot",
]
