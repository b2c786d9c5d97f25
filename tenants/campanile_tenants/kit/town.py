"""The town of the running code, for modules."""

from campanile_tenants.public.registry.gate import current_town, is_enabled, require_enabled

__all__ = ["current_town", "is_enabled", "require_enabled"]
