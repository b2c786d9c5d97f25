"""Webhooks over real sockets: signed, in order for each object, repeated, left alone when nobody answers, replayed."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from campanile_infra.embedded.ports import LOOPBACK
from campanile_modules.reporting import services as reporting
from campanile_modules.reporting.models import Category
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.webhooks import services
from campanile_tenants.town.webhooks.models import Call, Hook
from tests.towns import Town, client, inside, user

pytestmark = pytest.mark.django_db
PAGE = "/ufficio/collegamenti/"


class Other:
    """Another system: keeps what it is told, answers what it was told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.raw: list[bytes] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.raw.append(body)
                outer.taken.append(({name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
                self.send_response(outer.answers.pop(0) if outer.answers else 204)
                self.end_headers()

        self.server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://{LOOPBACK}:{self.server.server_port}/hier"


@pytest.fixture
def other(settings: Any) -> Iterator[Other]:
    """On the loopback, which real hooks may never reach."""
    made = Other()
    settings.FETCH_ALSO = [f"{LOOPBACK}:{made.server.server_port}"]
    yield made
    made.server.shutdown()


def report(title: str = "Buca") -> Any:
    return reporting.submit(
        category=Category.objects.get(code="roads"), title=title, address="Via A", email="a@example.org"
    )


def due_now() -> None:
    Call.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_what_happens_is_told_signed_and_says_nothing_of_anybody(lecco: Town, other: Other) -> None:
    with inside(lecco):
        _hook, key = services.make("Archivio", other.url, ["reporting.received"])
        made = report()
        assert services.tell_all() == 1
        assert services.tell_all() == 0
        assert Call.objects.get().state == "taken"
    headers, body = other.taken[0]
    assert (body["type"], body["town"], body["data"]) == ("reporting.received", "097042", {"report_id": str(made.pk)})
    assert "example.org" not in other.raw[0].decode()
    secret = base64.b64decode(key.removeprefix("whsec_"))
    expected = services.signature(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), other.raw[0])
    assert headers["webhook-signature"] == expected


def test_what_is_rolled_back_is_never_told(lecco: Town, other: Other) -> None:
    with inside(lecco):
        services.make("Archivio", other.url, ["reporting.received"])
        with pytest.raises(RuntimeError), transaction.atomic():
            report()
            raise RuntimeError
        assert services.tell_all() == 0


def test_one_objects_events_stay_in_order_while_others_go_on(lecco: Town, other: Other) -> None:
    other.answers = [503]
    with inside(lecco):
        services.make("Archivio", other.url, ["reporting.received", "reporting.moved"])
        first, second = report("prima"), report("seconda")
        reporting.take_charge(first, by=user("sindaco"))
        assert services.tell_all() == 2, "the first one's second event waits for its first"
        assert [body["data"]["report_id"] for _headers, body in other.taken] == [str(first.pk), str(second.pk)]
        due_now()
        assert services.tell_all() == 2
    told = [(body["type"], body["data"]["report_id"]) for _headers, body in other.taken[2:]]
    assert told == [("reporting.received", str(first.pk)), ("reporting.moved", str(first.pk))]
    assert other.taken[0][0]["webhook-id"] == other.taken[2][0]["webhook-id"], "the same call, told again"


def test_who_does_not_answer_for_days_is_left_alone_and_the_town_is_told(lecco: Town, other: Other) -> None:
    other.answers = [500]
    with inside(lecco):
        hook, _key = services.make("Archivio", other.url, ["reporting.received"])
        report()
        services.tell_all()
        Hook.objects.update(failing_since=timezone.now() - timedelta(days=6))
        other.answers = [500]
        due_now()
        services.tell_all()
        hook.refresh_from_db()
        assert hook.stopped_at is not None
        mails = Message.objects.filter(purpose="webhooks.off")
        assert [mail.recipient for mail in mails] == ["sindaco@example.org"]
        report("dopo")
        due_now()
        assert services.tell_all() == 0
        services.switch_on(hook)
        assert services.tell_all() == 1, "what waited leaves when it is on again"


def test_gone_is_gone_at_once(lecco: Town, other: Other) -> None:
    other.answers = [410]
    with inside(lecco):
        services.make("Archivio", other.url, ["reporting.received"])
        report()
        services.tell_all()
        assert Hook.objects.get().stopped_because == "410"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://169.254.169.254/latest/", "http://[::1]/", "http://10.0.0.1/"]
)
def test_addresses_of_the_inside_are_never_asked(lecco: Town, url: str) -> None:
    with inside(lecco):
        services.make("x", url, ["reporting.received"])
        report()
        services.tell_all()
        assert Call.objects.get().answer == "private"


def test_the_office_connects_replays_and_takes_away(lecco: Town, other: Other) -> None:
    mayor = client(lecco, "sindaco")
    assert mayor.post(PAGE, {"name": "x", "url": "niente", "events": []}).status_code == 422
    shown = mayor.post(PAGE, {"name": "Archivio", "url": other.url, "events": ["reporting.received"]})
    if shown.status_code == 422:  # https only where mails really leave
        with inside(lecco):
            services.make("Archivio", other.url, ["reporting.received"])
    else:
        assert "whsec_" in shown.content.decode()
    assert "whsec_" not in mayor.get(PAGE).content.decode(), "shown once"
    with inside(lecco):
        report()
        services.tell_all()
        hook, call = Hook.objects.get(), Call.objects.get()
    assert "reporting.received" in mayor.get(f"{PAGE}{hook.pk}/").content.decode()
    assert mayor.post(f"{PAGE}chiamate/{call.pk}/ripeti/").status_code == 302
    with inside(lecco):
        assert services.tell_all() == 1
    assert len(other.taken) == 2
    assert mayor.post(f"{PAGE}{hook.pk}/spegni/").status_code == 302
    assert mayor.post(f"{PAGE}{hook.pk}/niente/").status_code == 404
    assert mayor.post(f"{PAGE}{hook.pk}/togli/").status_code == 302
    assert client(lecco, "tecnico").get(PAGE).status_code == 403
    with inside(lecco):
        assert services.tidy() == 0
