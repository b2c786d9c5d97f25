"""Stopping, expiring, counting, and folding what is old into numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils import timezone

from campanile_tenants.town.delivery.models import OPEN, Attempt, Delivery, Message, Outcome, Receipt, State, Work

KEEP = timedelta(days=60)
"""How long addresses and texts of messages are kept; after it only numbers are left."""
_FOLD = """
WITH old AS (
    SELECT unnest(%(keys)s::uuid[]) AS id
), counted AS (
    SELECT m.created_at::date AS day, m.purpose, m.lane, d.channel, d.state, count(*) AS number,
           coalesce(sum(t.units), 0) AS units, coalesce(sum(t.cost), 0) AS cost,
           sum(d.accepted_at - m.created_at) AS spent
    FROM old JOIN delivery_message m USING (id) JOIN delivery_delivery d ON d.message_id = m.id
    LEFT JOIN LATERAL (SELECT sum(units) AS units, sum(cost) AS cost FROM delivery_attempt t
                       WHERE t.delivery_id = d.id AND t.outcome = 'accepted') t ON true
    GROUP BY 1, 2, 3, 4, 5
)
INSERT INTO delivery_fact AS f (day, purpose, lane, channel, state, number, units, cost, seconds)
SELECT day, purpose, lane, channel, state, number, units, cost, spent FROM counted
ON CONFLICT (day, purpose, lane, channel, state) DO UPDATE
SET number = f.number + excluded.number, units = f.units + excluded.units, cost = f.cost + excluded.cost,
    seconds = coalesce(f.seconds, '0') + coalesce(excluded.seconds, '0')
"""
_TAKE_AWAY = (
    (
        "DELETE FROM delivery_attempt a USING delivery_delivery d "
        "WHERE a.delivery_id = d.id AND d.message_id = ANY(%(keys)s::uuid[])"
    ),
    (
        "DELETE FROM delivery_receipt r USING delivery_delivery d "
        "WHERE r.delivery_id = d.id AND d.message_id = ANY(%(keys)s::uuid[])"
    ),
    "DELETE FROM delivery_answer WHERE message_id = ANY(%(keys)s::uuid[])",
    "DELETE FROM delivery_work WHERE message_id = ANY(%(keys)s::uuid[])",
    "DELETE FROM delivery_delivery WHERE message_id = ANY(%(keys)s::uuid[])",
    "DELETE FROM delivery_message WHERE id = ANY(%(keys)s::uuid[])",
)
"""In SQL, because a message may have had 160,000 recipients, which Django would load to delete them."""


def lanes_waiting() -> list[int]:
    """The ranks of lanes in which something is due in the current town. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT rank FROM delivery_work WHERE due_at <= clock_timestamp() "
            "AND (lease_until IS NULL OR lease_until < clock_timestamp()) ORDER BY rank"
        )
        return [row[0] for row in cursor.fetchall()]


def stop(key: UUID) -> int:
    """Stops a message: what has not left does not leave any more. Returns how many deliveries were cancelled.

    A worker that is speaking ends with the requests it has already made (one group, at most); its next intent is
    refused and the rest of its lot is cancelled then.
    """
    with transaction.atomic():
        Message.objects.filter(pk=key, stopped_at__isnull=True).update(stopped_at=timezone.now())
        Work.objects.filter(message_id=key, lease_until__isnull=True).delete()
        speaking = Attempt.objects.filter(delivery__message_id=key, outcome=Outcome.INTENT).values("delivery_id")
        open_ones = Delivery.objects.filter(message_id=key, state__in=OPEN).exclude(pk__in=speaking)
        return open_ones.update(state=State.CANCELLED)


PAUSED_FOR = timedelta(days=3_650)
"""How far away the lots of a paused message are put."""


def pause(key: UUID) -> int:
    """Keeps what has not left where it is, until `resume`; returns how many lots wait. A worker that has begun a lot
    (500 at most) ends it.
    """
    later = timezone.now() + PAUSED_FOR
    return Work.objects.filter(message_id=key, lease_until__isnull=True, due_at__lt=later - PAUSED_FOR / 2).update(
        due_at=F("due_at") + PAUSED_FOR
    )


def resume(key: UUID) -> int:
    """Goes on where it stood, at the hours that were set; returns how many lots."""
    far = timezone.now() + PAUSED_FOR / 2
    return Work.objects.filter(message_id=key, due_at__gt=far).update(due_at=F("due_at") - PAUSED_FOR)


def standing(key: UUID) -> Mapping[str, Mapping[str, int]]:
    """`{channel: {state: number}}` of a message; attempts without an answer count as `intent`. 2 queries."""
    found: dict[str, dict[str, Any]] = {}
    for row in Delivery.objects.filter(message_id=key).values("channel", "state").annotate(n=Count("pk")).order_by():
        found.setdefault(row["channel"], {})[row["state"]] = row["n"]
    open_ones = Attempt.objects.filter(delivery__message_id=key, outcome=Outcome.INTENT)
    for row in open_ones.values("delivery__channel", "delivery__state").annotate(n=Count("pk")).order_by():
        states = found[row["delivery__channel"]]
        states["intent"] = states.get("intent", 0) + row["n"]
        states[row["delivery__state"]] -= row["n"]
    return found


def fold(chunk: int = 200) -> int:
    """Turns messages older than `KEEP` into facts of their day, and takes them away; returns how many.

    Receipts that never found a delivery go as well.
    """
    gone = 0
    while True:
        with transaction.atomic():
            old = Message.objects.filter(created_at__lt=timezone.now() - KEEP).order_by("created_at")
            keys = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:chunk])
            with connection.cursor() as cursor:
                cursor.execute(_FOLD, {"keys": keys})
                for statement in _TAKE_AWAY:
                    cursor.execute(statement, {"keys": keys})
        gone += len(keys)
        if len(keys) < chunk:
            break
    Receipt.objects.filter(delivery__isnull=True, received_at__lt=timezone.now() - KEEP).delete()
    return gone
