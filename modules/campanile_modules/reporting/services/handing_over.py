"""To the neighbour whose place it is: code, history and followers go along, name and address only if the
author agreed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from campanile_modules.reporting.models import Category, Follow, Handover, Photo, Report, Reporter, ReportEvent
from campanile_modules.reporting.services import moves, promises, routing, telling
from campanile_modules.reporting.states import State
from campanile_tenants.kit import audit, events
from campanile_tenants.kit.crossing import NotTaken, hand_over
from campanile_tenants.kit.people import User
from campanile_tenants.kit.sealing import fingerprint
from campanile_tenants.kit.town import Neighbour, current_town
from campanile_tenants.kit.web import absolute

_log = logging.getLogger(__name__)
MODULE = "reporting"
MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Parcel:
    """All that goes along, as values: it is in memory only between the two towns."""

    sender: str
    sender_code: str
    code: str
    category: str
    values: dict[str, Any]
    received_at: datetime
    story: list[tuple[str, str, str, datetime]]
    author: dict[str, Any] | None
    followers: list[tuple[str, str]]
    photos: list[tuple[dict[str, Any], bytes]] = field(default_factory=list)


def offer(report: Report, to: Neighbour, *, by: User, text: str) -> Report:
    """Forwards a report to a town of the platform; it is carried over at once. Raises IllegalMove, TextMissing."""
    from campanile_modules.reporting import tasks  # tasks do what services say

    with transaction.atomic():
        moved = moves.forward(report, by=by, whom=to.full_name, text=text)
        Handover.objects.update_or_create(
            report=moved, defaults={"istat_code": to.istat_code, "name": to.full_name, "state": Handover.State.WAITING}
        )
        audit.record("reporting.handed_over", moved, to=to.istat_code)
        tasks.carry.wake_on_commit()
    return moved


def carry() -> int:
    """Carries what waits to where it belongs; returns how many arrived. What is not taken comes back to the office."""
    arrived = 0
    for row in Handover.objects.filter(state=Handover.State.WAITING).select_related("report__category")[:MOST_AT_ONCE]:
        try:
            parcel = _packed(row.report)
            link = hand_over(row.istat_code, MODULE, partial(accept, parcel))
        except NotTaken:
            _comes_back(row)
            continue
        except (DatabaseError, OSError):  # tried again; the others do not wait for it
            _log.exception("The hand-over %s does not get through", row.pk)
            continue
        with transaction.atomic():
            Handover.objects.filter(pk=row.pk).update(state=Handover.State.DONE, link=link)
            words = _("It goes on at %(name)s: %(link)s") % {"name": row.name, "link": link}
            event = moves.append(row.report, ReportEvent.Kind.ANSWER, by=None, public_text=words)
            telling.tell(row.report, event, telling.ANSWERED)
        arrived += 1
    return arrived


def accept(parcel: Parcel) -> str:
    """Takes a report of another town in, once; returns the address of its page. Called in the town that takes it."""
    key = f"handover:{parcel.sender_code}:{parcel.code}"
    with transaction.atomic():
        known = Report.objects.filter(idempotency_key=key).first()
        report = known or _unpacked(parcel, key)
    return absolute(reverse("reporting:detail", args=[report.code]))


def _packed(report: Report) -> Parcel:
    author = Reporter.objects.filter(report=report, may_be_handed_over=True).first()
    public = [event for event in report.events.all() if event.is_public and event.kind != ReportEvent.Kind.OPINION]
    photos = []
    for photo in report.photos.all():
        with photo.file.open("rb") as file:
            facts = {
                name: getattr(photo, name) for name in ("name", "width", "height", "look", "redactions", "position")
            }
            photos.append((facts, file.read()))
    return Parcel(
        sender=current_town().full_name, sender_code=current_town().istat_code, code=report.code,
        category=report.category.code,
        values={name: getattr(report, name) for name in (
            "title", "description", "address", "latitude", "longitude", "answers", "is_published",
        )},
        received_at=report.created_at,
        story=[(event.kind, event.to_state, event.public_text, event.happened_at) for event in public],
        author=None if author is None else {
            name: getattr(author, name) for name in ("name", "email", "phone", "language", "privacy_version")
        },
        followers=[(follow.email, follow.language) for follow in report.follows.all()],
        photos=photos,
    )  # fmt: skip


def _unpacked(parcel: Parcel, key: str) -> Report:
    category = (
        Category.objects.filter(code=parcel.category).first() or Category.objects.filter(code="other").first()
        or Category.objects.all()[0]
    )  # fmt: skip
    report = Report(
        **parcel.values, category=category, channel=Report.Channel.HANDED_OVER, idempotency_key=key,
        origin=f"{parcel.sender}, {parcel.code}"[:120],
    )  # fmt: skip
    if not Report.objects.filter(code=parcel.code).exists():
        report.code = parcel.code
    to = routing.choose(report)
    report.office_id, report.assignee = to.office_id, to.person
    promises.start(report, report.created_at)  # what this town promises begins when it takes the report in
    report.created_at = parcel.received_at
    report.save(force_insert=True)
    ReportEvent.objects.bulk_create([
        ReportEvent(report=report, kind=kind, to_state=state, public_text=text, happened_at=when,
                    author_name=parcel.sender[:150])
        for kind, state, text, when in parcel.story
    ])  # fmt: skip
    arrived = moves.append(report, ReportEvent.Kind.MOVED, by=None, to_state=State.SUBMITTED,
                           public_text=_("Taken over from %(name)s.") % {"name": parcel.sender})  # fmt: skip
    if parcel.author is not None:
        Reporter.objects.create(report=report, may_be_handed_over=True, **parcel.author)
    Follow.objects.bulk_create([
        Follow(report=report, email=email, language=language,
               mark=fingerprint(f"follow/{email or number}/{parcel.code}"))
        for number, (email, language) in enumerate(parcel.followers)
    ])  # fmt: skip
    for facts, content in parcel.photos:
        photo = Photo(report=report, **facts)
        photo.file.save(f"{photo.pk.hex}.jpg", ContentFile(content), save=False)
        photo.save()
    telling.tell(report, arrived, telling.MOVED[State.SUBMITTED])
    events.publish("reporting.received", report_id=str(report.pk))
    return report


def _comes_back(row: Handover) -> None:
    with transaction.atomic():
        Handover.objects.filter(pk=row.pk).update(state=Handover.State.REFUSED)
        words = _("%(name)s does not take reports here. Tell the citizen whom to ask there.") % {"name": row.name}
        back = moves.change_state(row.report, State.ASSIGNED, by=None, silent=True)
        moves.append(back, ReportEvent.Kind.NOTE, by=None, internal_text=words)
