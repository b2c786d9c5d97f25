"""Sending what was approved, stopping it, and its end. What leaves is committed first; the workers do the rest."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Max
from django.utils import timezone

from campanile_modules.alerts.errors import AlreadyOver, Changed, IllegalMove, NotReady
from campanile_modules.alerts.models import Alert, MsgType, Revision
from campanile_modules.alerts.services import capping, checks, messages, summing, telling
from campanile_modules.alerts.services.content import Content, digest
from campanile_modules.alerts.states import BEFORE, LIVE, State
from campanile_modules.alerts.wording.filling import ending
from campanile_tenants.kit import audit, events, metering, notices, outreach
from campanile_tenants.kit.outreach import Audience, Lane, Message
from campanile_tenants.kit.people import User

_log = logging.getLogger(__name__)
ENDS_AS = {MsgType.UPDATE: State.UPDATED, MsgType.CANCEL: State.CANCELLED}


def release(revision: Revision, *, by: User | None) -> Revision:
    """Sends an approved revision: what came before it ends, its message is committed, the workers are woken.

    Raises IllegalMove (also the second time), Changed, NotReady: then nothing has left.
    """
    if revision.msg_type != MsgType.CANCEL and (problems := checks.card(revision).problems):
        raise NotReady(what=" ".join(problems))
    now = timezone.now()
    with transaction.atomic():
        Alert.objects.select_for_update(no_key=True).get(pk=revision.alert_id)
        locked = Revision.objects.select_for_update(of=("self",)).select_related("alert").get(pk=revision.pk)
        if locked.state != State.APPROVED:
            raise IllegalMove(from_state=State(locked.state).label, to_state=State.RELEASING.label)
        if digest(locked) != locked.approved_hash:
            raise Changed
        _end_before(locked)
        locked.state, locked.sent_at, locked.document = State.RELEASING, now, capping.signed(locked, sent=now)
        locked.save()
        alert = locked.alert
        alert.current, alert.closed_at = locked, now if locked.msg_type == MsgType.CANCEL else None
        alert.save(update_fields=("current", "closed_at"))
        message_of(locked)
        if not alert.is_drill:
            telling.to_the_world(locked)
            metering.record("alerts.sent", key=locked)
        if locked.approval == Revision.Approval.BREAK_GLASS:
            telling.the_whole_office(locked, by)
        audit.record("alerts.released", locked, how=locked.approval, drill=alert.is_drill)
        events.publish("alerts.moved", alert_id=str(alert.pk))
        events.publish("alerts.released", alert_id=str(alert.pk), drill=alert.is_drill)
        telling.wake_the_workers(lane_of(locked))
    return locked


def correct(alert: Alert, *, by: User, false_alarm: bool) -> Revision:
    """One tap for as long as the alert lives: whoever was told hears that it was a mistake, or that it is over.

    The words were approved together with the alert. Raises AlreadyOver.
    """
    with transaction.atomic():
        Alert.objects.select_for_update(no_key=True).get(pk=alert.pk)
        now = alert.revisions.filter(state__in=LIVE).select_for_update().first()
        if now is None or now.msg_type == MsgType.CANCEL:  # a thumb that taps twice ends nothing twice
            raise AlreadyOver
        alert.revisions.filter(state__in=BEFORE).update(state=State.DISCARDED, ended_at=timezone.now())
        number = alert.revisions.aggregate(n=Max("number"))["n"] + 1
        columns = Content.of(now).columns() | {"texts": ending(now.texts, false_alarm=false_alarm)}
        made = Revision.objects.create(
            alert=alert, number=number, msg_type=MsgType.CANCEL, written_by=by, submitted_by=by,
            submitted_at=timezone.now(), **_still_ahead(columns),
        )  # fmt: skip
        made.content_hash = digest(made)
        made.state, made.approval = State.APPROVED, Revision.Approval.PREPARED
        made.approved_by, made.approved_at, made.approved_hash = by, timezone.now(), made.content_hash
        made.save()
        audit.record("alerts.corrected", made, false_alarm=false_alarm)
        return release(made, by=by)


def stop(revision: Revision, *, by: User) -> int:
    """What has not left does not leave any more; returns how many deliveries that were. The alert stays in force."""
    with transaction.atomic():
        found = Message.objects.filter(idempotency_key=_key(revision)).first()
        Revision.objects.filter(pk=revision.pk, stopped_at__isnull=True).update(stopped_at=timezone.now())
        audit.record("alerts.stopped", revision)
        events.publish("alerts.moved", alert_id=str(revision.alert_id))
    return outreach.stop(found.pk) if found is not None else 0


def go_on(most: int = 50) -> int:
    """Writes down the recipients of everything that is being released, also what a dead worker left; returns how many.

    A task's work: it takes a transaction for each chunk.
    """
    waiting = Revision.objects.filter(state=State.RELEASING).select_related("alert").order_by("sent_at")[:most]
    done = 0
    for revision in waiting:
        message = message_of(revision)
        try:
            outreach.freeze(message, _audience(revision))
        except DatabaseError:  # one that the database refuses does not keep the others waiting
            _log.exception("The recipients of revision %s could not be written down", revision.pk)
            continue
        if message.frozen_at is not None or revision.stopped_at is not None or message.stopped_at is not None:
            with transaction.atomic():
                Revision.objects.filter(pk=revision.pk, state=State.RELEASING).update(
                    state=State.ACTIVE, active_at=timezone.now()
                )
                events.publish("alerts.moved", alert_id=str(revision.alert_id))
                outreach.wake(lane_of(revision))
            done += 1
    return done


def expire(now: datetime | None = None) -> int:
    """Ends what is past its time, and keeps its numbers. Returns how many alerts ended."""
    now = now or timezone.now()
    ended = 0
    for revision in Revision.objects.filter(state__in=LIVE, expires_at__lte=now).select_related("alert"):
        with transaction.atomic():
            locked = Revision.objects.select_for_update(of=("self",)).select_related("alert").get(pk=revision.pk)
            if locked.state not in LIVE or locked.expires_at > now:
                continue
            locked.state, locked.ended_at = State.EXPIRED, now
            locked.save()
            Alert.objects.filter(pk=locked.alert_id, closed_at__isnull=True).update(closed_at=now)
            if not locked.alert.is_drill:
                notices.end(locked.alert_id, when=now)
            summing.keep(locked.alert)
            audit.record("alerts.expired", locked)
            events.publish("alerts.moved", alert_id=str(locked.alert_id))
        ended += 1
    return ended


def message_of(revision: Revision) -> Message:
    """The revision's message in the ledger, made once."""
    contents = messages.contents(revision)
    said = messages.first_of(contents["*"])
    drill = revision.alert.is_drill
    return outreach.broadcast(
        key=_key(revision), purpose="alerts.drill" if drill else "alerts.alert", lane=lane_of(revision),
        subject=said["subject"], body=said["body"], contents=contents,
        topic=messages.topic_of(revision), about=revision.alert.about, expires_at=revision.expires_at, exercise=drill,
    )  # fmt: skip


def lane_of(revision: Revision) -> Lane:
    """Orange, red and what is severe goes before everything; a notice goes when there is room."""
    return Lane.EMERGENCY if revision.is_urgent else Lane.BULK


def _key(revision: Revision) -> str:
    return f"alerts:{revision.pk}"


def _audience(revision: Revision) -> Audience:
    """Whom it is for; the end of an alert is for whoever was told of it, over the ways it went."""
    if revision.msg_type == MsgType.CANCEL:
        mine = Message.objects.filter(idempotency_key=_key(revision)).values_list("pk", flat=True)
        return outreach.told(revision.alert.about, but=list(mine))
    return outreach.audience(checks.whom(revision))


def _end_before(revision: Revision) -> None:
    """What came before ends, and what of it has not left does not leave any more."""
    for before in revision.alert.revisions.filter(state__in=LIVE).exclude(pk=revision.pk):
        before.state, before.ended_at = ENDS_AS[MsgType(revision.msg_type)], timezone.now()
        before.save(update_fields=("state", "ended_at"))
        for key in Message.objects.filter(idempotency_key=_key(before)).values_list("pk", flat=True):
            outreach.stop(key)


def _still_ahead(columns: dict[str, object]) -> dict[str, object]:
    """The end of an alert holds for a day at least, so that it can still be sent and read."""
    now = timezone.now()
    later = now + timedelta(days=1)
    return columns | {"onset": now, "expires_at": later}
