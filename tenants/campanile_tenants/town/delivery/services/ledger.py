"""The three writes of a lot's life, each one statement: lease, intent, answers. Nothing here speaks to anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from campanile_tenants.town.delivery.models import Outcome, State

_CLAIM = """
UPDATE delivery_work w SET fence = w.fence + 1, lease_until = clock_timestamp() + %(lease)s::interval
WHERE w.id = (SELECT id FROM delivery_work
              WHERE rank <= %(rank)s AND due_at <= clock_timestamp()
                    AND (lease_until IS NULL OR lease_until < clock_timestamp())
              ORDER BY rank, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING w.id, w.message_id, w.rank, w.channel, w.provider, w.items, w.position, w.fence, w.pace
"""
_INTENT = """
WITH mine AS (
    UPDATE delivery_work w SET position = %(upto)s, lease_until = clock_timestamp() + %(lease)s::interval
    FROM delivery_message m
    WHERE w.id = %(work)s AND w.fence = %(fence)s AND m.id = w.message_id AND m.stopped_at IS NULL
    RETURNING w.message_id, m.expires_at, m.topic, m.lane
), picked AS (
    SELECT d.id, d.attempts + 1 AS n, d.address, d.language, d.in_doubt,
           CASE WHEN mine.expires_at <= clock_timestamp() THEN 'expired'
                WHEN mine.lane <> 'transactional' AND EXISTS (
                    SELECT FROM delivery_suppression s
                    WHERE s.channel = d.channel AND s.address = d.address AND s.topic IN ('', mine.topic)
                ) THEN 'suppressed'
                WHEN d.person IS NOT NULL AND EXISTS (
                    SELECT FROM delivery_answer a WHERE a.message_id = d.message_id AND a.person = d.person
                ) THEN 'cancelled'
           END AS instead
    FROM delivery_delivery d, mine
    WHERE d.id = ANY(%(items)s) AND d.state IN ('ready', 'retry_wait')
), skipped AS (
    UPDATE delivery_delivery d SET state = p.instead FROM picked p WHERE p.instead IS NOT NULL AND d.id = p.id
), made AS (
    INSERT INTO delivery_attempt (delivery_id, n, provider, outcome, started_at, reference, detail, units)
    SELECT id, n, %(provider)s, '', clock_timestamp(), '', '', 1 FROM picked WHERE instead IS NULL
)
SELECT p.id, p.n, p.address, p.language, p.in_doubt FROM mine LEFT JOIN picked p ON p.instead IS NULL
"""
_ANSWERS = """
WITH answers AS (
    SELECT * FROM unnest(%(ids)s::bigint[], %(ns)s::int[], %(outcomes)s::text[], %(states)s::text[],
                         %(references)s::text[], %(details)s::text[], %(units)s::int[], %(costs)s::numeric[])
           AS a (id, n, outcome, state, reference, detail, units, cost)
), answered AS (
    UPDATE delivery_attempt t
    SET outcome = a.outcome, answered_at = clock_timestamp(), reference = a.reference, detail = a.detail,
        units = a.units, cost = a.cost
    FROM answers a WHERE t.delivery_id = a.id AND t.n = a.n AND t.outcome = ''
    RETURNING a.*
), moved AS (
    UPDATE delivery_delivery d
    SET attempts = a.n, reason = a.detail,
        in_doubt = d.in_doubt OR a.outcome = 'ambiguous',
        state = CASE WHEN d.state IN ('delivered', 'acknowledged') THEN d.state ELSE a.state END,
        accepted_at = CASE WHEN a.outcome = 'accepted' THEN clock_timestamp() ELSE d.accepted_at END
    FROM answered a WHERE d.id = a.id
    RETURNING d.id, d.state, a.outcome
), ended AS (
    DELETE FROM delivery_work WHERE id = %(work)s AND fence = %(fence)s AND %(last)s
), again AS (
    INSERT INTO delivery_work (message_id, rank, channel, provider, pace, items, position, due_at, fence)
    SELECT %(message)s, %(rank)s, %(channel)s, %(provider)s, %(pace)s, array_agg(m.id ORDER BY m.id), 0,
           clock_timestamp() + later.seconds * interval '1 s', 0
    FROM moved m JOIN unnest(%(later_ids)s::bigint[], %(later_seconds)s::float8[]) AS later (id, seconds)
         ON later.id = m.id
    WHERE m.state = 'retry_wait' GROUP BY later.seconds
)
SELECT count(*) FILTER (WHERE outcome = 'accepted') FROM moved
"""


@dataclass
class Lot:
    """A lot that this worker leases."""

    id: int
    message: UUID
    rank: int
    channel: str
    provider: str
    items: list[int]
    position: int
    fence: int
    pace: str = ""

    @property
    def left(self) -> list[int]:
        """Deliveries without an attempt in this lease's round."""
        return self.items[self.position :]


class Due(NamedTuple):
    """A delivery whose attempt number `n` is committed and may now leave."""

    id: int
    n: int
    address: str
    language: str
    in_doubt: bool


@dataclass(frozen=True)
class Said:
    """What came of an attempt, and what becomes of its delivery; `again` in seconds when it is tried again."""

    id: int
    n: int
    outcome: Outcome
    state: State
    reference: str = ""
    detail: str = ""
    units: int = 1
    cost: Decimal | None = None
    again: float | None = None


def _lease() -> str:
    """How long a worker may be silent before its lot is given to another one."""
    return f"{settings.DELIVERY_LEASE_SECONDS} seconds"


def claim(rank: int) -> Lot | None:
    """Leases the first lot that is due in the lanes up to `rank`; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"rank": rank, "lease": _lease()})
        row = cursor.fetchone()
    return None if row is None else Lot(*row)


def intend(lot: Lot, count: int, provider: str) -> list[Due] | None:
    """Commits an attempt for each of the next `count` deliveries and renews the lease.

    Those that expired, were opted out of, or were answered meanwhile end here without one. None: the lot is not ours
    any more, or the message was stopped; nothing may leave.
    """
    items = lot.left[:count]
    values: dict[str, Any] = {
        "work": lot.id, "fence": lot.fence, "upto": lot.position + len(items), "items": items, "provider": provider,
        "lease": _lease(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INTENT, values)
        rows = cursor.fetchall()
    if not rows:
        return None
    lot.position += len(items)
    return [Due(*row) for row in rows if row[0] is not None]


def write(lot: Lot, answers: Sequence[Said], *, provider: str = "", last: bool) -> int:
    """Writes answers; only those whose attempt is still open, so that a worker that comes too late changes nothing.

    Those with `again` go into new lots (which prefer `provider`, when it names one); `last` ends this lot. Returns how
    many were taken by the provider.
    """
    later = [(answer.id, answer.again) for answer in answers if answer.again is not None]
    values: dict[str, Any] = {
        "ids": [a.id for a in answers], "ns": [a.n for a in answers], "outcomes": [str(a.outcome) for a in answers],
        "states": [str(a.state) for a in answers], "references": [a.reference for a in answers],
        "details": [a.detail[:60] for a in answers], "units": [a.units for a in answers],
        "costs": [a.cost for a in answers], "work": lot.id, "fence": lot.fence, "last": last, "message": lot.message,
        "rank": lot.rank, "channel": lot.channel, "provider": provider, "pace": lot.pace,
        "later_ids": [id_ for id_, _ in later], "later_seconds": [seconds for _, seconds in later],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, values)
        return int(cursor.fetchone()[0])


def end(lot: Lot) -> None:
    """Takes a lot away that has nothing left."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM delivery_work WHERE id = %s AND fence = %s", [lot.id, lot.fence])


def drop(lot: Lot) -> None:
    """Takes a lot of a stopped message away and cancels what had not left. Changes nothing when it is not ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM delivery_work WHERE id = %s AND fence = %s RETURNING id) "
            "UPDATE delivery_delivery d SET state = 'cancelled' FROM gone "
            "WHERE d.id = ANY(%s) AND d.state IN ('ready', 'retry_wait')",
            [lot.id, lot.fence, lot.items],
        )


def give_back(lot: Lot, seconds: float) -> None:
    """Puts a lot back, due in `seconds`: nothing may leave over its line now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery_work SET lease_until = NULL, due_at = clock_timestamp() + %s * interval '1 s' "
            "WHERE id = %s AND fence = %s",
            [seconds, lot.id, lot.fence],
        )


def left_in_doubt(lot: Lot) -> list[tuple[int, int, bool]]:
    """(delivery, n, whether it was in doubt before) of attempts that a worker before us left without an answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.delivery_id, t.n, d.in_doubt FROM delivery_attempt t "
            "JOIN delivery_delivery d ON d.id = t.delivery_id "
            "WHERE t.delivery_id = ANY(%s) AND t.outcome = ''",
            [lot.items[: lot.position]],
        )
        return [tuple(row) for row in cursor.fetchall()]


def next_due(rank: int) -> float | None:
    """Seconds until the next lot of these lanes is due or its lease is over; None when there is no work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM min(greatest(due_at, lease_until)) - clock_timestamp())::float8 "
            "FROM delivery_work WHERE rank <= %s",
            [rank],
        )
        row = cursor.fetchone()
    return None if row is None or row[0] is None else max(0.0, float(row[0]))
