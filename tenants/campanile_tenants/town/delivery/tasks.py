"""Wake-ups: which town, which lane. What is to be done are rows."""

from __future__ import annotations

from django.conf import settings

from campanile_infra.tasks.base import TownTask, centre_task, town_task
from campanile_tenants.public.providers import buckets, mailboxes, receipts
from campanile_tenants.public.registry.everywhere import in_every_town
from campanile_tenants.town.delivery import services
from campanile_tenants.town.delivery.models import Lane
from campanile_tenants.town.delivery.services import bouncing, upkeep


@town_task(lane="emergency")
def drain_emergency() -> int:
    """Empties the emergency lane of the town."""
    return _drain(Lane.EMERGENCY)


@town_task(lane="transactional")
def drain_transactional() -> int:
    """Empties the transactional lane of the town, and helps with emergencies."""
    return _drain(Lane.TRANSACTIONAL)


@town_task(lane="bulk")
def drain_bulk() -> int:
    """Empties the bulk lane of the town, and helps with what goes before it."""
    return _drain(Lane.BULK)


DRAINS: dict[Lane, TownTask] = {
    Lane.EMERGENCY: drain_emergency,
    Lane.TRANSACTIONAL: drain_transactional,
    Lane.BULK: drain_bulk,
}


@centre_task(lane="emergency")
def sweep() -> int:
    """Wakes the towns in which something is due: left by a lost broker or a dead worker, or waiting for its hour."""
    buckets.beat("sweep")
    return in_every_town(_wake)


@centre_task(lane="transactional")
def listen() -> int:
    """Hears what SMS centres say over their sessions, and gives it to the towns."""
    receipts.listen_all()
    return receipts.share_out(services.claim)


@centre_task(lane="transactional")
def read_mailbox() -> int:
    """Reads what came back into the mailbox of bounces, where there is one."""
    return mailboxes.poll(settings.BOUNCE_MAILBOX_URL, bouncing.take) if settings.BOUNCE_MAILBOX_URL else 0


@centre_task(lane="bulk")
def fold_everywhere() -> int:
    """Folds what is old into facts, town by town."""
    return in_every_town(upkeep.fold)


def _wake() -> int:
    ranks = upkeep.lanes_waiting()
    for rank in ranks:
        DRAINS[list(Lane)[rank]].wake()
    return len(ranks)


def _drain(lane: Lane) -> int:
    sent = services.drain(lane)
    if lane.rank in upkeep.lanes_waiting():  # at the end of the queue, so that other towns have their turn
        DRAINS[lane].wake()
    return sent
