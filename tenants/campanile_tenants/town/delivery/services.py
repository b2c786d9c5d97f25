"""Putting a message in the outbox, and emptying the outbox."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from campanile_infra.channels.base import Envelope, TransportError, transport
from campanile_tenants.town.delivery.models import Message

_log = logging.getLogger(__name__)
BATCH = 50
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 6
_State = Message.State


def enqueue(
    *, key: str, purpose: str, recipient: str, subject: str, body: str,
    channel: str = "email", lane: str = "transactional",
) -> bool:  # fmt: skip
    """Commits a message with the caller's transaction; returns False when `key` was used before."""
    subject = " ".join(subject.split())[:200]
    _, created = Message.objects.get_or_create(
        idempotency_key=key,
        defaults={
            "purpose": purpose, "recipient": recipient, "subject": subject, "body": body,
            "channel": channel, "lane": lane,
        },
    )  # fmt: skip
    return created


def drain(lane: str, sender: Callable[[], str]) -> int:
    """Sends what is due in `lane` of the current town; returns how many left. `sender` gives the From line.

    Claims a batch, then for each: commits the intent, speaks with no transaction open, records the answer
    only if the lease is still ours.
    """
    recover()
    sent = 0
    while claimed := _claim(lane):
        for message in claimed:
            sent += _send(message, sender())
    return sent


def recover() -> None:
    """Gives back what dead workers held: claimed goes to ready, intent is sent once more, then AMBIGUOUS."""
    expired = Message.objects.filter(lease_until__lt=timezone.now())
    expired.filter(state=_State.CLAIMED).update(state=_State.READY, lease_until=None)
    in_doubt = expired.filter(state=_State.INTENT)
    in_doubt.filter(attempts__gte=2).update(state=_State.AMBIGUOUS, lease_until=None)
    in_doubt.update(state=_State.READY, lease_until=None)


def waiting() -> bool:
    """Whether anything is due or was left by a dead worker in the current town. 1 query."""
    now = timezone.now()
    return Message.objects.filter(
        Q(state=_State.READY, due_at__lte=now) | Q(state__in=(_State.CLAIMED, _State.INTENT), lease_until__lt=now)
    ).exists()


def _claim(lane: str) -> list[Message]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE delivery_message
            SET state = 'claimed', fence = fence + 1, lease_until = clock_timestamp() + %s::interval
            WHERE id IN (SELECT id FROM delivery_message
                         WHERE state = 'ready' AND lane = %s AND due_at <= clock_timestamp()
                         ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            [str(LEASE), lane, BATCH],
        )
        keys = [row[0] for row in cursor.fetchall()]
    return list(Message.objects.filter(pk__in=keys).order_by("due_at"))


def _send(message: Message, sender: str) -> int:
    ours = Message.objects.filter(pk=message.pk, fence=message.fence)
    if not ours.filter(state=_State.CLAIMED).update(state=_State.INTENT, attempts=F("attempts") + 1):
        return 0
    envelope = Envelope(
        reference=str(message.pk), sender=sender, recipient=message.recipient,
        subject=message.subject, body=message.body,
    )  # fmt: skip
    try:
        transport(message.channel).notify(envelope)
    except TransportError as error:
        tries = message.attempts + 1
        dead = error.permanent or tries >= MOST_ATTEMPTS
        _log.warning("Message %s was not sent: %s", message.pk, error)
        ours.update(
            state=_State.FAILED if dead else _State.READY,
            lease_until=None,
            due_at=timezone.now() + timedelta(seconds=15 * 2**tries),
            last_error=str(error)[:200],
        )
        return 0
    return ours.update(state=_State.SENT, sent_at=timezone.now(), lease_until=None, last_error="")
