"""What one writes first: a Celery task a recipient. Loaded by the workers of the benchmark only."""

from __future__ import annotations

from campanile_infra.tasks.base import town_task


@town_task(lane="bulk")
def deliver(number: int) -> None:
    """Reads the delivery, writes an attempt, speaks, writes the answer."""
    from django.utils import timezone

    from campanile_infra.channels.base import Envelope, lines, transport
    from campanile_tenants.town.delivery.models import Attempt, Delivery, Outcome, State

    delivery = Delivery.objects.select_related("message").get(pk=number)
    if delivery.state != State.READY:
        return
    line = lines(delivery.channel)[0]
    attempt = Attempt.objects.create(delivery=delivery, n=1, provider=line.name)
    message = delivery.message
    answer = transport(line).notify(Envelope(str(number), "", delivery.address, message.subject, message.body))
    now = timezone.now()
    Attempt.objects.filter(pk=attempt.pk).update(outcome=Outcome.ACCEPTED, answered_at=now, reference=answer.reference)
    Delivery.objects.filter(pk=number).update(state=State.ACCEPTED, attempts=1, accepted_at=now)
