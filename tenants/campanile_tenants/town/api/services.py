"""Once and only once: the same key again answers as the first time, and does nothing."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.api.models import DeprecatedUse, IdempotentCall

KEPT_FOR = timedelta(days=7)


class KeyUsedOtherwise(CampanileError):
    """The idempotency key came before with another input."""

    code = "IDEMPOTENCY_KEY_REUSED"
    http_status = 409
    message = _("This idempotency key was used for something else. Make a new key for a new request.")


def begin(mutation: str, actor: str, key: str, request: Any) -> tuple[str, dict[str, Any] | None]:
    """Takes the key, inside the mutation's transaction. Returns its digest, and the outcome if it was done before.

    A second call with the same key waits here until the first one commits. Raises KeyUsedOtherwise. 1 or 2 queries.
    """
    digest = _digest([mutation, actor, key])
    wanted = _digest(request)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_idempotentcall (key, request, outcome, made_at) VALUES (%s, %s, '{}', %s) "
            "ON CONFLICT (key) DO NOTHING",
            [digest, wanted, timezone.now()],
        )
        if cursor.rowcount:
            return digest, None
    known = IdempotentCall.objects.get(pk=digest)
    if known.request != wanted:
        raise KeyUsedOtherwise(field="idempotency_key")
    return digest, known.outcome


def finish(digest: str, outcome: dict[str, Any]) -> None:
    """Remembers what was made. 1 query."""
    IdempotentCall.objects.filter(pk=digest).update(outcome=outcome)


def forget_old_calls() -> int:
    """Deletes the keys of more than a week ago; returns how many."""
    return IdempotentCall.objects.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def count_deprecated(fields: tuple[str, ...]) -> None:
    """Counts one request for each of these fields. 1 query."""
    today = timezone.localdate()
    rows = [DeprecatedUse(day=today, field=name, requests=0) for name in fields]
    DeprecatedUse.objects.bulk_create(rows, ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE api_deprecateduse SET requests = requests + 1 WHERE day = %s AND field = ANY(%s)",
            [today, list(fields)],
        )


def _digest(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
