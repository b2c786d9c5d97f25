"""Once and only once: the same key again answers as the first time, and does nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from django.db import connection
from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from campanile_tenants.town.api.errors import KeyUsedOtherwise, TooManyDocuments
from campanile_tenants.town.api.models import DeprecatedUse, IdempotentCall, RegisteredDocument

KEPT_FOR = timedelta(days=7)
MOST_DOCUMENTS = 200


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


def count_deprecated(fields: Mapping[str, str], caller: int | None) -> None:
    """Counts one request by a machine (None: by people) for each field, with the advice it bears. 1 query."""
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_deprecateduse (day, field, advice, caller_id, requests) "
            "SELECT %s, field, advice, %s, 1 FROM unnest(%s::text[], %s::text[]) AS given (field, advice) "
            "ON CONFLICT (day, field, caller_id) DO UPDATE SET requests = api_deprecateduse.requests + 1, "
            "advice = excluded.advice",
            [today, caller, list(fields), [advice[:300] for advice in fields.values()]],
        )


def deprecated_uses(days: int = 90) -> QuerySet:
    """Fields on their way out that were asked for lately, by whom and how often, the most used first. 1 query."""
    since = timezone.localdate() - timedelta(days=days)
    found = DeprecatedUse.objects.filter(day__gte=since).values("field", "caller__full_name")
    return found.annotate(total=Sum("requests"), last=Max("day"), advice=Max("advice")).order_by("-total", "field")


def register(machine_id: int, documents: Mapping[str, str]) -> None:
    """Keeps an app's queries by their ids; one that is there stays. Raises TooManyDocuments. 2 queries."""
    RegisteredDocument.objects.bulk_create(
        [RegisteredDocument(digest=number, text=text, machine_id=machine_id) for number, text in documents.items()],
        ignore_conflicts=True,
    )
    if RegisteredDocument.objects.filter(machine_id=machine_id).count() > MOST_DOCUMENTS:
        raise TooManyDocuments(most=MOST_DOCUMENTS, field="documents")


def registered_text(number: str) -> str | None:
    """The query with this id, if an app whose token still lives registered it. 1 query."""
    live = {"machine__token__revoked_at": None, "machine__token__expires_at__gt": timezone.now()}
    found = RegisteredDocument.objects.filter(digest=number, machine__is_active=True, **live)
    text: str | None = found.values_list("text", flat=True).first()
    return text


def _digest(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()
