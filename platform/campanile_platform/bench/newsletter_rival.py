"""What one writes first for a newsletter: a Celery task a reader. Loaded by the workers of the benchmark only."""

from __future__ import annotations

from campanile_infra.tasks.base import town_task


@town_task(lane="bulk")
def send_one(number: int) -> None:
    """Reads the delivery and its message, speaks to the mail server, writes what it said."""
    from django.utils import timezone

    from campanile_infra.channels.base import Envelope, lines, transport
    from campanile_tenants.town.delivery.models import Attempt, Delivery, Outcome, State

    delivery = Delivery.objects.select_related("message").get(pk=number)
    if delivery.state != State.READY:
        return
    line = lines("email")[0]
    message = delivery.message
    attempt = Attempt.objects.create(delivery=delivery, n=1, provider=line.name)
    transport(line).notify(Envelope(
        str(number), "bench@example.org", delivery.address, message.subject, message.body,
        html=message.contents["email"]["it"]["html"],
    ))  # fmt: skip
    Attempt.objects.filter(pk=attempt.pk).update(outcome=Outcome.ACCEPTED, answered_at=timezone.now())
    Delivery.objects.filter(pk=number).update(state=State.ACCEPTED, attempts=1, accepted_at=timezone.now())
