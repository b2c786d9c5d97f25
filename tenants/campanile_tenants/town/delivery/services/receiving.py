"""What comes back: each event once, in any order; what is early waits for its delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from campanile_infra.database import scope
from campanile_tenants.public.providers.models import HeardReceipt
from campanile_tenants.public.registry.events import publish
from campanile_tenants.town.delivery.models import (
    Answer,
    Attempt,
    Delivery,
    Lane,
    Receipt,
    SoftBounce,
    State,
    Suppression,
    Work,
)
from campanile_tenants.town.delivery.tickets import ForgedTicket, read

Kind = Receipt.Kind
MOST_CALLS = 6
CALL_AGAIN = timedelta(minutes=2)
"""Times the number of calls so far."""
_RANK = {
    State.DELIVERED: (*(State.READY, State.RETRY_WAIT), State.ACCEPTED, State.AMBIGUOUS, State.FAILED_PERMANENT,
                      State.DEAD, State.EXPIRED, State.CANCELLED, State.SUPPRESSED),
    State.ACKNOWLEDGED: tuple(state for state in State if state != State.ACKNOWLEDGED),
    State.FAILED_PERMANENT: (State.ACCEPTED, State.AMBIGUOUS),
}  # fmt: skip
"""From which states a receipt moves a delivery: never back, so that order does not matter."""


@dataclass(frozen=True)
class Event:
    """One thing that a provider tells: `event` is its number for it, `ticket` ours for the delivery, or `reference`
    the provider's for the message.
    """

    provider: str
    event: str
    kind: Kind
    ticket: str = ""
    reference: str = ""
    happened_at: datetime | None = None
    detail: str = ""


def receive(events: Sequence[Event]) -> int:
    """Takes events of the current town; returns how many were new. An event that came before changes nothing.

    Raises ForgedTicket when a ticket was not made by us for this town: then none is taken.
    """
    here = scope.current().schema
    named = [read(event.ticket) if event.ticket else None for event in events]
    if any(name is not None and name.schema != here for name in named):
        raise ForgedTicket
    new = 0
    for event, name in zip(events, named, strict=True):
        with transaction.atomic():
            new += _take(event, None if name is None else name.delivery)
    return new


def match_early(provider: str, references: Sequence[str]) -> int:
    """Gives receipts that came before the provider's answer to their deliveries. 1 query when there are none."""
    waiting = Receipt.objects.filter(provider=provider, reference__in=references, delivery__isnull=True)
    found = 0
    for receipt in waiting.order_by("id"):
        with transaction.atomic():
            if (delivery := _delivery_of(provider, receipt.reference)) is not None:
                Receipt.objects.filter(pk=receipt.pk).update(delivery=delivery)
                _apply(delivery, Kind(receipt.kind), receipt.happened_at, receipt.detail)
                found += 1
    return found


def claim(rows: Sequence[HeardReceipt]) -> list[int]:
    """Takes those receipts that are of this town's messages; returns their rows. 1 query when none is."""
    wanted = {(row.provider, row.reference): row for row in rows}
    known = Attempt.objects.filter(reference__in={row.reference for row in rows}).values_list("provider", "reference")
    mine = [wanted[pair] for pair in set(known) if pair in wanted]
    kinds = {True: Kind.DELIVERED, False: Kind.FAILED}
    receive([
        Event(row.provider, f"{row.reference}:{row.delivered}", kinds[row.delivered], reference=row.reference,
              happened_at=row.heard_at, detail=row.detail)
        for row in mine
    ])  # fmt: skip
    keys = {(row.provider, row.reference) for row in mine}
    return [row.pk for row in rows if (row.provider, row.reference) in keys]


def suppress(channel: str, address: str, *, reason: str, topic: str = "", detail: str = "") -> None:
    """Writes no more to an address over a channel; what waits for it is not sent. Takes effect at once."""
    Suppression.objects.get_or_create(
        channel=channel, address=address, topic=topic, defaults={"reason": reason, "detail": detail[:120]}
    )


def lift(channel: str, address: str) -> int:
    """Writes to an address again: it was confirmed anew, or an officer decided so."""
    SoftBounce.objects.filter(channel=channel, address=address).delete()
    return Suppression.objects.filter(channel=channel, address=address).delete()[0]


def _take(event: Event, number: int | None) -> int:
    happened = event.happened_at or timezone.now()
    receipt, created = Receipt.objects.get_or_create(
        provider=event.provider, event=event.event[:160],
        defaults={"kind": event.kind, "reference": event.reference[:160], "happened_at": happened,
                  "detail": event.detail[:120]},
    )  # fmt: skip
    if not created:
        return 0
    delivery = Delivery.objects.filter(pk=number).first() if number is not None else None
    if delivery is None and event.reference:
        delivery = _delivery_of(event.provider, event.reference)
    if delivery is not None:
        receipt.delivery = delivery
        receipt.save(update_fields=("delivery",))
        _apply(delivery, event.kind, happened, event.detail)
    return 1


def _delivery_of(provider: str, reference: str) -> Delivery | None:
    attempt = Attempt.objects.filter(reference=reference, provider=provider).select_related("delivery").first()
    return None if attempt is None else attempt.delivery


def _apply(delivery: Delivery, kind: Kind, when: datetime, detail: str) -> None:
    if kind == Kind.DELIVERED:
        _move(delivery, State.DELIVERED, delivered_at=when)
    elif kind in (Kind.FAILED, Kind.DEAD, Kind.SOFT):
        _move(delivery, State.FAILED_PERMANENT, reason=detail[:60])
    elif kind == Kind.NO_ANSWER:
        _call_again(delivery)
    elif kind in (Kind.UNDERSTOOD, Kind.HELP):
        answer(delivery, Answer.Kind(kind.value), when)
    elif kind == Kind.OPT_OUT:
        suppress(delivery.channel, delivery.address, reason="opt_out", detail=detail)
    elif kind == Kind.COMPLAINT:
        suppress(delivery.channel, delivery.address, reason="complaint", detail=detail)


def answer(delivery: Delivery, kind: Answer.Kind, when: datetime) -> Answer:
    """What the recipient said: her other deliveries of this message that wait are not sent."""
    made, created = Answer.objects.get_or_create(
        delivery=delivery, kind=kind,
        defaults={"message_id": delivery.message_id, "person": delivery.person, "given_at": when},
    )  # fmt: skip
    _move(delivery, State.ACKNOWLEDGED)
    if created and kind == Answer.Kind.HELP:
        _tell(made)
    return made


def _call_again(delivery: Delivery) -> None:
    """Nobody answered, or it was busy: called again later, until the message is over or it was often enough."""
    message = delivery.message
    over = message.stopped_at is not None or (message.expires_at is not None and message.expires_at <= timezone.now())
    if over or delivery.attempts >= MOST_CALLS:
        _move(delivery, State.FAILED_PERMANENT, reason="nobody answered")
    elif Delivery.objects.filter(pk=delivery.pk, state=State.ACCEPTED).update(state=State.RETRY_WAIT):
        rank = Lane(message.lane).rank
        due_at = timezone.now() + CALL_AGAIN * delivery.attempts
        Work.objects.create(message=message, rank=rank, channel=delivery.channel, items=[delivery.pk], due_at=due_at)


def _tell(made: Answer) -> None:
    publish("delivery.help_asked", answer=made.pk, message=str(made.message_id))


def _move(delivery: Delivery, state: State, **changes: object) -> None:
    Delivery.objects.filter(pk=delivery.pk, state__in=_RANK[state]).update(state=state, **changes)
