"""Telling somebody something: a committed row now, the post office does the rest."""

from __future__ import annotations

from uuid import uuid4

from campanile_tenants.town.delivery import services, tasks
from campanile_tenants.town.delivery.models import Lane


def send_mail(*, key: str, purpose: str, to: str, subject: str, body: str) -> bool:
    """Puts a mail in the town's outbox with the caller's transaction; returns False if `key` was used before.

    `key` makes it idempotent (`reporting.received:<id>`), `purpose` is for statistics and holds no personal
    data, `body` is plain text. The worker is woken when the transaction commits.
    """
    created = services.enqueue(key=key, purpose=purpose, recipient=to, subject=subject, body=body)
    if created:
        tasks.drain_transactional.wake_on_commit()
    return created


_ONE = """
    SELECT 1 AS id, NULL::bigint AS person, 'email' AS channel, %(address)s AS address, 'it' AS language, 0 AS step,
           NULL::timestamptz AS due_at
"""


def send_html(*, purpose: str, to: str, subject: str, body: str, html: str) -> None:
    """The same with HTML beside the plain text, each time it is called: for a trial of what many are to get."""
    message = services.broadcast(
        key=f"{purpose}:{uuid4().hex}", purpose=purpose, lane=Lane.TRANSACTIONAL, subject=subject, body=body,
        contents={"email": {"it": {"html": html}}},
    )  # fmt: skip
    services.freeze(message, services.Audience(_ONE, {"address": to}))
    tasks.drain_transactional.wake_on_commit()
