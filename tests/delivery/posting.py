"""Messages for tests: to one, to many, and what became of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection

from campanile_tenants.town.delivery.models import Attempt, Delivery, Lane, Message
from campanile_tenants.town.delivery.services import Audience, broadcast, enqueue, freeze


def one(key: str = "k", *, channel: str = "sms", to: str = "+393331234567", lane: str = Lane.TRANSACTIONAL,
        **more: Any) -> Delivery:  # fmt: skip
    """A message to one address."""
    values = {"purpose": "test", "subject": "Ciao", "body": "Testo"} | more
    enqueue(key=key, recipient=to, channel=channel, lane=lane, **values)
    return Delivery.objects.get(message__idempotency_key=key)


def many(number: int, *, lane: str = Lane.EMERGENCY, channel: str = "sms", key: str = "many", **more: Any) -> Message:
    """A message to made-up numbers."""
    message = broadcast(key=key, purpose="test", lane=lane, subject="Allerta", body="Neve da stasera.", **more)
    sql = (
        f"SELECT n::bigint AS id, n::bigint AS person, '{channel}' AS channel, '+39333' || (1000000 + n) AS address, "
        f"'it' AS language, 0 AS step, NULL::timestamptz AS due_at FROM generate_series(1, {number}) AS n"
    )
    freeze(message, Audience(sql))
    return message


def states(message: Message | None = None) -> dict[str, int]:
    """How many deliveries stand where."""
    found = Delivery.objects.filter(message=message) if message else Delivery.objects.all()
    return dict(Counter(found.values_list("state", flat=True)))


def outcomes() -> dict[str, int]:
    """How many attempts ended how."""
    return dict(Counter(Attempt.objects.values_list("outcome", flat=True)))


def let_leases_run_out() -> None:
    """As if a minute had passed since the last worker spoke."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_work SET lease_until = clock_timestamp() - interval '1 s' "
                       "WHERE lease_until IS NOT NULL")  # fmt: skip


def let_time_pass() -> None:
    """As if everything that waits were due."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_work SET due_at = clock_timestamp() - interval '1 s'")
