"""A mail that came back, or what SES says of one: the delivery moves, a dead address is written to no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from campanile_infra.channels.bounces.reading import Reading, Told, read
from campanile_infra.channels.bounces.words import Kind
from campanile_infra.database.scope import in_schema
from campanile_tenants.town.delivery.models import Delivery, Receipt, SoftBounce, State
from campanile_tenants.town.delivery.services.receiving import Event, receive, suppress
from campanile_tenants.town.delivery.tickets import ForgedTicket
from campanile_tenants.town.delivery.tickets import read as read_ticket

PROVIDER = "bounce"
MOST_SOFT = 4
"""So many issues in a row that came back, over a week at least: nobody reads there any more."""
OVER_DAYS = timedelta(days=7)
_KINDS = {
    Kind.HARD: Receipt.Kind.DEAD, Kind.SOFT: Receipt.Kind.SOFT, Kind.DELAYED: Receipt.Kind.DELAYED,
    Kind.COMPLAINT: Receipt.Kind.COMPLAINT,
}  # fmt: skip


def is_ours(name: str) -> bool:
    """Whether a ticket was made here."""
    try:
        read_ticket(name)
    except ForgedTicket:
        return False
    return True


def take(content: bytes, name: str = "") -> Kind | None:
    """Takes a mail that came back, in whichever town it belongs to; None when it is no bounce, or not about a mail of
    ours. The same mail again changes nothing.

    `name`: the ticket in the address to which it was sent; without it (a mailbox of all towns) the one that stands in
    the returned mail.
    """
    found = read(content)
    named = [name] if name else [ticket for ticket in found.tickets if is_ours(ticket)]
    if not named or found.overall is None:
        return None
    with in_schema(read_ticket(named[0]).schema):
        return _take(found, named[0])


def _take(found: Reading, name: str) -> Kind | None:
    delivery = Delivery.objects.filter(pk=read_ticket(name).delivery, channel="email").first()
    if delivery is None:
        return None
    told = found.about(delivery.address)
    if told is not None:
        record(delivery, told, event=found.number, provider=PROVIDER, name=name)
        return told.kind
    return None


def record(
    delivery: Delivery, told: Told, *, event: str, provider: str, name: str, when: datetime | None = None
) -> bool:
    """Writes down what was said of a delivery; False when it was known. In the current town."""
    detail = f"{told.status} {told.detail}".strip()[:120]
    with transaction.atomic():
        new = receive([Event(provider, event, _KINDS[told.kind], ticket=name, detail=detail, happened_at=when)])
        if new and told.kind == Kind.HARD:
            suppress("email", delivery.address, reason="dead_address", detail=detail)
        elif new and told.kind == Kind.SOFT:
            _count(delivery, detail)
    return bool(new)


def spread(addresses: Iterable[str], name: str, told: Told) -> int:
    """The same for other recipients that an event names: those to whom this town ever wrote, and nobody else."""
    mine = read_ticket(name).delivery
    known = Delivery.objects.filter(channel="email", address__in=[one.lower() for one in addresses]).exclude(pk=mine)
    reason = {Kind.HARD: "dead_address", Kind.COMPLAINT: "complaint"}.get(told.kind)
    if reason is None:
        return 0
    gone = sorted(set(known.values_list("address", flat=True)))
    for address in gone:
        suppress("email", address, reason=reason, detail=told.detail[:120])
    return len(gone)


def _count(delivery: Delivery, detail: str) -> None:
    """One more in a row; anew when a mail got through since the last one."""
    now = timezone.now()
    row, made = SoftBounce.objects.select_for_update().get_or_create(
        channel=delivery.channel, address=delivery.address, defaults={"since": now, "last_at": now}
    )
    if not made:
        got_through = Delivery.objects.filter(
            channel=delivery.channel, address=delivery.address, accepted_at__gt=row.last_at,
            state__in=(State.ACCEPTED, State.DELIVERED, State.ACKNOWLEDGED),
        ).exclude(pk=delivery.pk)  # fmt: skip
        if got_through.exists():
            row.number, row.since = 0, now
        row.number, row.last_at = row.number + 1, now
        row.save()
    if row.number >= MOST_SOFT and now - row.since >= OVER_DAYS:
        suppress(delivery.channel, delivery.address, reason="dead_address", detail=f"{row.number} x {detail}"[:120])
