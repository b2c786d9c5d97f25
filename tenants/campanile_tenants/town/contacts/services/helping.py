"""Who asked for help: a list to work off now. What is read here about people goes on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from campanile_tenants.town.audit.services import record
from campanile_tenants.town.contacts.models import Contact
from campanile_tenants.town.delivery.models import Answer
from campanile_tenants.town.people.models import User


@dataclass(frozen=True)
class Call:
    """Somebody who asked for help. `address` is the number or address that was reached; `note` what the town knows."""

    key: int
    name: str
    channel: str
    address: str
    street: str
    house_number: str
    fragile: bool
    note: str
    relative: str
    about: str
    given_at: datetime
    handled_at: datetime | None = None
    handled_by: str = ""
    done: str = ""


def calls(about: str = "", *, handled: bool = False) -> list[Call]:
    """Who asked for help and waits, the first first; `about` limits them to one matter. 2 queries, on record."""
    rows = Answer.objects.filter(kind=Answer.Kind.HELP, handled_at__isnull=not handled)
    if about:
        rows = rows.filter(message__about=about)
    rows = rows.select_related("message", "delivery", "handled_by").order_by("-handled_at" if handled else "given_at")
    found = list(rows[:500])
    people = Contact.objects.in_bulk({row.person for row in found if row.person is not None})
    if found:
        record("contacts.read_personal_data", ("calls", about or "all"), number=len(found))
    return [_call(row, people.get(row.person or 0)) for row in found]


def waiting(about: str = "") -> int:
    """How many wait for help. 1 query."""
    rows = Answer.objects.filter(kind=Answer.Kind.HELP, handled_at__isnull=True)
    return (rows.filter(message__about=about) if about else rows).count()


def is_call(key: int) -> bool:
    """Whether there is such a call for help. 1 query."""
    return Answer.objects.filter(pk=key, kind=Answer.Kind.HELP).exists()


def handle(key: int, *, by: User, note: str) -> bool:
    """Notes that somebody took care of it; False when a colleague did before."""
    with transaction.atomic():
        done = Answer.objects.filter(pk=key, kind=Answer.Kind.HELP, handled_at__isnull=True).update(
            handled_at=timezone.now(), handled_by=by, note=" ".join(note.split())[:300]
        )
        if done:
            record("contacts.help_given", ("call", str(key)))
    return bool(done)


def reopen(key: int) -> bool:
    """Takes that back: it was a mistake."""
    with transaction.atomic():
        done = Answer.objects.filter(pk=key, handled_at__isnull=False).update(
            handled_at=None, handled_by=None, note=""
        )  # fmt: skip
        if done:
            record("contacts.help_reopened", ("call", str(key)))
    return bool(done)


def _call(row: Any, contact: Contact | None) -> Call:
    told: Sequence[Any] = (
        (
            contact.name,
            contact.street,
            contact.house_number,
            contact.fragile,
            contact.fragile_note,
            contact.relative_name,
        )
        if contact is not None
        else ("", "", "", False, "", "")
    )
    name, street, number, fragile, note, relative = told
    return Call(
        key=row.pk, name=name, channel=row.delivery.channel_words, address=row.delivery.address, street=street,
        house_number=number, fragile=fragile, note=note, relative=relative, about=row.message.about,
        given_at=row.given_at, handled_at=row.handled_at, handled_by=str(row.handled_by or ""), done=row.note,
    )  # fmt: skip
