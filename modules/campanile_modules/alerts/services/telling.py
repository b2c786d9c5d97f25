"""Whom a release is told beside its audience: the centre's feed, the town's public channel, the whole office."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from campanile_modules.alerts import tasks
from campanile_modules.alerts.models import MsgType, Revision
from campanile_modules.alerts.services import capping, messages
from campanile_tenants.kit import messaging, notices, outreach
from campanile_tenants.kit.notices import Invitation
from campanile_tenants.kit.outreach import Lane
from campanile_tenants.kit.people import User, holders
from campanile_tenants.kit.town import current_town
from campanile_tenants.kit.web import absolute


def to_the_world(revision: Revision) -> None:
    """The centre's feed and map, and the town's public channel on Telegram when it has one."""
    alert = revision.alert
    notices.publish(
        f"{capping.sender()},{revision.identifier}", matter=alert.pk, ends_before=True, campaign=alert.campaign,
        status="Actual", msg_type=revision.msg_type, hazard=alert.hazard, colour=revision.colour,
        headline=revision.headline()[:200], url=capping.address(alert), sent_at=revision.sent_at,
        expires_at=revision.expires_at, document=revision.document,
        ended_at=revision.sent_at if revision.msg_type == MsgType.CANCEL else None,
    )  # fmt: skip
    if alert.campaign and revision.number == 1:
        delegated = revision.approved_by_id is None
        notices.answer(alert.campaign, Invitation.State.DELEGATED if delegated else Invitation.State.SENT)
    channel = str(outreach.account_of("telegram").get("channel", ""))
    if channel:
        said = messages.first_of(messages.contents(revision)["telegram"])
        outreach.enqueue(
            key=f"alerts:{revision.pk}:channel", purpose="alerts.channel", recipient=channel, channel="telegram",
            subject=revision.headline(), body=said["body"],
            lane=Lane.EMERGENCY if revision.is_urgent else Lane.TRANSACTIONAL,
        )  # fmt: skip


def the_whole_office(revision: Revision, by: User | None) -> int:
    """Everybody who may see alerts reads who sent this alone, and why; returns how many were written to."""
    colleagues = [user for user in holders("alerts.view_alerts") if user.email]
    body = _(
        "%(who)s sent an alert alone, without a second person.\n\n"
        "%(headline)s\n\nThe reason: %(reason)s\n\nLook at it here, and correct it if it is wrong:\n%(link)s"
    ) % {
        "who": by or _("Somebody"), "headline": revision.headline(), "reason": revision.reason,
        "link": capping.address(revision.alert),
    }  # fmt: skip
    for user in colleagues:
        messaging.send_mail(
            key=f"alerts.alone:{revision.pk}:{user.pk}", purpose="alerts.alone", to=user.email, body=body,
            subject=_("%(town)s: an alert was sent by one person alone") % {"town": current_town().name},
        )  # fmt: skip
    return len(colleagues)


def the_approvers(revision: Revision, by: User) -> int:
    """Everybody else who may approve it reads that it waits; returns how many were written to."""
    colleagues = [user for user in holders("alerts.approve_alert") if user.email and user.pk != by.pk]
    link = absolute(reverse("alerts:one", args=[revision.alert.code]))
    for user in colleagues:
        messaging.send_mail(
            key=f"alerts.waits:{revision.pk}:{revision.content_hash[:12]}:{user.pk}", purpose="alerts.waits",
            to=user.email, subject=_("An alert waits for you: %(headline)s") % {"headline": revision.headline()},
            body=_("%(who)s asks you to approve this alert:\n\n%(headline)s\n\nRead it and decide here:\n%(link)s")
            % {"who": by, "headline": revision.headline(), "link": link},
        )  # fmt: skip
    return len(colleagues)


def wake_the_workers(lane: Lane) -> None:
    """When the transaction commits: one writes the recipients down, others send the first of them meanwhile."""
    tasks.go_on.wake_on_commit()
    outreach.wake(lane)
