"""Reaching many people at once, for modules: whom, how many, what it takes, sending, stopping, how it stands."""

from __future__ import annotations

from campanile_infra.channels.base import channels
from campanile_infra.channels.sms.parts import count as sms_parts
from campanile_infra.channels.sms.parts import plainer
from campanile_infra.telephone import e164, is_mobile
from campanile_tenants.public.providers.health import Standing, health
from campanile_tenants.town.contacts.models import Channel
from campanile_tenants.town.contacts.services.audiences import Whom, audience, count, unreached
from campanile_tenants.town.contacts.services.coverage import Street, streets
from campanile_tenants.town.contacts.services.helping import Call, calls, handle, is_call, reopen, waiting
from campanile_tenants.town.delivery.models import CHANNEL_WORDS, Lane, Message, Suppression
from campanile_tenants.town.delivery.services import Audience, broadcast, freeze, pause, resume, stop
from campanile_tenants.town.delivery.services.accounts import of as account_of
from campanile_tenants.town.delivery.services.estimates import Estimate, estimate
from campanile_tenants.town.delivery.services.posting import enqueue
from campanile_tenants.town.delivery.services.receiving import lift
from campanile_tenants.town.delivery.services.standings import Row, answers, board, complaints, mails_by_day, told
from campanile_tenants.town.delivery.tasks import DRAINS


def takes_sms(number: str) -> bool:
    """Whether an SMS can go to this telephone from here."""
    found = e164(number)
    return found is not None and is_mobile(found) and "sms" in channels()


DRILL, CANARY = "drill", "canary"
"""Kinds of contacts that are not real people: those who take part in drills, those that try the channels out."""


def wake(lane: str) -> None:
    """Wakes the workers of a lane in this town when the transaction commits."""
    DRAINS[Lane(lane)].wake_on_commit()


__all__ = [
    "CANARY", "CHANNEL_WORDS", "DRILL", "Audience", "Call", "Channel", "Estimate", "Lane", "Message", "Row",
    "Standing", "Street", "Suppression", "Whom", "account_of", "answers", "audience", "board", "broadcast", "calls",
    "channels", "complaints", "count", "e164", "enqueue", "estimate", "freeze", "handle", "health", "is_call", "lift",
    "mails_by_day", "pause",
    "plainer", "reopen", "resume", "sms_parts", "stop", "streets", "takes_sms", "told", "unreached", "waiting", "wake",
]  # fmt: skip
