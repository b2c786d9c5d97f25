"""The bus for modules: hear what happens elsewhere with `on`, tell what happens with you with `publish`."""

from campanile_tenants.public.registry.events import on, publish

__all__ = ["on", "publish"]
