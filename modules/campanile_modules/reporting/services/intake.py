"""Taking in a report: checked, dated, given to an office, acknowledged; once, however often it is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from campanile_modules.reporting.errors import KeyReused
from campanile_modules.reporting.models import Category, Draft, Report, Reporter, ReportEvent
from campanile_modules.reporting.services import categories, promises, routing, telling
from campanile_modules.reporting.services.keys import new_secret
from campanile_modules.reporting.services.moves import change_state
from campanile_modules.reporting.states import State
from campanile_tenants.kit import consent, events, metering, outreach
from campanile_tenants.kit.people import User

PRIVACY_VERSION = "2026-11"
_LINKS = re.compile(r"https?://|www\.|\[url", re.IGNORECASE)
MOST_LINKS = 2


@dataclass(frozen=True)
class _Sender:
    name: str
    email: str
    phone: str
    language: str
    user: User | None
    may_be_handed_over: bool


def submit(
    *, category: Category, title: str, description: str = "", address: str = "",
    latitude: Decimal | None = None, longitude: Decimal | None = None,
    name: str = "", email: str = "", phone: str = "", language: str = "it",
    channel: str = Report.Channel.WEB, draft: Draft | None = None, idempotency_key: str | None = None,
    answers: Mapping[str, Any] | None = None, user: User | None = None, may_be_handed_over: bool = False,
    suspicious: bool = False, trusted: bool = False,
) -> Report:  # fmt: skip
    """Receives a report: row, author apart, first event, receipt, one metered use; all or nothing.

    The same `idempotency_key` again returns the first report and does nothing else; with other words it is refused.
    `suspicious`: it is held until an officer has looked at it. `trusted`: an officer or an import writes it, and what
    a category asks of citizens is not asked. The secret for the receipt is `report.secret`.

    Raises CategoryClosed, NameMissing, EmailMissing, PhotoMissing, AnswerMissing, KeyReused.
    """
    photos = draft.photos.count() if draft is not None else 0
    kept = dict(answers or {}) if trusted else categories.check(
        category, name=name, email=email, phone=phone, photos=photos, answers=answers or {}
    )  # fmt: skip
    sender = _Sender(name, email, phone, language, user, may_be_handed_over)
    with transaction.atomic():
        if idempotency_key and (known := Report.objects.filter(idempotency_key=idempotency_key).first()):
            if (known.title, known.description, known.category_id) != (title, description, category.pk):
                raise KeyReused
            return known
        report = Report(
            category=category, title=title, description=description, address=address, answers=kept,
            latitude=latitude, longitude=longitude, channel=channel, idempotency_key=idempotency_key,
            state=_first_state(category, f"{title} {description}", suspicious=suspicious, trusted=trusted),
        )  # fmt: skip
        to = routing.choose(report)
        report.office_id, report.assignee = to.office_id, to.person
        if report.state == State.PENDING_EMAIL:
            report.paused_at = report.created_at
        else:
            promises.start(report, report.created_at)
        report.secret = new_secret(report)
        report.save(force_insert=True)
        _write_sender(report, sender, channel)
        if draft is not None:
            draft.photos.update(report=report, draft=None)
            draft.delete()
        _receive(report)
    return report


def confirm(report: Report) -> Report:
    """The author confirmed by mail that it is hers. A second time changes nothing."""
    if report.state != State.PENDING_EMAIL:
        return report
    return change_state(report, State.SUBMITTED, by=None)


def _receive(report: Report) -> None:
    event = ReportEvent.objects.create(report=report, kind=ReportEvent.Kind.RECEIVED, to_state=report.state)
    metering.record("reporting.report", key=report)
    waits = report.state == State.PENDING_EMAIL
    telling.tell(report, event, telling.MOVED[State.PENDING_EMAIL if waits else State.SUBMITTED])
    if not waits:
        events.publish("reporting.received", report_id=str(report.pk))


def _write_sender(report: Report, sender: _Sender, channel: str) -> None:
    if sender.name or sender.email or sender.phone or sender.user:
        Reporter.objects.create(
            report=report, name=sender.name, email=sender.email, phone=outreach.e164(sender.phone) or sender.phone,
            language=sender.language,
            user=sender.user, may_be_handed_over=sender.may_be_handed_over, privacy_version=PRIVACY_VERSION,
        )  # fmt: skip
    if sender.email or sender.phone:
        words = gettext("I have read how my data are used")
        consent.give_consent("reporting.contact", words, version=PRIVACY_VERSION, language=sender.language,
                             subject=sender.email or sender.phone, channel=channel)  # fmt: skip


def _first_state(category: Category, words: str, *, suspicious: bool, trusted: bool) -> State:
    if trusted:
        return State.SUBMITTED
    if category.confirm_email:
        return State.PENDING_EMAIL
    if category.moderated or suspicious or len(_LINKS.findall(words)) > MOST_LINKS:
        return State.HELD
    return State.SUBMITTED
