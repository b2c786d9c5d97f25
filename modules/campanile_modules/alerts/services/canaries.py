"""A message each day over every channel to the town's canary: who sees it red at 18:00 need not see it at 3:00."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campanile_tenants.kit import notices, outreach
from campanile_tenants.kit.outreach import CANARY, Lane, Message, Whom
from campanile_tenants.kit.town import current_town

SEND_FROM, SEND_UNTIL = 17, 18
"""Hours of Europe/Rome in which the trial leaves."""
PATIENCE = timedelta(minutes=20)
LISTENS = timedelta(hours=2)
"""After it the last trial says nothing new: it has expired."""


def sing() -> int:
    """Sends today's trial if it is time; returns how many addresses it went to. Again on the same day: nothing."""
    local = timezone.localtime()
    if not SEND_FROM <= local.hour < SEND_UNTIL:
        return 0
    return send(f"alerts.canary:{local.date().isoformat()}")


def send(key: str) -> int:
    """Sends a trial to the canary over every channel."""
    with transaction.atomic():
        message = outreach.broadcast(
            key=key, purpose="alerts.canary", lane=Lane.TRANSACTIONAL, about=key,
            subject=_("Trial of the alert channels of %(town)s") % {"town": current_town().name},
            body=_("This is the daily trial. If you read it, the channel works. You need not do anything."),
            expires_at=timezone.now() + LISTENS,
        )  # fmt: skip
        outreach.wake(Lane.TRANSACTIONAL)
    return outreach.freeze(message, outreach.audience(Whom(topic="", everybody=True, kind=CANARY)))


def count_households() -> bool:
    """Tells the centre, once an hour, how many households the town knows and does not reach."""
    if not notices.is_due():
        return False
    rows = outreach.streets()
    notices.cover(sum(row.households for row in rows), sum(row.unreached for row in rows))
    return True


def listen() -> int:
    """Notes how the last trial went over each channel, for the centre; returns how many channels."""
    last = Message.objects.filter(purpose="alerts.canary", created_at__gt=timezone.now() - LISTENS).first()
    if last is None or last.created_at > timezone.now() - timedelta(minutes=1):
        return 0
    found = last.deliveries.order_by("channel", "-id").distinct("channel")
    late = last.created_at < timezone.now() - PATIENCE
    for delivery in found:
        state = "failed" if late and delivery.state in ("ready", "retry_wait", "ambiguous") else delivery.state
        notices.note(delivery.channel, sent_at=last.created_at, state=state, detail=delivery.reason)
    return len(found)
