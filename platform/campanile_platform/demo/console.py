"""What the centre itself has in the demo: a price list, and two invoices that are late."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from campanile_platform.centre.models import OpenInvoice
from campanile_tenants.public.registry.models import ListPrice, Municipality

_PRICES = {
    "reporting": ((0, 240), (3_000, 480), (10_000, 1_200), (30_000, 2_400)),
    "alerts": ((0, 180), (3_000, 360), (10_000, 900), (30_000, 1_800)),
}
"""EUR a year by inhabitants from which a band begins: invented, of the size that such services cost."""
_TRIAL_DAYS = 60
_LATE = (("097025", "F-2026-014", "240.00", 35), ("097070", "F-2026-022", "480.00", 12))


def set_prices() -> None:
    """Writes the price list once; before the towns come, so that each has its price."""
    if ListPrice.objects.exists():
        return
    ListPrice.objects.bulk_create(
        ListPrice(module=module, inhabitants_from=start, yearly_price=price, trial_days=_TRIAL_DAYS)
        for module, bands in _PRICES.items()
        for start, price in bands
    )


def send_invoices() -> None:
    """Writes the invoices once."""
    if OpenInvoice.objects.exists():
        return
    towns = Municipality.objects.defer("boundary").in_bulk([code for code, *_rest in _LATE], field_name="istat_code")
    today = timezone.localdate()
    OpenInvoice.objects.bulk_create(
        OpenInvoice(municipality=towns[code], number=number, amount=amount, due_on=today - timedelta(days=days))
        for code, number, amount, days in _LATE
        if code in towns
    )
