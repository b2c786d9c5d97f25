"""Writing down metered use, from inside a town."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.db.models import Model

from campanile_tenants.contract.errors import DeclarationError
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.public.registry.models import UsageEvent


def record(meter: str, *, key: str | Model, quantity: Decimal | int = 1) -> None:
    """Counts `quantity` units of a declared meter for the current town, once per `key`. 1 query.

    Joins the caller's transaction. Raises DeclarationError for a meter that no module declares.
    """
    module = registry.find(meter.split(".", 1)[0])
    if module is None or meter not in {declared.code for declared in module.meters}:
        raise DeclarationError(f"No module declares the meter {meter!r}; add Meter({meter!r}, unit=...) to it.")
    town = current_town()
    text = str(key.pk) if isinstance(key, Model) else key
    event = UsageEvent(schema_name=town.schema_name, meter=meter, quantity=quantity, idempotency_key=text)
    with transaction.atomic():
        UsageEvent.objects.bulk_create([event], ignore_conflicts=True)
