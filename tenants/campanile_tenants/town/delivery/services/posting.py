"""Putting messages in: to one, or to many whose endpoints are frozen by set-based SQL in chunks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from campanile_tenants.town.delivery.models import Lane, Message

LOT = 500
CHUNK = 20_000
FIRST_CHUNK = 2_000
"""Of an emergency: small, so that the first are on their way while the rest are being written down."""
_ONE = """
WITH message AS (
    INSERT INTO delivery_message (id, idempotency_key, revision, purpose, about, topic, lane, sender, recipient,
                                  subject, body, contents, created_at, expires_at, frozen_upto, frozen_at)
    VALUES (%(id)s, %(key)s, 1, %(purpose)s, %(about)s, '', %(lane)s, '', %(recipient)s, %(subject)s, %(body)s, '{}',
            %(now)s, NULL, 0, %(now)s)
    ON CONFLICT (idempotency_key, revision) DO NOTHING RETURNING id
), delivery AS (
    INSERT INTO delivery_delivery (message_id, channel, address, language, step, state, attempts, in_doubt, reason)
    SELECT id, %(channel)s, %(recipient)s, %(language)s, 0, 'ready', 0, false, '' FROM message
    RETURNING id, message_id
)
INSERT INTO delivery_work (message_id, rank, channel, provider, items, position, due_at, fence)
SELECT message_id, %(rank)s, %(channel)s, '', ARRAY[id], 0, %(now)s, 0 FROM delivery
RETURNING message_id
"""
_FREEZE = """
WITH chosen AS (
    SELECT * FROM ({audience}) AS audience WHERE id > %(after)s ORDER BY id LIMIT %(chunk)s
), made AS (
    INSERT INTO delivery_delivery (message_id, person, channel, address, language, step, state, attempts, in_doubt,
                                   reason, due_at)
    SELECT %(message)s, person, channel, address, language, step,
           CASE WHEN EXISTS (SELECT FROM delivery_suppression s WHERE s.channel = c.channel AND s.address = c.address
                             AND s.topic IN ('', %(topic)s)) THEN 'suppressed' ELSE 'ready' END,
           0, false, '', due_at
    FROM chosen c ORDER BY id
    ON CONFLICT (message_id, channel, address) DO NOTHING
    RETURNING id, channel, step, state, coalesce(due_at, %(now)s) AS due_at,
              CASE WHEN channel = 'email' AND split_part(address, '@', 2) = ANY(%(paced)s)
                   THEN split_part(address, '@', 2) ELSE '' END AS pace
), placed AS (
    SELECT *, (row_number() OVER (PARTITION BY channel, step, due_at, pace ORDER BY id) - 1) / %(lot)s AS lot
    FROM made WHERE state = 'ready'
), work AS (
    INSERT INTO delivery_work (message_id, rank, channel, provider, pace, items, position, due_at, fence)
    SELECT %(message)s, %(rank)s, channel, '', pace, array_agg(id ORDER BY id), 0, due_at, 0
    FROM placed GROUP BY channel, step, due_at, pace, lot
    RETURNING 1
)
SELECT (SELECT max(id) FROM chosen), (SELECT count(*) FROM chosen), (SELECT count(*) FROM made),
       (SELECT count(*) FROM work)
"""


@dataclass(frozen=True)
class Audience:
    """Whom a message is for: a SELECT of this town's tables that gives, a row for each endpoint, `id` (bigint, a key
    to go on from), `person` (bigint or null), `channel`, `address`, `language`, `step` (turn of an escalation) and
    `due_at` (null: at once). `sql` is written by a programmer, `values` fill it.
    """

    sql: str
    values: Mapping[str, Any] = field(default_factory=dict)


def enqueue(
    *, key: str, purpose: str, recipient: str, subject: str, body: str,
    channel: str = "email", lane: str = Lane.TRANSACTIONAL, language: str = "it", about: str = "",
) -> bool:  # fmt: skip
    """Commits a message to one address with the caller's transaction; returns False when `key` was used before.

    1 query.
    """
    message = Message(subject=" ".join(subject.split())[:200])
    values: dict[str, Any] = {
        "id": message.pk, "key": key, "purpose": purpose, "lane": lane, "recipient": recipient,
        "subject": message.subject, "body": body, "channel": channel, "language": language,
        "rank": Lane(lane).rank, "now": timezone.now(), "about": about,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ONE, values)
        return cursor.fetchone() is not None


def broadcast(
    *, key: str, purpose: str, lane: str, subject: str, body: str, contents: Mapping[str, Any] | None = None,
    topic: str = "", about: str = "", sender: str = "", expires_at: datetime | None = None, revision: int = 1,
    exercise: bool = False,
) -> Message:  # fmt: skip
    """Commits a message to many; `freeze` then writes down whom it is for. The same key and revision: the same row."""
    made, _ = Message.objects.get_or_create(
        idempotency_key=key, revision=revision,
        defaults={
            "purpose": purpose, "lane": lane, "subject": " ".join(subject.split())[:200], "body": body,
            "contents": dict(contents or {}), "topic": topic, "about": about, "sender": sender,
            "expires_at": expires_at, "exercise": exercise,
        },
    )  # fmt: skip
    return made


def freeze(message: Message, audience: Audience) -> int:
    """Writes a delivery for each endpoint and lots of work, a chunk a transaction; returns how many were written.

    What was written is being sent while the rest is still written down. A run that was cut short goes on behind the
    last chunk; an endpoint that is there already is left alone. Ends when the message was stopped.
    """
    written, chunk = 0, FIRST_CHUNK if message.lane == Lane.EMERGENCY else CHUNK
    statement = _FREEZE.format(audience=audience.sql)
    while message.frozen_at is None:
        with transaction.atomic(), connection.cursor() as cursor:
            row = Message.objects.select_for_update(no_key=True).filter(pk=message.pk, stopped_at__isnull=True)
            after = row.values_list("frozen_upto", flat=True).first()
            if after is None:
                return written
            values = {
                **audience.values, "message": message.pk, "topic": message.topic, "rank": Lane(message.lane).rank,
                "after": after, "chunk": chunk, "lot": LOT, "now": timezone.now(),
                "paced": list(settings.MAIL_PACE) if message.lane == Lane.BULK else [],
            }  # fmt: skip
            cursor.execute(statement, values)
            last, seen, made, _lots = cursor.fetchone()
            message.frozen_upto = last if last is not None else after
            message.frozen_at = timezone.now() if seen < chunk else None
            message.save(update_fields=("frozen_upto", "frozen_at"))
        written += made
        chunk = CHUNK
    return written
