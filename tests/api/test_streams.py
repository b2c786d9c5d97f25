"""Open subscriptions over a real socket: graphql-sse, rights looked at anew, nothing missed in silence."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from campanile_graphql import streams
from campanile_graphql.streams import Ear
from campanile_infra.database.live import CHANNEL
from campanile_infra.database.scope import as_owner
from campanile_modules.reporting import services
from campanile_modules.reporting.models import Category, Report
from campanile_tenants.kit.api.documents import id_of
from campanile_tenants.kit.api.live import Heard
from campanile_tenants.kit.erasure import erasing
from campanile_tenants.public.registry.models import UsageEvent
from tests.servers import POSTGRES
from tests.test_crossing import document
from tests.towns import client, inside, listen, town, user

CHANGED = f"/graphql/?documentId={quote(id_of('reporting', 'changed'))}"


class Stream:
    """A browser's EventSource, read in a thread."""

    def __init__(self, port: int, host: str, path: str = CHANGED, **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.connection.request("GET", path, headers={"Host": host, "Accept": "text/event-stream", **headers})
        self.response = self.connection.getresponse()
        self.events: list[tuple[str, Any]] = []
        self.is_over = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        event = ""
        try:
            for raw in self.response:
                line = raw.decode().rstrip("\n")
                if line.startswith("event:"):
                    event = line[6:].strip()
                elif line.startswith("data:"):
                    self.events.append((event, json.loads(line[5:]) if line[5:].strip() else None))
                elif line.startswith(": listening"):
                    self.events.append(("listening", None))
        except (OSError, http.client.HTTPException, ValueError, AttributeError):  # closed while reading
            pass
        self.is_over.set()

    def wait(self, count: int, seconds: float = 10) -> list[tuple[str, Any]]:
        deadline = time.monotonic() + seconds
        while len(self.events) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.events) >= count, self.events
        return self.events

    def close(self) -> None:
        self.connection.sock and self.connection.sock.shutdown(2)
        self.connection.close()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Sessions of Lecco and Merate that are really there, and a way to report; all undone."""
    keys: list[tuple[str, str]] = []
    made: list[tuple[str, Any]] = []
    engine = import_module(settings.SESSION_ENGINE)

    def session(code: str, who: str) -> str:
        with inside(town(code)):
            person, store = user(who), engine.SessionStore()
            store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
            store[HASH_SESSION_KEY] = person.get_session_auth_hash()
            store.save()
            keys.append((code, store.session_key))
        return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"

    def report(code: str, title: str = "Buca") -> Report:
        with inside(town(code)):
            sent = services.submit(category=Category.objects.get(code="roads"), title=title, address="Via Roma")
            made.append((code, sent))
        return sent

    def sign_out(code: str, cookie: str) -> None:
        with inside(town(code)):
            engine.SessionStore(cookie.partition("=")[2]).delete()

    with django_db_blocker.unblock():
        yield type("Committed", (), {"session": staticmethod(session), "report": staticmethod(report),
                                     "sign_out": staticmethod(sign_out)})  # fmt: skip
        for code, sent in made:
            with inside(town(code)), erasing():
                Report.objects.get(pk=sent.pk).delete()
        with as_owner():
            UsageEvent.objects.filter(idempotency_key__in=[str(sent.pk) for _code, sent in made]).delete()
        for code, key in keys:
            with inside(town(code)):
                engine.SessionStore(key).delete()
        connection.close()


def test_an_officer_hears_of_her_town_and_of_no_other(served: int, committed: Any) -> None:
    ours = Stream(served, "lecco.localhost", Cookie=committed.session("097042", "tecnico"))
    theirs = Stream(served, "merate.localhost", Cookie=committed.session("097048", "tecnico"))
    assert ours.response.headers["Content-Type"].startswith("text/event-stream")
    assert ours.response.headers["Cache-Control"] == "no-store"
    ours.wait(1)
    theirs.wait(1)
    sent = committed.report("097042")
    event, told = ours.wait(2)[1]
    assert (event, told) == ("next", {"data": {"reportingReportChanged": {"code": sent.code, "state": "SUBMITTED"}}})
    other = committed.report("097048")
    assert theirs.wait(2)[1][1]["data"]["reportingReportChanged"]["code"] == other.code
    time.sleep(0.2)
    assert len(ours.events) == 2
    ours.close()
    theirs.close()


def test_what_is_rolled_back_is_never_told(served: int, committed: Any) -> None:
    stream = Stream(served, "lecco.localhost", Cookie=committed.session("097042", "tecnico"))
    stream.wait(1)
    from django.db import transaction

    with inside(town("097042")), transaction.atomic():
        services.submit(category=Category.objects.get(code="roads"), title="Mai", address="Via Roma")
        transaction.set_rollback(True)
    sent = committed.report("097042")
    assert stream.wait(2)[1][1]["data"]["reportingReportChanged"]["code"] == sent.code
    stream.close()


def test_a_stream_ends_when_its_session_ends(served: int, committed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SILENCE", 0.2)
    cookie = committed.session("097042", "tecnico")
    stream = Stream(served, "lecco.localhost", Cookie=cookie)
    stream.wait(1)
    committed.sign_out("097042", cookie)
    events = stream.wait(3)
    assert events[1][1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert events[2][0] == "complete"
    assert stream.is_over.wait(5)


def test_a_stream_that_may_have_missed_something_breaks_without_saying_complete(served: int, committed: Any) -> None:
    stream = Stream(served, "lecco.localhost", Cookie=committed.session("097042", "tecnico"))
    stream.wait(1)
    with psycopg.connect(POSTGRES.conninfo(user="postgres"), autocommit=True) as raw:
        raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE %s", [f"LISTEN {CHANNEL}%"]
        )
    assert stream.is_over.wait(10)
    assert ("complete", None) not in stream.events
    again = Stream(served, "lecco.localhost", Cookie=committed.session("097042", "tecnico"))
    again.wait(1)
    sent = committed.report("097042")
    assert again.wait(2)[1][1]["data"]["reportingReportChanged"]["code"] == sent.code
    again.close()


def test_many_open_streams_hold_no_thread_and_leave_when_the_client_does(served: int, committed: Any) -> None:
    cookies = [committed.session("097042", who) for who in ("tecnico", "sindaco", "lettore")]
    before = threading.active_count()
    opened = [Stream(served, "lecco.localhost", Cookie=cookies[n % 3]) for n in range(3 * streams.MOST_EACH)]
    for stream in opened:
        stream.wait(1)
    ours = 3 * streams.MOST_EACH  # the reading threads are the test's own
    assert threading.active_count() - before <= ours + 4
    refused = Stream(served, "lecco.localhost", Cookie=cookies[0])
    assert refused.wait(1)[0][1]["errors"][0]["extensions"]["code"] == "TOO_MANY_STREAMS"
    for stream in opened:
        stream.close()
    deadline = time.monotonic() + 10
    while len(streams.hub) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(streams.hub) == 0


def test_an_answer_may_be_asked_for_as_a_stream_that_is_over(lecco: Any) -> None:
    told = client(lecco).post("/graphql/", {"query": "{ municipality { name } }"}, content_type="application/json",
                              headers={"accept": "text/event-stream"})  # fmt: skip
    first, last = told.content.decode().strip().split("\n\n")
    assert json.loads(first.partition("data: ")[2])["data"] == {"municipality": {"name": "Lecco"}}
    assert last == "event: complete\ndata:"


def test_a_subscription_is_answered_as_a_stream_only(lecco: Any) -> None:
    asked = {"query": "subscription { reportingReportChanged { code } }"}
    told = client(lecco, "tecnico").post("/graphql/", asked, content_type="application/json")
    assert told.status_code == 406
    two = {"query": "subscription { a: reportingReportChanged { code } b: reportingReportChanged { code } }"}
    told = client(lecco, "tecnico").post("/graphql/", two, content_type="application/json")
    assert told.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("who", ["", "cittadina", "tecnico"])
def test_only_who_may_read_the_inbox_may_listen_to_it(lecco: Any, who: str) -> None:
    told = listen(client(lecco, who), document("subscription", "reportingReportChanged"))
    code = {"": "UNAUTHENTICATED", "cittadina": "FORBIDDEN"}.get(who)
    assert [error["extensions"]["code"] for error in told.get("errors", [])] == ([code] if code else [])


def test_whoever_reads_too_slowly_is_cut_off_and_each_thing_waits_once() -> None:
    async def walk() -> None:
        ear = Ear("c_097042", ("a.b",), asyncio.get_running_loop())
        for _time in range(5):
            ear.hear(Heard("a.b", "same"))
        assert await ear.next(1) == Heard("a.b", "same")
        assert await ear.next(0.01) is None
        for number in range(1_000):
            ear.hear(Heard("a.b", str(number)))
        await asyncio.sleep(0)
        assert await ear.next(1) == Heard("", "")

    asyncio.run(walk())
