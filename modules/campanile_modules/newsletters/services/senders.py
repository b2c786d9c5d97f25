"""The sender's domain: what the name servers should say of it, and how a new one is used little by little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate

from django.utils import timezone

from campanile_modules.newsletters.models import WarmUp
from campanile_tenants.kit import audit, mails, outreach
from campanile_tenants.kit.town import current_town

CAPS = (50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600)
"""Mails to many on each day since the warm-up began; afterwards as many as there are."""


@dataclass(frozen=True)
class Plan:
    """How an issue is spread: (day, how many); one day when nothing holds it back."""

    days: Sequence[tuple[date, int]]

    @property
    def ends(self) -> list[int]:
        """How many have left at the end of each day but the last: the n-th reader's day is how many of them are
        smaller than n.
        """
        return list(accumulate(number for _day, number in self.days))[:-1]


def domain() -> str:
    """From which domain this town writes."""
    return str(current_town().host).partition(":")[0]


def records() -> list[mails.Record]:
    """What the name servers say of it."""
    return mails.records_of(domain())


def begin_warm_up() -> WarmUp:
    """From today this domain is used with care."""
    made, new = WarmUp.objects.get_or_create(domain=domain())
    if new:
        audit.record("newsletters.warm_up_begun", ("domain", made.domain))
    return made


def end_warm_up() -> None:
    """As many mails a day as there are, from now on."""
    if WarmUp.objects.filter(domain=domain()).delete()[0]:
        audit.record("newsletters.warm_up_ended", ("domain", domain()))


def cap(warm: WarmUp, day: date) -> int | None:
    """How many mails to many may leave on a day; None: all."""
    number = (day - warm.begun_on).days
    return CAPS[max(number, 0)] if number < len(CAPS) else None


def plan(readers: int, send_at: datetime | None = None) -> Plan:
    """On which days an issue to so many readers leaves, beside what leaves already on those days. 2 queries."""
    first = timezone.localdate(send_at or timezone.now())
    warm = WarmUp.objects.filter(domain=domain()).first()
    if warm is None or readers <= 0:
        return Plan([(first, readers)])
    taken = outreach.mails_by_day(first)
    days: list[tuple[date, int]] = []
    left, day = readers, first
    while left > 0:
        most = cap(warm, day)
        number = left if most is None else min(left, max(0, most - taken.get(day, 0)))
        days.append((day, number))
        left, day = left - number, day + timedelta(days=1)
    return Plan(days)


def caps_ahead(warm: WarmUp) -> list[tuple[date, int]]:
    """The plan of the domain from today on, for the chart."""
    return [
        (day, most) for number, most in enumerate(CAPS)
        if (day := warm.begun_on + timedelta(days=number)) >= timezone.localdate()
    ]  # fmt: skip
