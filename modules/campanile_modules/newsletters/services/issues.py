"""An issue from its first word to the last reader: written, submitted, approved as it was read, paused, ended."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campanile_modules.newsletters import blocks as block_list
from campanile_modules.newsletters.apps import NewslettersSettings
from campanile_modules.newsletters.errors import (
    ChangedMeanwhile,
    NotAsRead,
    NotReady,
    NotTheSecond,
    PictureRefused,
    WrongState,
)
from campanile_modules.newsletters.models import Issue, Picture, State, Subscription, Topic
from campanile_modules.newsletters.services import checking, rendering, senders
from campanile_tenants.kit import audit, events, metering, outreach
from campanile_tenants.kit.ids import uuid7
from campanile_tenants.kit.people import User
from campanile_tenants.kit.settings import settings_of
from campanile_tenants.kit.storage import UnusableImage, clean_image, why_unusable
from campanile_tenants.kit.web import absolute

MOST_PICTURE_BYTES = 10 * 1024 * 1024
_AUDIENCE = """
    SELECT s.id, s.subscriber_id AS person, 'email' AS channel, r.email AS address, r.language, 0 AS step,
           %(send_at)s::timestamptz AS due_at
    FROM newsletters_subscription s JOIN newsletters_subscriber r ON r.id = s.subscriber_id
    WHERE s.topic_id = %(topic_id)s AND s.state = 'confirmed'
"""
_LITTLE_BY_LITTLE = """
    SELECT a.id, a.person, a.channel, a.address, a.language, a.step, a.due_at + (
               SELECT count(*) FROM unnest(%(ends)s::bigint[]) AS e WHERE e < a.place) * interval '1 day' AS due_at
    FROM (SELECT *, row_number() OVER (ORDER BY id) AS place FROM ({audience}) AS everybody) AS a
"""
"""A new domain: each day's part first those who were written down first."""
_MISSED = """
    SELECT d.id, d.person, d.channel, d.address, d.language, 0 AS step, NULL::timestamptz AS due_at
    FROM delivery_delivery d JOIN delivery_message m ON m.id = d.message_id
    WHERE m.about = %(about)s AND d.state IN ('failed_permanent', 'dead', 'expired')
      AND NOT EXISTS (SELECT FROM delivery_delivery o JOIN delivery_message n ON n.id = o.message_id
                      WHERE n.about = %(about)s AND o.address = d.address
                        AND o.state NOT IN ('failed_permanent', 'dead', 'expired'))
      AND EXISTS (SELECT FROM newsletters_subscription s JOIN newsletters_subscriber r ON r.id = s.subscriber_id
                  WHERE s.topic_id = %(topic_id)s AND s.state = 'confirmed' AND r.email = d.address)
"""


def begin(topic: Topic, *, by: User) -> Issue:
    """A new issue; it starts with a greeting and the newest of the site, which most issues are made of."""
    return Issue.objects.create(
        topic=topic, author=by, author_name=by.full_name,
        blocks=[{"type": "text", "text": _("Good morning,")}, {"type": "pages", "kind": "news", "number": 3},
                {"type": "pages", "kind": "events", "number": 3}],
    )  # fmt: skip


def save(issue: Issue, values: dict[str, Any], *, revision: int, by: User) -> Issue:
    """Writes a draft. Raises WrongState, ChangedMeanwhile, BadBlock; what was written is not lost by any of them."""
    content = block_list.read(values["blocks"]) if isinstance(values["blocks"], str) else values["blocks"]
    with transaction.atomic():
        locked = _locked(issue)
        _must_be(locked, State.DRAFT, State.SUBMITTED)
        if locked.revision != revision:
            raise ChangedMeanwhile(field="subject")
        locked.subject, locked.preview = values["subject"].strip(), values["preview"].strip()
        locked.blocks, locked.text = content, values["text"]
        locked.revision, locked.changed_at = locked.revision + 1, timezone.now()
        locked.state, locked.submitted_at = State.DRAFT, None  # whoever was to approve it reads it anew
        locked.author, locked.author_name = by, by.full_name
        locked.save()
    return locked


def add_picture(issue: Issue, upload: Any) -> Picture:
    """Draws a picture again, at most 1,200 pixels wide, and keeps it. Raises PictureRefused."""
    if (upload.size or 0) > MOST_PICTURE_BYTES:
        raise PictureRefused(reason=_("it is larger than 10 MB."), field="picture")
    try:
        image = clean_image(upload, upload.size or 0)
    except UnusableImage as error:
        raise PictureRefused(reason=why_unusable(error), field="picture") from error
    picture = Picture(issue=issue, width=image.width, height=image.height)
    picture.file.save(f"{uuid7().hex}.jpg", ContentFile(image.content), save=False)
    picture.save()
    return picture


def submit(issue: Issue, *, by: User) -> Issue:
    """Ready for the second person. Raises WrongState, NotReady."""
    with transaction.atomic():
        locked = _locked(issue)
        _must_be(locked, State.DRAFT)
        _must_be_ready(locked, rendering.draw(locked))
        locked.state, locked.submitted_at = State.SUBMITTED, timezone.now()
        locked.save(update_fields=("state", "submitted_at"))
        audit.record("newsletters.submitted", locked)
    return locked


def fingerprint_of(issue: Issue, drawn: rendering.Drawn) -> str:
    """SHA-256 over everything that readers get: what is approved is what leaves."""
    parts = [str(issue.topic_id), issue.subject, issue.preview, drawn.html, drawn.text]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def approve(issue: Issue, *, by: User, read: str, send_at: datetime | None = None) -> Issue:
    """Sends it, or at its hour: recipients are written down now, what leaves is what `read` is the fingerprint of.

    Raises WrongState, NotReady, NotTheSecond, NotAsRead.
    """
    with transaction.atomic():
        locked = _locked(issue)
        alone = not settings_of("newsletters", NewslettersSettings).two_people
        _must_be(locked, State.SUBMITTED, *((State.DRAFT,) if alone else ()))
        if not alone and locked.author_id == by.pk:
            raise NotTheSecond
        seen = rendering.draw(locked)
        _must_be_ready(locked, seen)
        if fingerprint_of(locked, seen) != read:
            raise NotAsRead
        now = timezone.now()
        locked.slug = _free_slug(locked)
        locked.approved_by, locked.approved_name, locked.approved_at = by, by.full_name, now
        locked.approved_hash, locked.state = read, State.APPROVED
        locked.send_at = send_at if send_at is not None and send_at > now else now
        page = absolute(reverse("newsletters:issue", args=[locked.topic.code, locked.slug]))
        drawn = rendering.draw(locked, through=lambda number: absolute(_go(locked, number)))
        rendering.write_links(locked, seen.links)
        locked.html, locked.text = (
            drawn.html.replace(rendering.READ_ONLINE, page),
            drawn.text.replace(rendering.READ_ONLINE, page),
        )
        locked.blocks = [frozen(block) for block in drawn.blocks]
        locked.save()
        audit.record("newsletters.approved", locked, hash=read[:16])
        metering.record("newsletters.issue", key=locked)
        ends = senders.plan(readers(locked.topic), locked.send_at).ends
        audience = _LITTLE_BY_LITTLE.format(audience=_AUDIENCE) if ends else _AUDIENCE
        _broadcast(locked, locked.about, outreach.Audience(audience, {
            "topic_id": locked.topic_id, "send_at": locked.send_at, "ends": ends,
        }))  # fmt: skip
    return locked


def pause(issue: Issue) -> Issue:
    """What has not left stays where it is. Raises WrongState."""
    return _move(issue, State.PAUSED, outreach.pause, State.APPROVED)


def resume(issue: Issue) -> Issue:
    """Goes on where it stood. Raises WrongState."""
    return _move(issue, State.APPROVED, outreach.resume, State.PAUSED)


def cancel(issue: Issue) -> Issue:
    """Nothing more of it leaves; a draft is put away. Raises WrongState."""
    return _move(issue, State.CANCELLED, outreach.stop, State.DRAFT, State.SUBMITTED, State.APPROVED, State.PAUSED)


def send_again(issue: Issue) -> int:
    """Once more to those whom it did not reach (refused, given up), never to those who got it; how many.

    Raises WrongState.
    """
    with transaction.atomic():
        locked = _locked(issue)
        _must_be(locked, State.APPROVED, State.SENT)
        rounds = outreach.Message.objects.filter(about=locked.about).count()
        audit.record("newsletters.sent_again", locked)
        return _broadcast(locked, f"{locked.about}/{rounds + 1}", outreach.Audience(_MISSED, {
            "topic_id": locked.topic_id, "about": locked.about,
        }))  # fmt: skip


def readers(topic: Topic) -> int:
    """How many get it. 1 query."""
    return Subscription.objects.filter(topic=topic, state=Subscription.State.CONFIRMED).count()


def finish() -> int:
    """Marks as sent what has left altogether; returns how many issues."""
    done = 0
    for issue in Issue.objects.filter(state=State.APPROVED, send_at__lt=timezone.now()):
        if not any(row.waiting for row in outreach.board(issue.about)):
            with transaction.atomic():
                if Issue.objects.filter(pk=issue.pk, state=State.APPROVED).update(state=State.SENT):
                    events.publish("newsletters.sent", issue=str(issue.pk))
                    done += 1
    return done


def _broadcast(issue: Issue, key: str, audience: outreach.Audience) -> int:
    message = outreach.broadcast(
        key=key, purpose="newsletters.issue", lane=outreach.Lane.BULK, subject=issue.subject, body=issue.text,
        contents={"email": {"it": {"html": issue.html}}}, topic=f"newsletters.{issue.topic.code}", about=issue.about,
    )  # fmt: skip
    written = outreach.freeze(message, audience)
    outreach.wake(outreach.Lane.BULK)
    return written


def _move(issue: Issue, to: str, act: Any, *allowed: str) -> Issue:
    with transaction.atomic():
        locked = _locked(issue)
        _must_be(locked, *allowed)
        for key in outreach.Message.objects.filter(about=locked.about).values_list("pk", flat=True):
            act(key)
        locked.state = to
        locked.save(update_fields=("state",))
        audit.record(f"newsletters.{to}", locked)
        if to == State.APPROVED:
            outreach.wake(outreach.Lane.BULK)
    return locked


def _locked(issue: Issue) -> Issue:
    return Issue.objects.select_for_update(of=("self",)).select_related("topic").get(pk=issue.pk)


def _must_be(issue: Issue, *allowed: str) -> None:
    if issue.state not in allowed:
        raise WrongState(state=State(issue.state).label)


def _must_be_ready(issue: Issue, drawn: rendering.Drawn) -> None:
    stops = [finding.words for finding in checking.check(issue, drawn, links=False) if finding.stops]
    if stops:
        raise NotReady(why=" ".join(stops))


def _free_slug(issue: Issue) -> str:
    base = slugify(issue.subject)[:70] or "numero"
    taken = set(Issue.objects.filter(topic=issue.topic, slug__startswith=base).values_list("slug", flat=True))
    return next(name for n in range(1, 10_000) if (name := base if n == 1 else f"{base}-{n}") not in taken)


def _go(issue: Issue, number: int) -> str:
    return reverse("newsletters:go", args=[issue.pk, number])


def frozen(block: dict[str, Any]) -> dict[str, Any]:
    """A block as it left: what was taken from the site stands in it for good."""
    entries = block.get("entries")
    return block if entries is None else {**block, "entries": [vars(entry) for entry in entries]}
