"""Telling somebody something: a committed row now, the post office does the rest."""

from __future__ import annotations

from campanile_tenants.town.delivery import services, tasks


def send_mail(*, key: str, purpose: str, to: str, subject: str, body: str) -> bool:
    """Puts a mail in the town's outbox with the caller's transaction; returns False if `key` was used before.

    `key` makes it idempotent (`reporting.received:<id>`), `purpose` is for statistics and holds no personal
    data, `body` is plain text. The worker is woken when the transaction commits.
    """
    created = services.enqueue(key=key, purpose=purpose, recipient=to, subject=subject, body=body)
    if created:
        tasks.drain_transactional.wake_on_commit()
    return created
