"""What a town chose for a module, as the module's own frozen dataclass."""

from __future__ import annotations

from typing import TypeVar

from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.activation import settings_from
from campanile_tenants.public.registry.gate import current_town

_Settings = TypeVar("_Settings")


def settings_of(code: str, kind: type[_Settings]) -> _Settings:
    """The settings of a module in the current town; its defaults for what the town never chose. No query."""
    found = settings_from(registry.get(code), current_town().settings_of.get(code, {}))
    assert isinstance(found, kind), f"{code} declares {type(found).__name__}"
    return found


__all__ = ["settings_of"]
