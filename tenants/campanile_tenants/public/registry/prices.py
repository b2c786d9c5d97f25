"""What a module costs a town: by band of inhabitants, free at the start, pro rata in the first year.

Amounts in EUR without VAT; days are days of Europe/Rome. Towns read the price list, the centre writes it.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from campanile_tenants.public.registry.models import ListPrice, Municipality

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Price:
    """The price of one module for one town: `yearly` EUR, `trial_days` free the first time."""

    yearly: Decimal
    trial_days: int

    def trial_until(self, first: date | None = None) -> date | None:
        """The last free day when it is switched on on `first` (today); None without a trial."""
        first = first or timezone.localdate()
        return first + timedelta(days=self.trial_days - 1) if self.trial_days else None

    def rest_of_year(self, first: date | None = None, *, with_trial: bool = True) -> Decimal:
        """What is due from `first` (today) to 31 December, after the free days; rounded to the cent.

        >>> Price(Decimal("365.00"), 0).rest_of_year(date(2026, 12, 31))
        Decimal('1.00')
        >>> Price(Decimal("365.00"), 30).rest_of_year(date(2026, 12, 15))
        Decimal('0.00')
        """
        first = first or timezone.localdate()
        end = date(first.year, 12, 31)
        free = self.trial_until(first) if with_trial else None
        start = free + timedelta(days=1) if free else first
        days = max(0, (end - start).days + 1)
        whole = 366 if calendar.isleap(first.year) else 365
        return (self.yearly * days / whole).quantize(CENT, ROUND_HALF_UP)


def prices_for(municipality: Municipality) -> dict[str, Price]:
    """The price of every module on the list for a town of this size, by the module's code. 1 query."""
    return _of_band(ListPrice.objects.filter(inhabitants_from__lte=municipality.population))


def price_of(code: str, municipality: Municipality) -> Price | None:
    """The price of one module for a town; None when the centre set none. 1 query."""
    rows = ListPrice.objects.filter(module=code, inhabitants_from__lte=municipality.population)
    return _of_band(rows).get(code)


def _of_band(rows: Iterable[ListPrice]) -> dict[str, Price]:
    ordered = sorted(rows, key=lambda row: row.inhabitants_from)
    return {row.module: Price(row.yearly_price, row.trial_days) for row in ordered}  # the highest band wins
