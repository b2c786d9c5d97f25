"""An issue to 100,000 readers over SMTP, by two workers that are killed five times; and a task a reader as the rival.

Both send the same mail to the same mail server, which counts who got it. A worker that is killed leaves a group in
doubt, and what goes to many is not sent twice: nobody is skipped, nobody gets it twice.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campanile_infra.embedded.ports import LOOPBACK, free_port
from campanile_infra.errors import OperationalProblem
from campanile_platform.bench.report import Must, Result
from campanile_platform.bench.towns import many_towns
from campanile_platform.machine.environment import environment

READERS, RIVAL, KILLS, WORKERS = 100_000, 1_500, 5, 2
LEASE = "3"


def measure(readers: int = READERS, rival: int = RIVAL) -> Result:
    """Needs free ports; takes some five minutes."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "campanile_platform.config.settings.embedded"
    os.environ["DELIVERY_LEASE_SECONDS"] = LEASE
    with tempfile.TemporaryDirectory() as folder, _sink(Path(folder) / "taken.json") as (url, taken):
        os.environ["EMAIL_URL"] = url
        with environment(lambda line: None):
            return _measure(taken, readers, rival)


def _measure(taken: Any, readers: int, rival: int) -> Result:
    from campanile_infra.database.scope import in_schema
    from campanile_tenants.public.registry.activation import switch_on
    from campanile_tenants.public.registry.directory import directory, load_town

    schema = next(iter(many_towns(1)))
    town = load_town(schema_name=schema)
    assert town is not None
    switch_on(town, "newsletters", by="bench")
    directory.forget()
    town = load_town(schema_name=schema)
    with in_schema(schema, town):
        _people(readers)
        issue = _issue()
        with _Fleet(include="campanile_platform.bench.newsletter_rival", threads=4) as _fleet:
            slow = _rival(issue, rival)
        with _Fleet() as fleet:
            whole = _send(issue, fleet, readers)
        standing = _standing(issue)
    counts = taken()
    mine = {address: number for address, number in counts.items() if address.startswith("r")}
    doubtful = standing.pop("ambiguous", set())
    skipped = {address for address in standing["accepted"] if address not in mine}
    twice = {address for address, number in mine.items() if number > 1}
    figures = {
        "readers": readers, "one task a reader (a second)": slow, "ledger with five kills (a second)": whole,
        "kills": fleet.kills, "in doubt": len(doubtful), "taken twice by the mail server": len(twice),
    }  # fmt: skip
    others = readers - len(standing["accepted"]) - len(doubtful)
    return Result("newsletter", whole / slow, figures, [
        Must.at_least("kills while it was being sent", fleet.kills, KILLS),
        Must.at_most("readers said to have got it who did not", len(skipped), 0),
        Must.at_most("readers neither handed over nor in doubt", others, 0),
        Must.at_most("duplicates among those not in doubt", len(twice - doubtful), 0),
        Must.at_most("duplicates in all", len(twice), 0),
        Must.at_most("in doubt: a group for each kill and worker", len(doubtful), KILLS * WORKERS * 20),
        Must.at_least("times as fast as a task a reader", whole / slow, 1.5),
    ])  # fmt: skip


def _people(number: int) -> None:
    from django.db import connection

    from campanile_infra.database.scope import as_owner

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO newsletters_subscriber (email, language, created_at, code_digest, code_tries)
            SELECT 'r' || n || '@d' || n %% 400 || '.example', 'it', now(), '', 0 FROM generate_series(1, %(n)s) AS n;
            INSERT INTO newsletters_subscription (subscriber_id, topic_id, state, words, version, channel, page,
                                                  asked_at, confirmed_at)
            SELECT r.id, t.id, 'confirmed', 'si', '1', 'import', '', now(), now()
            FROM newsletters_subscriber r, newsletters_topic t WHERE t.code = 'notizie';
            """,
            {"n": number},
        )
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE newsletters_subscriber, newsletters_subscription")


def _issue() -> Any:
    """An issue of four texts, as read and approved; not sent yet."""
    from campanile_modules.newsletters.models import Topic
    from campanile_modules.newsletters.services import issues
    from campanile_tenants.town.people.models import User

    writer = User.objects.create_user("bench@example.org", full_name="Redazione")
    issue = issues.begin(Topic.objects.get(code="notizie"), by=writer)
    text = {"type": "text", "text": "Sabato apre il **mercato**: [programma](https://example.org/m).\n\n" * 3}
    values = {"subject": "Il mercato di sabato", "preview": "", "text": "", "blocks": [text] * 4}
    return issues.save(issue, values, revision=1, by=writer)


def _send(issue: Any, fleet: _Fleet, readers: int) -> float:
    """Approves it, and kills a worker whenever a sixth more has left; readers a second, with all that costs."""
    from django.db import connection

    from campanile_modules.newsletters.services import issues, rendering
    from campanile_tenants.kit.outreach import Lane
    from campanile_tenants.town.delivery.tasks import DRAINS
    from campanile_tenants.town.people.models import User

    second = User.objects.create_user("second@example.org", full_name="Seconda")
    began = time.monotonic()
    issues.submit(issue, by=second)
    issue.refresh_from_db()
    issues.approve(issue, by=second, read=issues.fingerprint_of(issue, rendering.draw(issue)))
    deadline = time.monotonic() + 1_200
    while (left := _left(connection)) > 0:
        if time.monotonic() > deadline:
            raise OperationalProblem("The workers did not finish.")
        if fleet.kills < KILLS and readers - left > (fleet.kills + 1) * readers / (KILLS + 1):
            fleet.kill_one()
        for _worker in range(WORKERS):  # what the sweeper does every fifteen seconds
            DRAINS[Lane.BULK].wake()
        time.sleep(0.5)
    return readers / (time.monotonic() - began)


def _left(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(cardinality(items) - position), 0) + count(*) FROM delivery_work")
        return int(cursor.fetchone()[0])


def _standing(issue: Any) -> dict[str, set[str]]:
    from campanile_tenants.town.delivery.models import Delivery

    found: dict[str, set[str]] = {"accepted": set()}
    for address, state in Delivery.objects.filter(message__about=issue.about).values_list("address", "state"):
        found.setdefault(state, set()).add(address)
    return found


def _rival(issue: Any, number: int) -> float:
    from campanile_modules.newsletters.services import rendering
    from campanile_platform.bench.newsletter_rival import send_one
    from campanile_tenants.town.delivery.models import Delivery, Message

    drawn = rendering.draw(issue)
    message = Message.objects.create(
        idempotency_key="rival", purpose="bench.rival", subject=issue.subject, body=drawn.text,
        contents={"email": {"it": {"html": drawn.html}}},
    )  # fmt: skip
    Delivery.objects.bulk_create(
        [Delivery(message=message, channel="email", address=f"x{n}@example.org") for n in range(number)]
    )
    began = time.monotonic()
    for key in Delivery.objects.filter(message=message).values_list("pk", flat=True):
        send_one.apply_async(args=(key,))
    while Delivery.objects.filter(message=message, state="ready").exists():
        if time.monotonic() - began > 300:
            raise OperationalProblem("The rival did not finish.")
        time.sleep(0.05)
    return number / (time.monotonic() - began)


@dataclass
class _Fleet:
    """Two Celery workers; one that is killed is started again, as a supervisor does it."""

    include: str = ""
    threads: int = 1
    kills: int = 0
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    begun: int = 0

    def __enter__(self) -> _Fleet:
        for _number in range(WORKERS):
            self._start()
        time.sleep(6)  # they load Django
        return self

    def __exit__(self, *error: object) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(60)

    def kill_one(self) -> None:
        """`kill -9`, in the middle of whatever it does."""
        process = self.running.pop(0)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(30)
        self.kills += 1
        self._start()

    def _start(self) -> None:
        self.begun += 1
        command = [
            sys.executable, "-m", "celery", "--quiet", "-A", "campanile_platform.config.celery:app", "worker",
            "--loglevel", "ERROR", "-Q", "bulk", "-P", "threads", "-c", str(self.threads),
            "--without-gossip", "--without-mingle", "--without-heartbeat",
            "-n", f"news-{self.begun}@campanile", *(["--include", self.include] if self.include else []),
        ]  # fmt: skip
        quiet = dict(os.environ) | {"PYTHONWARNINGS": "ignore:You're running the worker"}
        self.running.append(subprocess.Popen(command, env=quiet))


@contextmanager
def _sink(file: Path) -> Iterator[tuple[str, Any]]:
    port = free_port()
    command = [sys.executable, "-m", "campanile_platform.bench.smtp_sink", str(port), str(file)]
    process = subprocess.Popen(command)

    def taken() -> Counter[str]:
        process.terminate()
        process.wait(60)
        return Counter(json.loads(file.read_text()))

    try:
        yield f"smtp://{LOOPBACK}:{port}", taken
    finally:
        process.kill()
        process.wait(30)
