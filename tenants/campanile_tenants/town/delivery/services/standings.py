"""How a matter's messages are doing: counts and times for the board, and whoever was told, for the correction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from campanile_tenants.town.delivery.models import CHANNEL_WORDS, Answer, Receipt
from campanile_tenants.town.delivery.services.posting import Audience

_BOARD = """
SELECT d.channel, count(*),
       count(*) FILTER (WHERE d.state IN ('ready', 'retry_wait')),
       count(*) FILTER (WHERE d.state = 'accepted'),
       count(*) FILTER (WHERE d.state = 'delivered'),
       count(*) FILTER (WHERE d.state = 'acknowledged'),
       count(*) FILTER (WHERE d.state = 'ambiguous'),
       count(*) FILTER (WHERE d.state IN ('failed_permanent', 'dead', 'expired')),
       count(*) FILTER (WHERE d.state IN ('suppressed', 'cancelled')),
       count(*) FILTER (WHERE d.accepted_at > now() - interval '30 s'),
       extract(epoch FROM max(d.due_at) FILTER (WHERE d.state IN ('ready', 'retry_wait')) - now()),
       extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY d.accepted_at - m.created_at)),
       extract(epoch FROM percentile_cont(0.9) WITHIN GROUP (ORDER BY d.accepted_at - m.created_at)),
       extract(epoch FROM max(d.accepted_at - m.created_at))
FROM delivery_message m JOIN delivery_delivery d ON d.message_id = m.id
WHERE m.about = %(about)s GROUP BY d.channel ORDER BY d.channel
"""
_SPENT = """
SELECT d.channel, coalesce(sum(t.units), 0), sum(t.cost)
FROM delivery_message m JOIN delivery_delivery d ON d.message_id = m.id
JOIN delivery_attempt t ON t.delivery_id = d.id AND t.outcome = 'accepted'
WHERE m.about = %(about)s GROUP BY d.channel
"""
_TOLD = """
SELECT min(d.id) AS id, min(d.person) AS person, d.channel, d.address, min(d.language) AS language, 0 AS step,
       NULL::timestamptz AS due_at
FROM delivery_delivery d JOIN delivery_message m ON m.id = d.message_id
WHERE m.about = %(told_about)s AND m.id <> ALL(%(told_not)s::uuid[])
  AND (d.state IN ('accepted', 'delivered', 'acknowledged', 'ambiguous') OR EXISTS (
       SELECT FROM delivery_attempt t WHERE t.delivery_id = d.id AND t.outcome = ''))
GROUP BY d.channel, d.address
"""


_MAILS_BY_DAY = """
SELECT (coalesce(d.accepted_at, d.due_at, m.created_at) AT TIME ZONE 'Europe/Rome')::date AS day, count(*)
FROM delivery_message m JOIN delivery_delivery d ON d.message_id = m.id
WHERE m.lane = 'bulk' AND d.channel = 'email' AND d.state NOT IN ('cancelled', 'suppressed', 'expired')
  AND m.created_at > %(first)s::date - interval '20 days'
  AND coalesce(d.accepted_at, d.due_at, m.created_at) >= %(first)s::date::timestamp AT TIME ZONE 'Europe/Rome'
GROUP BY 1
"""


@dataclass(frozen=True)
class Row:
    """One channel. `waiting` has not left, `failed` never will, `left_out` opted out or was stopped; seconds from
    committing to handing over, to half of the recipients, to nine in ten, to the last.
    """

    channel: str
    all: int
    waiting: int
    accepted: int
    delivered: int
    acknowledged: int
    in_doubt: int
    failed: int
    left_out: int
    lately: int
    last_due: float | None
    half: float | None
    most: float | None
    last: float | None
    units: int = 0
    cost: Decimal | None = None

    @property
    def words(self) -> str:
        """The channel as people call it."""
        return str(CHANNEL_WORDS.get(self.channel, self.channel))

    @property
    def told(self) -> int:
        """How many were handed over."""
        return self.accepted + self.delivered + self.acknowledged

    @property
    def part(self) -> int:
        """Per cent of what is to be sent that was handed over."""
        wanted = self.all - self.left_out
        return round(100 * self.told / wanted) if wanted else 100

    @property
    def eta(self) -> float | None:
        """Seconds until the last one leaves at the pace of the last half minute; None: nothing leaves now."""
        if not self.waiting:
            return 0.0
        later = max(self.last_due or 0.0, 0.0)
        return self.waiting / (self.lately / 30) + later if self.lately else (later or None)


_COLUMNS = tuple(field.name for field in fields(Row))


def board(about: str) -> list[Row]:
    """How the messages of a matter stand, a row a channel. 2 queries."""
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, {"about": about})
        spent = {channel: (int(units), cost) for channel, units, cost in cursor.fetchall()}
        cursor.execute(_BOARD, {"about": about})
        return [_row(row, *spent.get(row[0], (0, None))) for row in cursor.fetchall()]


def _row(found: Sequence[Any], units: int, cost: Decimal | None) -> Row:
    numbers = [None if value is None else float(value) for value in found[10:]]
    return Row(**dict(zip(_COLUMNS, (*found[:10], *numbers, units, cost), strict=True)))


def told(about: str, but: Collection[UUID] = ()) -> Audience:
    """Whoever was told of a matter, over the ways it went: for its correction. `but`: keys of messages left aside."""
    return Audience(_TOLD, {"told_about": about, "told_not": list(but)})


def mails_by_day(first: date) -> dict[date, int]:
    """Mails to many that left or leave on each day (Europe/Rome) from `first` on. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(_MAILS_BY_DAY, {"first": first})
        return {day: int(number) for day, number in cursor.fetchall()}


def complaints(about: str) -> int:
    """How many people called a message of this matter spam. 1 query."""
    found = Receipt.objects.filter(delivery__message__about=about, kind=Receipt.Kind.COMPLAINT)
    return found.values("delivery_id").distinct().count()


def answers(about: str) -> dict[str, int]:
    """How many people of a matter understood, and how many asked for help. 1 query."""
    rows = (
        Answer.objects.filter(message__about=about).values("kind").annotate(n=Count("delivery__person", distinct=True))
    )
    return {row["kind"]: row["n"] for row in rows.order_by()}
