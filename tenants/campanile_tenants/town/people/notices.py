"""Mails about people. In a town they go through the outbox; the centre has none and sends at once."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from campanile_infra.addresses import address
from campanile_infra.database.names import is_town
from campanile_infra.database.scope import current
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.delivery import tasks
from campanile_tenants.town.delivery.services import enqueue
from campanile_tenants.town.people.models import Grant, Invitation
from campanile_tenants.town.people.services import grants
from campanile_tenants.town.people.services.invitations import link


def mail_invitation(invitation: Invitation, token: str, host: str, place: str) -> None:
    """Sends the link. `place` is the town's full name, or the centre's."""
    with translation.override("it"):
        subject = _("Your access to the office of %(name)s") % {"name": place}
        body = _(
            "%(who)s invites you to the office of %(name)s.\n\nChoose your password within seven days:\n%(link)s\n"
        ) % {"who": invitation.invited_by, "name": place, "link": link(token, host)}
    _send(f"invitation:{invitation.pk}", "people.invitation", invitation.email, subject, body)


def tell_about_grant(grant: Grant) -> None:
    """Tells the town's administrators: somebody asks to come in, or came in. One mail each a state."""
    town = current_town()
    desk = address(town.host, reverse("office:grants", urlconf=settings.ROOT_URLCONF))
    for administrator in grants.administrators():
        with translation.override(administrator.language):
            values = {
                "who": grant.operator.full_name,
                "reason": grant.reason,
                "link": desk,
                "name": town.full_name,
            }
            subject, body = _grant_words(grant)
        key = f"grant:{grant.pk}:{grant.state}:{administrator.pk}"
        _send(key, "people.grant", administrator.email, subject % values, body % values)


def _grant_words(grant: Grant) -> tuple[str, str]:
    if not grant.is_live:
        return _("The centre asks for access to %(name)s"), _(
            "%(who)s asks to come in:\n\n%(reason)s\n\nSay yes or no here:\n%(link)s\n"
        )
    if grant.kind == Grant.Kind.BREAK_GLASS:
        return _("Emergency access to %(name)s, now"), _(
            "%(who)s has come in without asking, because of an emergency that two operators confirmed:\n\n%(reason)s"
            "\n\nSee what is done, or end it with one click:\n%(link)s\n"
        )
    return _("The centre is at work in %(name)s"), _(
        "%(who)s has come in:\n\n%(reason)s\n\nSee it, or end it with one click:\n%(link)s\n"
    )


def _send(key: str, purpose: str, to: str, subject: str, body: str) -> None:
    if is_town(current().schema):
        if enqueue(key=key, purpose=purpose, recipient=to, subject=subject, body=body):
            tasks.drain_transactional.wake_on_commit()
    else:
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [to])
