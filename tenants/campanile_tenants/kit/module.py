"""What a module's `apps.py` needs. Safe to import before Django's apps are loaded."""

from campanile_tenants.contract.errors import CampanileError, InvalidInput
from campanile_tenants.contract.module import (
    Erase,
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
    "Erase",
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
