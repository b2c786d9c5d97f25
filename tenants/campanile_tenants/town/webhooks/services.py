"""Writing down what happened, telling it in order, and leaving alone who does not answer.

Signed by the Standard Webhooks specification (standardwebhooks.com): `webhook-id`, `webhook-timestamp`,
`webhook-signature: v1,<HMAC-SHA256 of "id.timestamp.body">`. 2xx is an answer; 410 ends the hook at once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campanile_infra.database import scope
from campanile_infra.database.names import is_town
from campanile_infra.sealing import seal, unseal
from campanile_infra.web.fetching import NotFetched, send
from campanile_tenants.contract.module import Event
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.events import HOUSE
from campanile_tenants.public.registry.gate import current_town, enabled_modules
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.delivery import tasks as delivery
from campanile_tenants.town.delivery.services import enqueue
from campanile_tenants.town.people.services.staff import holders
from campanile_tenants.town.webhooks.models import Call, Hook

PAUSES = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 86_400)
"""Seconds between tries; after the last one a call is given up."""
PATIENCE = timedelta(days=5)
"""A hook that has failed for as long is switched off, and the town is told."""
KEEP = timedelta(days=30)
_WRITE = """
INSERT INTO webhooks_call (key, hook_id, event, subject, payload, happened_at, state, tries, due_at, answer)
SELECT gen_random_uuid(), id, %(event)s, %(subject)s, %(payload)s, now(), 'waiting', 0, now(), ''
FROM webhooks_hook WHERE stopped_at IS NULL AND %(event)s = ANY(events) RETURNING id
"""
_CLAIM = """
UPDATE webhooks_call c SET due_at = clock_timestamp() + interval '60 s', tries = tries + 1
WHERE c.id = (
    SELECT w.id FROM webhooks_call w JOIN webhooks_hook h ON h.id = w.hook_id AND h.stopped_at IS NULL
    WHERE w.state = 'waiting' AND w.due_at <= clock_timestamp()
      AND NOT EXISTS (SELECT FROM webhooks_call b WHERE b.state = 'waiting' AND b.hook_id = w.hook_id
                      AND b.subject = w.subject AND w.subject <> '' AND b.id < w.id)
    ORDER BY w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
RETURNING c.id
"""


def offered() -> list[Event]:
    """The events that a town can have told: of its modules that are on, and of the house."""
    own = [event for module in enabled_modules() for event in module.events]
    return [*own, *(event for event in HOUSE if event.code.startswith("delivery."))]


def write_down(event: Event, payload: Mapping[str, Any]) -> None:
    """Commits a call for each hook that wants to hear it, with the caller's transaction. 1 query."""
    if not is_town(scope.current().schema):
        return
    subject = str(payload.get(event.subject, "")) if event.subject else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE, {"event": event.code, "subject": subject[:80], "payload": json.dumps(dict(payload), default=str)}
        )
        written = cursor.rowcount
    if written:
        from campanile_tenants.town.webhooks.tasks import tell

        tell.wake_on_commit()


def make(name: str, url: str, events: list[str]) -> tuple[Hook, str]:
    """A hook and its key, which is shown once (`whsec_...`)."""
    key = secrets.token_bytes(32)
    with transaction.atomic():
        hook = Hook.objects.create(
            name=name, url=url, events=events, sealed=seal(base64.b64encode(key).decode())
        )  # fmt: skip
        record("webhooks.made", hook, events=events)
    return hook, f"whsec_{base64.b64encode(key).decode()}"


def tell_all(most: int = 200) -> int:
    """Tells what is due, one call after the other, no transaction open while it speaks; returns how many were
    tried.
    """
    tried = 0
    while tried < most and (found := _claim()) is not None:
        _tell(found)
        tried += 1
    return tried


def again(call: Call) -> None:
    """Sends a call once more, from the replay page."""
    Call.objects.filter(pk=call.pk).update(state=Call.State.WAITING, tries=0, due_at=timezone.now(), answer="")


def switch_on(hook: Hook) -> None:
    """Tells a hook again; what waited for it leaves in its order."""
    with transaction.atomic():
        Hook.objects.filter(pk=hook.pk).update(stopped_at=None, stopped_because="", failing_since=None)
        hook.calls.filter(state=Call.State.WAITING).update(due_at=timezone.now())
        record("webhooks.on", hook)


def switch_off(hook: Hook, why: str) -> None:
    """Tells it no more; what waits stays and can be sent later."""
    with transaction.atomic():
        Hook.objects.filter(pk=hook.pk, stopped_at__isnull=True).update(
            stopped_at=timezone.now(), stopped_because=why[:120]
        )
        record("webhooks.off", hook)


def tidy() -> int:
    """Takes away what was answered or given up long ago."""
    old = Call.objects.exclude(state=Call.State.WAITING).filter(happened_at__lt=timezone.now() - KEEP)
    return old.delete()[0]


def signature(key: bytes, call: str, stamp: int, body: bytes) -> str:
    """`v1,<base64>`, as the receiver computes it."""
    signed = f"{call}.{stamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _claim() -> Call | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM)
        row = cursor.fetchone()
    return Call.objects.select_related("hook").get(pk=row[0]) if row else None


def _tell(call: Call) -> None:
    body = json.dumps(
        {"type": call.event, "timestamp": call.happened_at.isoformat(), "town": current_town().istat_code,
         "data": call.payload}
    ).encode()  # fmt: skip
    stamp = int(time.time())
    headers = {
        "Content-Type": "application/json", "webhook-id": str(call.key), "webhook-timestamp": str(stamp),
        "webhook-signature": signature(base64.b64decode(unseal(call.hook.sealed)), str(call.key), stamp, body),
        "User-Agent": "Campanile",
    }  # fmt: skip
    retry_after = None
    try:
        status, retry_after, _place = send("POST", call.hook.url, body, headers)
        answer, good = str(status), 200 <= status < 300
    except NotFetched as error:
        status, answer, good = 0, error.reason, False
    if good:
        _answered(call, answer)
    else:
        _failed(call, answer, gone=status == 410, retry_after=retry_after)


def _answered(call: Call, answer: str) -> None:
    with transaction.atomic():
        Call.objects.filter(pk=call.pk).update(state=Call.State.TAKEN, answered_at=timezone.now(), answer=answer)
        Hook.objects.filter(pk=call.hook_id, failing_since__isnull=False).update(failing_since=None)


def _failed(call: Call, answer: str, *, gone: bool, retry_after: float | None) -> None:
    now = timezone.now()
    over = call.tries > len(PAUSES)
    pause = max(PAUSES[min(call.tries, len(PAUSES)) - 1], min(retry_after or 0, 86_400))
    with transaction.atomic():
        Call.objects.filter(pk=call.pk).update(
            state=Call.State.GIVEN_UP if over else Call.State.WAITING, answer=answer[:80], answered_at=now,
            due_at=now + timedelta(seconds=pause),
        )  # fmt: skip
        Hook.objects.filter(pk=call.hook_id, failing_since__isnull=True).update(failing_since=now)
        since = Hook.objects.values_list("failing_since", flat=True).get(pk=call.hook_id)
        if gone or (since is not None and now - since > PATIENCE):
            switch_off(call.hook, "410" if gone else answer)
            _say_so(call.hook, answer)


def _say_so(hook: Hook, answer: str) -> None:
    for user in holders("webhooks.manage"):
        enqueue(
            key=f"webhooks.off:{hook.pk}:{hook.made_at.timestamp()}:{timezone.localdate()}:{user.pk}",
            purpose="webhooks.off", recipient=user.email,
            subject=_("Webhook switched off: %(name)s") % {"name": hook.name},
            body=_("%(name)s has not answered for days (%(answer)s). Nothing is lost: switch it on again in the "
                   "office, under “Other systems”, and what waits is sent in its order.") % {"name": hook.name,
                                                                                     "answer": answer},
        )  # fmt: skip
    delivery.drain_transactional.wake_on_commit()


def labels() -> dict[str, str]:
    """Events with the name of their module, for choosing."""
    return {
        event.code: f"{registry.get(event.code.split('.')[0]).verbose_name}: {event.code}"
        if registry.find(event.code.split(".")[0]) else event.code
        for event in offered()
    }  # fmt: skip
