"""What a module's `apps.py` needs. Safe to import before Django's apps are loaded."""

from campanile_tenants.contract.errors import CampanileError, InvalidInput
from campanile_tenants.contract.module import (
    Erase,
    Event,
    Figure,
    Hit,
    MenuEntry,
    Meter,
    ModuleConfig,
    NoSettings,
    Permission,
    PersonalData,
    Ratio,
    Schedule,
    ServiceEntry,
    SharedKind,
    Topic,
    UploadKind,
    WidgetSlot,
)

__all__ = [
    "CampanileError",
    "Erase",
    "Event",
    "Figure",
    "Hit",
    "InvalidInput",
    "MenuEntry",
    "Meter",
    "ModuleConfig",
    "NoSettings",
    "Permission",
    "PersonalData",
    "Ratio",
    "Schedule",
    "ServiceEntry",
    "SharedKind",
    "Topic",
    "UploadKind",
    "WidgetSlot",
]
