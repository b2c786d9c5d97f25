"""How much may leave over a line now: token buckets, breakers, and what providers asked for.

In PostgreSQL, because many processes on many machines share one line and an empty bucket must survive a restart. A
bucket is asked once a group of messages. Bulk and transactional messages never take the part that is kept for
emergencies: while an emergency drains it, they get nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from campanile_infra.channels.base import Line
from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema

FAILURES_TO_TRIP = 5
"""Groups in a row in which every request failed for now."""
_TAKE = """
WITH now AS (SELECT clock_timestamp() AS t),
filled AS (
    SELECT name, rate, burst, failures, greatest(blocked_until, tripped_until) AS shut,
           least(burst, tokens + coalesce(rate, 0) * greatest(0, extract(epoch FROM now.t - refilled_at))) AS tokens,
           CASE WHEN %(emergency)s THEN 0 ELSE burst * reserve END AS kept, now.t
    FROM "public"."providers_provider", now WHERE name = %(name)s FOR UPDATE OF "providers_provider"
), granted AS (
    SELECT *, CASE WHEN shut > t THEN 0
                   WHEN rate IS NULL THEN %(wanted)s
                   ELSE greatest(CASE WHEN tokens >= burst THEN %(unit)s ELSE 0 END,
                                 least(%(wanted)s, floor((tokens - kept) / %(unit)s) * %(unit)s))
              END AS taken
    FROM filled
)
UPDATE "public"."providers_provider" p
SET tokens = CASE WHEN g.rate IS NULL THEN p.tokens ELSE g.tokens - g.taken END, refilled_at = g.t
FROM granted g WHERE p.name = g.name
RETURNING g.taken::int, extract(epoch FROM greatest(g.shut, g.t) - g.t)::float8,
          CASE WHEN g.rate IS NULL THEN 0 ELSE (%(unit)s - (g.tokens - g.kept)) / g.rate END::float8, g.failures
"""
_DECLARE = """
INSERT INTO "public"."providers_provider" AS p
       (name, channel, rate, burst, reserve, tokens, refilled_at, failures, last_error, probe_error)
VALUES (%(name)s, %(channel)s, %(rate)s, %(burst)s, %(reserve)s, %(burst)s, clock_timestamp(), 0, '', '')
ON CONFLICT (name) DO UPDATE SET rate = excluded.rate, burst = excluded.burst, reserve = excluded.reserve,
       channel = excluded.channel, tokens = least(p.tokens, excluded.burst)
WHERE (p.rate, p.burst, p.reserve) IS DISTINCT FROM (excluded.rate, excluded.burst, excluded.reserve)
"""
_declared: set[tuple[object, ...]] = set()


class Grant(NamedTuple):
    """How many units may leave now, and when there is none, in how many seconds to ask again.

    `shut`: the line itself is closed, by the provider or by our breaker, and not merely empty.
    """

    units: int
    wait: float
    shut: bool


def take(line: Line, channel: str, *, wanted: int, unit: int, emergency: bool) -> Grant:
    """Takes up to `wanted` units for messages of `unit` units each. 1 query, in the public schema.

    A line that is on trial after its breaker tripped gets one message. A full bucket gives one even when the message
    is larger than the bucket: the debt is waited for.
    """
    with in_schema(PUBLIC_SCHEMA), connection.cursor() as cursor:
        row = _ask(cursor, line, wanted=wanted, unit=unit, emergency=emergency)
        if row is None or _key(line) not in _declared:
            declare(line, channel)
            row = row or _ask(cursor, line, wanted=wanted, unit=unit, emergency=emergency)
    assert row is not None
    taken, shut, empty, failures = row
    if failures >= FAILURES_TO_TRIP:
        taken = min(taken, unit)
    return Grant(int(taken), max(float(shut), float(empty), 0.05), shut > 0)


def _ask(cursor: object, line: Line, *, wanted: int, unit: int, emergency: bool) -> tuple[float, ...] | None:
    values = {"name": line.name, "wanted": wanted, "unit": unit, "emergency": emergency}
    cursor.execute(_TAKE, values)  # type: ignore[attr-defined]
    row: tuple[float, ...] | None = cursor.fetchone()  # type: ignore[attr-defined]
    return row


def declare(line: Line, channel: str) -> None:
    """Makes the line's row as the settings say, with a full bucket. In the public schema."""
    burst = line.burst if line.burst is not None else max(1.0, (line.rate or 0) * 2)
    with in_schema(PUBLIC_SCHEMA), connection.cursor() as cursor:
        values = {"name": line.name, "channel": channel, "rate": line.rate, "burst": burst, "reserve": line.reserve}
        cursor.execute(_DECLARE, values)
    _declared.add(_key(line))


def _key(line: Line) -> tuple[object, ...]:
    return line.name, line.rate, line.burst, line.reserve


def went_well(line: Line) -> None:
    """A request was taken: the breaker closes. Writes at most every ten seconds."""
    _write(
        'UPDATE "public"."providers_provider" SET failures = 0, tripped_until = NULL, last_ok_at = clock_timestamp() '
        "WHERE name = %s AND (failures > 0 OR last_ok_at IS NULL OR last_ok_at < clock_timestamp() - interval '10 s')",
        [line.name],
    )


def failed(line: Line, reason: str) -> None:
    """Every request of a group failed for now. After some in a row the line is left alone, longer each time."""
    _write(
        """
        UPDATE "public"."providers_provider" SET failures = failures + 1, last_failed_at = clock_timestamp(),
            last_error = %s, tripped_until = CASE WHEN failures + 1 >= %s THEN clock_timestamp()
                + least(300, 5 * 2 ^ least(failures + 1 - %s, 6)) * interval '1 s' ELSE tripped_until END
        WHERE name = %s
        """,
        [reason[:200], FAILURES_TO_TRIP, FAILURES_TO_TRIP, line.name],
    )


def keep_away(line: Line, seconds: float, reason: str) -> None:
    """The provider asked us to stay away (429 with Retry-After), be it for hours."""
    _write(
        'UPDATE "public"."providers_provider" SET last_failed_at = clock_timestamp(), last_error = %s, '
        "blocked_until = greatest(blocked_until, clock_timestamp() + %s * interval '1 s') WHERE name = %s",
        [reason[:200], seconds, line.name],
    )


def open_again(name: str) -> None:
    """Somebody mended what was wrong: the line is used at once."""
    _write(
        'UPDATE "public"."providers_provider" SET blocked_until = NULL, tripped_until = NULL, failures = 0 '
        "WHERE name = %s",
        [name],
    )


def beat(name: str) -> None:
    """Notes that something which must run on its own has run."""
    _write(
        'INSERT INTO "public"."providers_pulse" (name, at) VALUES (%s, clock_timestamp()) '
        "ON CONFLICT (name) DO UPDATE SET at = excluded.at",
        [name],
    )


def last_beat(name: str) -> datetime | None:
    """When it last ran; None: never."""
    with in_schema(PUBLIC_SCHEMA), connection.cursor() as cursor:
        cursor.execute('SELECT at FROM "public"."providers_pulse" WHERE name = %s', [name])
        row = cursor.fetchone()
    return row[0] if row else None


def _write(statement: str, values: list[Any]) -> None:
    with in_schema(PUBLIC_SCHEMA), connection.cursor() as cursor:
        cursor.execute(statement, values)
