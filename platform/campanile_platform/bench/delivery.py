"""160,000 recipients frozen and delivered by two Celery workers, and an emergency to 48,000 behind them.

The rival is what one writes first: a Celery task a recipient, each with its row read, its attempt written and its
answer recorded. Both use the same workers, tables, broker and a provider that takes everything at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from campanile_infra.errors import OperationalProblem
from campanile_platform.bench.report import Must, Result
from campanile_platform.bench.towns import many_towns
from campanile_platform.machine.environment import environment

MANY, EMERGENCY, RIVAL = 160_000, 48_000, 6_000
_WORKERS = 2
_TOPIC = "bench.news"


def measure() -> Result:
    """Needs free ports; takes about a minute and a half."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "campanile_platform.config.settings.bench"
    with environment(lambda line: None):
        return _measure()


def _measure() -> Result:
    from campanile_infra.database.scope import in_schema

    schema = next(iter(many_towns(1)))
    with in_schema(schema):
        _people(MANY)
        with _workers(threads=4, prefetch=64, include="campanile_platform.bench.delivery_rival"):
            rival = _rival()
        with _workers():
            alone = _run(MANY)
            behind = _emergency_behind()
        doubles = _doubles()
    figures = {
        "recipients": MANY,
        "one task a recipient (a second)": rival,
        "ledger (a second)": alone["rate"],
        "frozen after (s)": alone["frozen"],
        "first row of the emergency (s)": behind["first"],
        "last of its 48,000 (s)": behind["last"],
    }
    return Result("delivery", alone["rate"] / rival, figures, [
        Must.at_least("recipients a second, durable, two workers", alone["rate"], 10_000),
        Must.at_most("first row of an emergency behind 160,000 (s)", behind["first"], 1),
        Must.at_most("last of its 48,000 (s)", behind["last"], 8),
        Must.at_most("duplicates", doubles, 0),
    ])  # fmt: skip


def _people(number: int) -> None:
    from django.db import connection

    from campanile_infra.database.scope import as_owner

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO contacts_contact (id, kind, source, name, language, street, house_number, fragile,
                                          fragile_note, relative_name, created_at)
            SELECT n, 'citizen', 'self', '', 'it', 'via ' || n %% 300, n %% 90, false, '', '', now()
            FROM generate_series(1, %(n)s) AS n;
            INSERT INTO contacts_endpoint (id, contact_id, channel, address, verified_at, breaks_quiet, of_relative,
                                           pending, code_digest, code_tries, created_at)
            SELECT n, n, 'sms', '+39' || 3330000000 + n, now(), true, false, '{}', '', 0, now()
            FROM generate_series(1, %(n)s) AS n;
            INSERT INTO contacts_preference (endpoint_id, topic, since)
            SELECT n, %(topic)s, now() FROM generate_series(1, %(n)s) AS n;
            """,
            {"n": number, "topic": _TOPIC},
        )
    with as_owner(), connection.cursor() as cursor:  # what autovacuum does within a minute
        cursor.execute("ANALYZE contacts_contact, contacts_endpoint, contacts_preference")


def _run(number: int) -> dict[str, float]:
    """Seconds from the decision until the last of `number` was taken, with all that is written in between."""
    began, message, frozen = _post("bulk", "alone", number)
    _wait(message)
    _first, last = _times(message, began)
    return {"rate": number / last, "frozen": frozen}


def _emergency_behind() -> dict[str, float]:
    """An emergency to 48,000 while the workers are busy with 160,000."""
    _, busy, _ = _post("bulk", "busy", MANY)
    began, message, _ = _post("emergency", "emergency", EMERGENCY)
    _wait(message)
    first, last = _times(message, began)
    assert _work_left(busy), "the emergency was not behind anything"
    _wait(busy)
    return {"first": first, "last": last}


def _post(lane: str, key: str, number: int) -> tuple[Any, Any, float]:
    """When it was decided, the message, and how many seconds it took to write everybody down."""
    from campanile_tenants.town.contacts.services.audiences import Whom, audience
    from campanile_tenants.town.delivery.models import Lane
    from campanile_tenants.town.delivery.services import Audience, broadcast, freeze
    from campanile_tenants.town.delivery.tasks import DRAINS

    began = _one("SELECT clock_timestamp()")
    message = broadcast(key=key, purpose="bench.news", lane=lane, subject="Prova", body="Testo", topic=_TOPIC)
    chosen = audience(Whom(_TOPIC, emergency=lane == "emergency"))
    limited = Audience(f"SELECT * FROM ({chosen.sql}) AS every WHERE id <= {number}", chosen.values)
    for _ in range(_WORKERS):
        DRAINS[Lane(lane)].wake(countdown=0)
    freeze(message, limited)
    frozen = _one("SELECT extract(epoch FROM clock_timestamp() - %s)::float8", began)
    for _ in range(_WORKERS):
        DRAINS[Lane(lane)].wake()
    return began, message.pk, frozen


def _times(message: Any, began: Any) -> tuple[float, float]:
    ask = "SELECT extract(epoch FROM {}(accepted_at) - %s)::float8 FROM delivery_delivery WHERE message_id = %s"
    return _one(ask.format("min"), began, message), _one(ask.format("max"), began, message)


def _wait(message: Any, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while _work_left(message):
        if time.monotonic() > deadline:
            raise OperationalProblem("The workers did not finish.")
        time.sleep(0.05)


def _work_left(message: Any) -> bool:
    return bool(_one("SELECT EXISTS (SELECT FROM delivery_work WHERE message_id = %s)", message))


def _doubles() -> int:
    """Deliveries with more than one attempt, or endpoints with more than one delivery of a message."""
    tries = _one("SELECT count(*) - count(DISTINCT delivery_id) FROM delivery_attempt")
    rows = _one("SELECT count(*) - count(DISTINCT (message_id, address)) FROM delivery_delivery")
    return int(tries + rows)


def _one(statement: str, *values: Any) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


@contextmanager
def _workers(*, threads: int = 1, prefetch: int = 1, include: str = "") -> Iterator[None]:
    """Two Celery workers, a process each."""
    command = [
        sys.executable, "-m", "celery", "--quiet", "-A", "campanile_platform.config.celery:app", "worker",
        "--loglevel", "WARNING",
        "-Q", "emergency,transactional,bulk",
        "-P", "threads", "-c", str(threads), "--prefetch-multiplier", str(prefetch),
        "--without-gossip", "--without-mingle", "--without-heartbeat",
        *(["--include", include] if include else []),
    ]  # fmt: skip
    quiet = dict(os.environ) | {"PYTHONWARNINGS": "ignore:You're running the worker"}
    running = [subprocess.Popen([*command, "-n", f"bench-{n}@campanile"], env=quiet) for n in range(_WORKERS)]
    time.sleep(5)  # they load Django
    try:
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(60)


def _rival() -> float:
    """Recipients a second with a task each."""
    from campanile_platform.bench.delivery_rival import deliver
    from campanile_tenants.town.delivery.models import Delivery, Message

    message = Message.objects.create(idempotency_key="rival", purpose="bench.rival", subject="Prova", body="Testo")
    Delivery.objects.bulk_create(
        [Delivery(message=message, channel="sms", address=f"+39{n}") for n in range(RIVAL)], batch_size=2_000
    )
    began = _one("SELECT clock_timestamp()")
    for number in Delivery.objects.filter(message=message).values_list("pk", flat=True):
        deliver.apply_async(args=(number,))
    while Delivery.objects.filter(message=message, state="ready").exists():
        time.sleep(0.05)
    return RIVAL / _times(message.pk, began)[1]
