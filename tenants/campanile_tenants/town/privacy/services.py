"""Export and erasure of one person; consents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import CharField, Model, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from campanile_infra.sealing import fingerprint
from campanile_tenants.contract.module import Erase
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Kind, User
from campanile_tenants.town.people.services.staff import end_sessions
from campanile_tenants.town.privacy.models import Consent, Request, Wording
from campanile_tenants.town.privacy.scan import Hit, scan
from campanile_tenants.town.privacy.subject import Found, Subject, as_dict, find

MASK = "[…]"


@dataclass
class Outcome:
    """What an erasure did: rows by kind, what was kept and why, and what the net below found beyond that."""

    erased: dict[str, int] = field(default_factory=dict)
    kept: list[dict[str, Any]] = field(default_factory=list)
    left: list[Hit] = field(default_factory=list)


def export(subject: Subject, *, by: User) -> dict[str, Any]:
    """Everything the town holds about her, by kind, with why and for how long; goes on record."""
    parts = []
    counts: dict[str, int] = {}
    for found in find(subject):
        rows = [as_dict(row) for row in found.rows]
        counts[found.held.model] = len(rows)
        parts.append(
            {
                "what": found.label, "service": found.service,
                "why": str(found.held.purpose), "legal_basis": str(found.held.legal_basis),
                "kept": how_long(found), "rows": rows,
            }
        )  # fmt: skip
    parts.append(
        {
            "what": _("consents"), "service": _("The municipality"), "why": _("To prove what you agreed to"),
            "legal_basis": _("Legal obligation (GDPR art. 7.1)"), "kept": _("ten years after the end of the consent"),
            "rows": [
                {_("words"): consent.wording.text, _("given"): consent.given_at.isoformat(),
                 _("withdrawn"): consent.withdrawn_at.isoformat() if consent.withdrawn_at else ""}
                for consent in consents_of(subject.email, subject.phone)
            ],
        }
    )  # fmt: skip
    with transaction.atomic():
        request = Request.objects.create(
            kind=Request.Kind.EXPORT, subject=subject.mark, done_by=str(by.pk), counts=counts
        )
        record("privacy.exported", request, counts=counts)
    return {"made_at": timezone.now().isoformat(), "parts": parts}


def how_long(found: Found) -> str:
    """For how long a kind of data is kept, in words."""
    if found.held.erase is Erase.KEEP:
        return str(found.held.keep_reason)
    if found.held.keep_days is None:
        return _("as long as the law on public records asks")
    if found.held.keep_days == 0:
        return _("until its date")
    return _("%(days)s days") % {"days": found.held.keep_days}


def erase(subject: Subject, *, by: User) -> Outcome:
    """Erases her: deletes, or takes her out of what stays; all or nothing, and it goes on record.

    Afterwards every text column of the town is searched for what names her; what is found beyond the declared
    exceptions is in `left`, for the officer to look at.
    """
    outcome = Outcome()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('campanile.erasing', 'on', true)")
        kept_keys: set[tuple[str, str]] = set()
        for found in sorted(find(subject), key=lambda one: one.held.erase is Erase.DELETE):  # masks before deletions
            _erase(found, subject, outcome, kept_keys)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('campanile.erasing', 'off', true)")
        request = Request.objects.create(
            kind=Request.Kind.ERASURE, subject=subject.mark, done_by=str(by.pk), counts=outcome.erased,
            kept=outcome.kept,
        )  # fmt: skip
        record("privacy.erased", request, counts=outcome.erased)
        hits = scan(list(subject.identifiers.values()))
        outcome.left = [hit for hit in hits if any((hit.table, key) not in kept_keys for key in hit.keys)]
    return outcome


def _erase(found: Found, subject: Subject, outcome: Outcome, kept_keys: set[tuple[str, str]]) -> None:
    model = found.rows.model
    rows = list(found.rows)
    keep: list[Model] = []
    reason = str(found.held.keep_reason)
    if found.held.erase is Erase.KEEP:
        keep = rows
    elif model is User:
        keep = [row for row in rows if row.kind != Kind.CITIZEN]
        reason = _("She works here: her account says who did what, as long as the acts themselves are kept.")
    gone = [row for row in rows if row not in keep]
    for row in gone:
        if isinstance(row, User):
            end_sessions(row)
        if found.held.erase is Erase.MASK:
            mask(row, found.held.fields, list(subject.identifiers.values()))
        else:
            row.delete()
    if gone:
        outcome.erased[found.held.model] = len(gone)
    if keep:
        kept_keys |= {(model._meta.db_table, str(row.pk)) for row in keep}
        outcome.kept.append({"what": str(found.label), "rows": len(keep), "why": reason})


def mask(row: Model, fields: tuple[str, ...], texts: list[str]) -> None:
    """Takes the texts out of a row's fields, whatever their case, and leaves a mark in their place."""
    pattern = re.compile("|".join(re.escape(text) for text in texts), re.IGNORECASE)
    changed = []
    for name in fields:
        column = row._meta.get_field(name)
        value = getattr(row, name)
        if isinstance(column, CharField | TextField) and value and (fresh := pattern.sub(MASK, value)) != value:
            setattr(row, name, fresh)
            changed.append(name)
    if changed:
        row.save(update_fields=changed)


def retain(*, dry_run: bool = False) -> list[dict[str, Any]]:
    """Erases what is past its time in the current town, by the declarations; or only counts it.

    Returns, for each rule, what it is about and how many rows are due. One rule that fails does not stop the rest.
    """
    from campanile_tenants.town.privacy.retention import rules

    return [rule.apply(dry_run=dry_run) for rule in rules()]


def give_consent(
    purpose: str, text: str, *, version: str, language: str, subject: str, channel: str, page: str = ""
) -> Consent:
    """Keeps that `subject` (an address or a number) agreed to `text`, on the page at the path `page`.

    Raises ValidationError without any words.
    """
    if not text.strip() or not subject.strip():
        raise ValidationError(_("A consent needs words and somebody who gives it."))
    wording = _wording(purpose, text, version, language)
    return Consent.objects.create(wording=wording, subject=_mark(subject), channel=channel, page=page[:200])


def give_consents(
    purpose: str, given: Iterable[tuple[str, str, datetime | None]], *, version: str, language: str, channel: str
) -> int:
    """The same for many who agreed elsewhere: (address, words, when); returns how many. A query for each wording."""
    known: dict[str, Wording] = {}
    rows = []
    for subject, text, when in given:
        wording = known.get(text) or known.setdefault(text, _wording(purpose, text, version, language))
        rows.append(Consent(wording=wording, subject=_mark(subject), channel=channel, given_at=when or timezone.now()))
    return len(Consent.objects.bulk_create(rows, batch_size=2_000))


def _wording(purpose: str, text: str, version: str, language: str) -> Wording:
    digest = Wording.digest_of(purpose, version, language, text)
    values = {"purpose": purpose, "version": version, "language": language, "text": text}
    return Wording.objects.get_or_create(digest=digest, defaults=values)[0]


def withdraw_consent(purpose: str, *, subject: str) -> int:
    """Ends the consents of `subject` for a purpose; returns how many were in force."""
    mine = Consent.objects.filter(subject=_mark(subject), wording__purpose=purpose, withdrawn_at__isnull=True)
    return mine.update(withdrawn_at=timezone.now())


def consents_of(*subjects: str) -> list[Consent]:
    """All consents of these addresses and numbers, the latest first; empty ones are passed over. 1 query."""
    marks = [_mark(subject) for subject in subjects if subject.strip()]
    return list(Consent.objects.filter(subject__in=marks).select_related("wording"))


def _mark(subject: str) -> str:
    return fingerprint(subject.strip().lower())


def model_label(name: str) -> str:
    """`reporting.Reporter` in words."""
    return str(apps.get_model(name)._meta.verbose_name_plural)
