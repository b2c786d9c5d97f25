"""What Amazon SES tells of mails, through SNS: bounces, complaints, deliveries, in either of its two shapes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from campanile_infra.channels.bounces.reading import Told
from campanile_infra.channels.bounces.words import Kind, kind_of, says_why
from campanile_tenants.town.delivery.models import Delivery, Receipt
from campanile_tenants.town.delivery.services import Event, receive
from campanile_tenants.town.delivery.services.bouncing import record, spread
from campanile_tenants.town.delivery.tickets import read

PROVIDER = "ses"
_GONE = {"NoEmail", "Suppressed", "OnAccountSuppressionList"}
_PARTS = {
    "Bounce": ("bounce", "bouncedRecipients"), "Complaint": ("complaint", "complainedRecipients"),
    "DeliveryDelay": ("deliveryDelay", "delayedRecipients"),
}  # fmt: skip


def ticket_of(event: Mapping[str, Any]) -> str:
    """The ticket that travelled with the mail as a tag; empty when there is none."""
    tags = (event.get("mail") or {}).get("tags") or {}
    found = tags.get("ticket") or [""]
    return str(found[0]).replace("-", ".")


def take(event: Mapping[str, Any], name: str, number: str) -> None:
    """Takes one event in the town of its ticket. `number`: of the notification, so that a replay changes nothing."""
    kind = str(event.get("eventType") or event.get("notificationType") or "")
    if kind in ("Delivery", "Reject"):
        said = event.get("delivery" if kind == "Delivery" else "reject") or {}
        receipt = Receipt.Kind.DELIVERED if kind == "Delivery" else Receipt.Kind.FAILED
        receive([Event(PROVIDER, number, receipt, ticket=name, happened_at=_when(said),
                       detail=str(said.get("reason", ""))[:120])])  # fmt: skip
    elif kind in _PARTS:
        part, list_name = _PARTS[kind]
        said = event.get(part) or {}
        people = [one for one in said.get(list_name) or [] if isinstance(one, dict)]
        _each(kind, said, people, name, number)


def _each(kind: str, said: Mapping[str, Any], people: list[dict[str, Any]], name: str, number: str) -> None:
    delivery = Delivery.objects.filter(pk=read(name).delivery).first()
    if delivery is None:
        return
    told = {str(one.get("emailAddress", "")).strip("<> ").lower(): _told(kind, said, one) for one in people}
    mine = told.pop(delivery.address.lower(), None) or _told(kind, said, {})
    record(delivery, mine, event=number, provider=PROVIDER, name=name, when=_when(said))
    for address, other in told.items():
        spread([address], name, other)


def _told(kind: str, said: Mapping[str, Any], one: Mapping[str, Any]) -> Told:
    if kind == "Complaint":
        return Told(Kind.COMPLAINT, detail=str(said.get("complaintFeedbackType", ""))[:40])
    status, words = str(one.get("status", "")), str(one.get("diagnosticCode", ""))
    detail = str(said.get("bounceSubType") or said.get("delayType") or "")[:60]
    if kind == "DeliveryDelay":
        return Told(Kind.DELAYED, status, detail)
    if said.get("bounceType") != "Permanent":
        return Told(Kind.SOFT, status, detail)
    gone = detail in _GONE or not (says_why(words) or status) or kind_of(status, words) == Kind.HARD
    return Told(Kind.HARD if gone else Kind.SOFT, status, detail)


def _when(said: Mapping[str, Any]) -> datetime | None:
    try:
        return parse_datetime(str(said.get("timestamp", "")))
    except ValueError:
        return None
