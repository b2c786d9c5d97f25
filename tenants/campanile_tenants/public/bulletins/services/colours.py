"""Which colour a town has, today and tomorrow, and what changed since the issue before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.bulletins.models import Colour, Membership, Outlook, Risk, Zone
from campanile_tenants.public.bulletins.reading import ROME


@dataclass(frozen=True)
class Day:
    """What the latest bulletin says of a town for one day. `before`: what the one before it said, when it differs."""

    day: date
    zone: Zone
    published_at: datetime
    valid_to: datetime
    risks: Mapping[Risk, Colour]
    before: Mapping[Risk, Colour]

    @property
    def overall(self) -> Colour:
        """The worst colour."""
        return max(self.risks.values())

    @property
    def changed(self) -> list[Risk]:
        """Risks whose colour is another one than in the issue before."""
        return [risk for risk in Risk if risk in self.before and self.before[risk] != self.risks[risk]]


def colours_of(istat_code: str, moment: datetime | None = None) -> list[Day]:
    """Today's and tomorrow's colours of a town, as known at `moment` (now); a day without a bulletin is left out.

    3 queries, in the public schema.
    """
    moment = moment or timezone.now()
    today = moment.astimezone(ROME).date()
    with in_schema(PUBLIC_SCHEMA):
        lies = Membership.objects.filter(istat_code=istat_code, during__contains=today).select_related("zone").first()
        if lies is None:
            return []
        outlooks = Outlook.objects.filter(
            zone=lies.zone, day__in=(today, today + timedelta(days=1)), issue__published_at__lte=moment
        )  # fmt: skip
        found: dict[date, list[Outlook]] = {}
        for outlook in outlooks.select_related("issue").order_by("-issue__published_at"):
            found.setdefault(outlook.day, []).append(outlook)
    return [_day(lies.zone, said) for _day_, said in sorted(found.items())]


def without_zone(istat_codes: list[str], day: date | None = None) -> list[str]:
    """Those of the municipalities that lie in no zone: new or merged ones that the map does not know. 1 query."""
    day = day or timezone.localdate()
    with in_schema(PUBLIC_SCHEMA):
        known = Membership.objects.filter(istat_code__in=istat_codes, during__contains=day)
        placed = set(known.values_list("istat_code", flat=True))
    return sorted(set(istat_codes) - placed)


def _day(zone: Zone, said: list[Outlook]) -> Day:
    latest, before = said[0], said[1] if len(said) > 1 else None
    return Day(
        latest.day, zone, latest.issue.published_at, latest.valid_to, _risks(latest),
        _risks(before) if before is not None else {},
    )  # fmt: skip


def _risks(outlook: Outlook) -> dict[Risk, Colour]:
    return {risk: Colour(getattr(outlook, risk)) for risk in Risk}
