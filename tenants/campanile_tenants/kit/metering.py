"""Counting what the centre invoices."""

from campanile_tenants.public.registry.usage import record

__all__ = ["record"]
