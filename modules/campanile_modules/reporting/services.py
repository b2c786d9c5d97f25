"""The verbs: submit, take charge, answer, note, close, reopen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from campanile_modules.reporting.apps import ReportingSettings
from campanile_modules.reporting.catalogue import FIRST_CATEGORIES
from campanile_modules.reporting.errors import IllegalMove, ReasonMissing, TextMissing
from campanile_modules.reporting.models import Category, Draft, Report, Reporter, ReportEvent
from campanile_modules.reporting.states import ALLOWED_MOVES, CLOSED, State
from campanile_tenants.kit import audit, consent, events, messaging, metering
from campanile_tenants.kit.people import User
from campanile_tenants.kit.settings import settings_of
from campanile_tenants.kit.town import current_town
from campanile_tenants.kit.web import absolute

PRIVACY_VERSION = "2026-11"
_Kind = ReportEvent.Kind


def put_first_categories() -> int:
    """Makes the catalogue's categories in a town that has none; returns how many were made."""
    if Category.objects.exists():
        return 0
    rows = [
        Category(code=code, name=name, name_en=name_en, position=position)
        for position, (code, name, name_en) in enumerate(FIRST_CATEGORIES)
    ]
    return len(Category.objects.bulk_create(rows))


def category_choices() -> list[tuple[str, str]]:
    """What a role in this module can be limited to. 1 query."""
    return [(category.code, str(category)) for category in Category.objects.all()]


def reader(user: Any) -> Callable[[int | None, str], bool]:
    """Whether this person of the office may read the whole of a report of an office and a category: her reach."""
    if not isinstance(user, User):
        return lambda office_id, category: False
    reach = user.reach("reporting.view_report")
    return lambda office_id, category: reach.admits(office_id, f"reporting:{category}")


def may_read(user: Any, report: Report) -> bool:
    """Whether this person of the office may read the whole report."""
    return reader(user)(report.office_id, report.category.code)


def readable(user: Any) -> QuerySet:
    """The reports whose words and pictures this person may see: the published ones, and those within her reach."""
    published = Q(is_published=True)
    if not isinstance(user, User):
        return Report.objects.filter(published)
    return Report.objects.filter(published | Q(pk__in=Report.objects.within(user.reach("reporting.view_report"))))


def category_namer() -> Callable[[str, str], str]:
    """Gives the name of a category from both its names, in the language of the request."""
    english = (get_language() or "it").startswith("en")
    return lambda name, name_en: name_en if english and name_en else name


def submit(
    *, category: Category, title: str, description: str = "", address: str = "",
    latitude: Decimal | None = None, longitude: Decimal | None = None,
    name: str = "", email: str = "", phone: str = "", language: str = "it",
    channel: str = Report.Channel.WEB, draft: Draft | None = None, idempotency_key: str | None = None,
) -> Report:  # fmt: skip
    """Receives a report: row, author apart, first event, receipt by mail, one metered use; all or nothing.

    The same `idempotency_key` again returns the first report and does nothing else.
    """
    with transaction.atomic():
        if idempotency_key and (known := Report.objects.filter(idempotency_key=idempotency_key).first()):
            return known
        report = Report.objects.create(
            category=category, office=category.office, title=title, description=description, address=address,
            latitude=latitude, longitude=longitude, channel=channel, idempotency_key=idempotency_key,
        )  # fmt: skip
        if name or email or phone:
            Reporter.objects.create(
                report=report, name=name, email=email, phone=phone, language=language,
                privacy_version=PRIVACY_VERSION,
            )  # fmt: skip
        if email or phone:
            words = gettext("I have read how my data are used")
            consent.give_consent("reporting.contact", words, version=PRIVACY_VERSION, language=language,
                                 subject=email or phone, channel=channel)  # fmt: skip
        if draft is not None:
            draft.photos.update(report=report, draft=None)
            draft.delete()
        event = ReportEvent.objects.create(report=report, kind=_Kind.RECEIVED, to_state=State.SUBMITTED)
        metering.record("reporting.report", key=report)
        _tell(report, event, _("Your report %(code)s was received"), _(
            "Thank you. We received your report “%(title)s” (%(place)s).\n\n"
            "Its code is %(code)s. Follow it here:\n%(link)s\n\n"
            "We write to you again when an office takes charge of it."
        ))  # fmt: skip
        events.publish("reporting.received", report_id=str(report.pk))
    return report


def take_charge(report: Report, *, by: User, publish: bool = True) -> Report:
    """An officer makes it hers; its text and photos become public unless she says otherwise."""
    return _move(
        report, State.IN_CHARGE, by=by, is_published=publish,
        subject=_("Your report %(code)s is in charge of the office"),
        body=_("Your report “%(title)s” (%(place)s) is now in charge of our office.\n\nFollow it here:\n%(link)s"),
    )  # fmt: skip


def answer(report: Report, *, by: User, text: str) -> ReportEvent:
    """Writes to the citizen without changing the state. Raises TextMissing."""
    if not text.strip():
        raise TextMissing(field="text")
    with transaction.atomic():
        audit.record("reporting.answered", report)
        event = _append(report, _Kind.ANSWER, by=by, public_text=text.strip())
        _tell(report, event, _("An answer to your report %(code)s"), "%(text)s\n\n%(link)s")
        events.publish("reporting.written", report_id=str(report.pk))
    return event


def note(report: Report, *, by: User, text: str) -> ReportEvent:
    """Writes a note that only colleagues read. Raises TextMissing."""
    if not text.strip():
        raise TextMissing(field="text")
    with transaction.atomic():
        audit.record("reporting.noted", report)
        events.publish("reporting.written", report_id=str(report.pk))
        return _append(report, _Kind.NOTE, by=by, internal_text=text.strip())


def close(report: Report, *, by: User, state: State, text: str, reason: str = "") -> Report:
    """Closes as RESOLVED or CLOSED_NO_ACTION, always with words for the citizen.

    Raises TextMissing, ReasonMissing (without action needs one), IllegalMove.
    """
    if not text.strip():
        raise TextMissing(field="text")
    if state == State.CLOSED_NO_ACTION and not reason:
        raise ReasonMissing(field="reason")
    return _move(
        report, state, by=by, text=text.strip(),
        reason=reason if state == State.CLOSED_NO_ACTION else "",
        subject=_("Your report %(code)s: %(state)s"),
        body=_("About your report “%(title)s” (%(place)s):\n\n%(text)s\n\n%(link)s"),
    )  # fmt: skip


def reopen(report: Report, *, by: User) -> Report:
    """Takes a closed report up again. Raises IllegalMove."""
    return _move(
        report, State.IN_CHARGE, by=by, reason="", subject=_("Your report %(code)s was taken up again"),
        body=_("We took your report “%(title)s” (%(place)s) up again.\n\nFollow it here:\n%(link)s"),
    )  # fmt: skip


def figures() -> dict[str, int]:
    """How many reports the town has in each state, as the centre's figures name them. 1 query."""
    return {f"reporting.{state}": number for state, number in Report.objects.all().counts().items()}


def purge(today: datetime | None = None) -> tuple[int, int]:
    """Deletes outdated drafts and authors past their date; returns how many of each."""
    now = today or timezone.now()
    drafts = 0
    for draft in Draft.objects.filter(expires_at__lt=now).prefetch_related("photos"):
        for photo in draft.photos.all():
            photo.file.delete(save=False)
        draft.delete()
        drafts += 1
    authors, _details = Reporter.objects.filter(purge_on__lt=now.date()).delete()
    return drafts, authors


def _move(
    report: Report, to: State, *, by: User, subject: str, body: str, text: str = "", **changes: object
) -> Report:
    with transaction.atomic():
        locked = Report.objects.select_for_update(of=("self",)).select_related("category").get(pk=report.pk)
        before = State(locked.state)
        if to not in ALLOWED_MOVES[before]:
            raise IllegalMove(from_state=before.label, to_state=to.label)
        locked.state = to
        locked.changed_at = timezone.now()
        locked.closed_at = locked.changed_at if to in CLOSED else None
        if to == State.IN_CHARGE:
            locked.assignee = by
        for name, value in changes.items():
            setattr(locked, name, value)
        locked.save()
        days = settings_of("reporting", ReportingSettings).keep_author_days
        purge_on = (locked.closed_at + timedelta(days=days)).date() if locked.closed_at else None
        Reporter.objects.filter(report=locked).update(purge_on=purge_on)
        audit.record("reporting.moved", locked, from_state=before.value, to_state=to.value)
        event = _append(locked, _Kind.MOVED, by=by, public_text=text, from_state=before, to_state=to)
        _tell(locked, event, subject, body)
        events.publish("reporting.moved", report_id=str(locked.pk), state=str(to.value))
    return locked


def _append(report: Report, kind: str, *, by: User, **values: str) -> ReportEvent:
    return ReportEvent.objects.create(report=report, kind=kind, author=by, author_name=by.full_name, **values)


def _tell(report: Report, event: ReportEvent, subject: str, body: str) -> None:
    """Mails the author, in her language, if she left an address. One mail an event, however often called."""
    reporter = Reporter.objects.filter(report=report).exclude(email="").first()
    if reporter is None:
        return
    with translation.override(reporter.language):
        values = {
            "code": report.code,
            "title": report.title,
            "place": report.place,
            "state": State(report.state).label,
            "text": event.public_text,
            "link": absolute(reverse("reporting:detail", args=[report.code])),
        }
        town = current_town().full_name
        messaging.send_mail(
            key=f"reporting.{event.kind}:{event.pk}",
            purpose=f"reporting.{event.kind}",
            to=reporter.email,
            subject=gettext(subject) % values,
            body=f"{gettext(body) % values}\n\n{town}\n",
        )
