"""What comes back over the web: calls of the gateway over a socket, Telegram, SNS, links in messages."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.utils import timezone

from campanile_infra.channels.base import Line, transport
from campanile_infra.channels.voice.fake import ACCOUNT, SECRET, TOKEN, FakeGateway
from campanile_infra.database.scope import in_schema
from campanile_infra.embedded.ports import LOOPBACK
from campanile_tenants.public.providers.models import Provider
from campanile_tenants.town.contacts.hooks import telegram_secret
from campanile_tenants.town.contacts.models import Contact, Endpoint
from campanile_tenants.town.delivery.models import Answer, Delivery, Lane, Message, Receipt, State, Suppression, Work
from campanile_tenants.town.delivery.services import drain
from campanile_tenants.town.delivery.tickets import ticket
from tests.delivery.amazon import CERT, TOPIC, notification
from tests.delivery.conftest import set_lines
from tests.delivery.posting import let_time_pass, one
from tests.towns import Town, client, inside

IDA, UGO = "+390341481111", "+390341482222"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A real web server in a thread, on rows that are really committed."""
    application = get_wsgi_application()

    def answering(environ: Any, start: Any) -> Any:
        try:
            return list(application(environ, start))
        finally:
            connections.close_all()

    with django_db_blocker.unblock():
        server: WSGIServer = make_server(LOOPBACK, 0, answering, handler_class=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"{LOOPBACK}:{server.server_port}"
        server.shutdown()
        server.server_close()
        with in_schema("c_097042"):
            Message.objects.all().delete()
            Suppression.objects.all().delete()
        with in_schema("public"):
            Provider.objects.all().delete()
        connection.close()


def until(done: Callable[[], bool], seconds: float = 10) -> float:
    started = time.monotonic()
    while not done():
        assert time.monotonic() - started < seconds
        time.sleep(0.02)
    return time.monotonic() - started


def gateway_line(fake: FakeGateway) -> Line:
    path = "campanile_infra.channels.voice.gateway.GatewayTransport"
    return Line.over("gateway", path, url=fake.url, account=ACCOUNT, token=TOKEN, caller="+390341000000")


def test_a_landline_is_called_two_is_pressed_and_help_is_asked_for_within_a_second(web: str, settings: Any) -> None:
    from campanile_tenants.public.registry.directory import load_town

    settings.VOICE_GATEWAY_SECRET = SECRET
    lecco = load_town(istat_code="097042")
    assert lecco is not None
    with FakeGateway({IDA: "2"}, resolve={lecco.host: web}) as fake:
        set_lines(settings, "voice", gateway_line(fake))
        transport.cache_clear()
        with inside(lecco):
            ida = one("ida", channel="voice", to=IDA, lane=Lane.EMERGENCY, body="Piena del lago. Salite.")
            ugo = one("ugo", channel="voice", to=UGO, lane=Lane.EMERGENCY, body="Piena del lago. Salite.")
            assert drain(Lane.EMERGENCY, seconds=1) == 2
            waited = until(lambda: Answer.objects.filter(kind="help", handled_at__isnull=True).exists())
            assert waited < 1
            assert Answer.objects.get().delivery_id == ida.pk
            until(lambda: Receipt.objects.filter(kind="no_answer").exists())
            until(lambda: Work.objects.filter(items=[ugo.pk]).exists())
            ugo.refresh_from_db()
            assert ugo.state == State.RETRY_WAIT, "nobody answered: called again"
            fake.keys[UGO] = "1"
            let_time_pass()
            assert drain(Lane.EMERGENCY, seconds=1) == 1
            until(lambda: Delivery.objects.get(pk=ugo.pk).state == State.ACKNOWLEDGED)
            fake.keys[UGO] = "9"
            one("more", channel="voice", to=UGO, lane=Lane.EMERGENCY)
            drain(Lane.EMERGENCY, seconds=1)
            until(lambda: Suppression.objects.filter(address=UGO).exists())
            one("again", channel="voice", to=UGO, lane=Lane.EMERGENCY)
            assert drain(Lane.EMERGENCY, seconds=1) == 0, "9: no more calls"
        assert not fake.problems
        ((number, speech),) = [said for said in fake.said if said[0] == IDA]
    assert number == IDA
    assert speech.count("Piena del lago. Salite.") == 2
    assert "Premi 2 se hai bisogno di aiuto" in speech


@pytest.mark.django_db
def test_a_question_that_the_gateway_did_not_sign_is_refused(lecco: Town, settings: Any) -> None:
    settings.VOICE_GATEWAY_SECRET = SECRET
    with inside(lecco):
        name = ticket(one(channel="voice", to=IDA).pk)
    asking = client(lecco)
    for path in ("", "tasto/", "stato/"):
        for header in ("", "t=1,v1=00", f"t={int(time.time())},v1=00"):
            answer = asking.post(f"/consegne/voce/{name}/{path}", "{}", content_type="application/json",
                                 headers={"Jambonz-Signature": header})  # fmt: skip
            assert answer.status_code == 403


@pytest.mark.django_db
def test_telegram_starts_answers_and_stops(lecco: Town) -> None:
    with inside(lecco):
        secret = telegram_secret()
        delivery = one(channel="telegram", to="4242", lane=Lane.EMERGENCY)
        name = ticket(delivery.pk)

    def update(number: int, **more: Any) -> Any:
        return client(lecco).post("/consegne/telegram/", json.dumps({"update_id": number, **more}),
                                  content_type="application/json",
                                  headers={"X-Telegram-Bot-Api-Secret-Token": secret})  # fmt: skip

    assert update(1, callback_query={"id": "7", "data": f"help:{name}"}).json()["method"] == "answerCallbackQuery"
    update(1, callback_query={"id": "7", "data": f"help:{name}"})
    assert update(2, callback_query={"id": "8", "data": f"help:{name[:-1]}x"}).status_code == 403
    said = update(3, message={"chat": {"id": 4242}, "text": "/start nothing"}).json()
    assert said["chat_id"] == 4242
    assert update(4, message={"chat": {"id": 4242}, "text": "/stop"}).status_code == 200
    with inside(lecco):
        assert Answer.objects.get().kind == "help"
        assert Suppression.objects.get().address == "4242"
        assert not Endpoint.objects.exists()
    forged = client(lecco).post("/consegne/telegram/", "{}", content_type="application/json",
                                headers={"X-Telegram-Bot-Api-Secret-Token": "x"})  # fmt: skip
    assert forged.status_code == 403


@pytest.mark.django_db
def test_a_scanners_get_ends_nothing_and_one_click_does(lecco: Town) -> None:
    with inside(lecco):
        name = ticket(one(channel="email", to="anna@example.org", lane=Lane.BULK).pk)
    page = client(lecco).get(f"/consegne/basta/{name}/")
    assert page.status_code == 200
    assert "anna@example.org" not in page.content.decode()
    with inside(lecco):
        assert not Suppression.objects.exists()
    answer = client(lecco).post(f"/consegne/basta/{name}/", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with inside(lecco):
        assert Suppression.objects.get().address == "anna@example.org"
        assert drain(Lane.BULK) == 0


@pytest.mark.django_db
def test_an_answer_by_link_and_tickets_of_another_town(lecco: Town, merate: Town) -> None:
    with inside(lecco):
        name = ticket(one(channel="email", to="anna@example.org").pk)
    assert client(lecco).get(f"/consegne/risposta/{name}/").status_code == 200
    assert client(merate).get(f"/consegne/risposta/{name}/").status_code == 404
    assert client(merate).post(f"/consegne/basta/{name}/").status_code == 404
    client(lecco).post(f"/consegne/risposta/{name}/", {"answer": "understood"})
    with inside(lecco):
        assert Answer.objects.get().kind == "understood"
        assert Delivery.objects.get().state == State.ACKNOWLEDGED


# -- SNS ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_stop_written_back_by_sms_ends_them_in_every_town_that_knows_her(
    lecco: Town, merate: Town, amazon: rsa.RSAPrivateKey
) -> None:
    number = "+393331234567"
    for place in (lecco, merate):
        with inside(place):
            contact = Contact.objects.create()
            Endpoint.objects.create(contact=contact, channel="sms", address=number, verified_at=timezone.now())

    def said(words: str, to: Any) -> int:
        event = {
            "originationNumber": number,
            "destinationNumber": "+39000",
            "messageBody": words,
            "inboundMessageId": "i",
        }
        return int(
            client(to).post("/consegne/aws/", notification(amazon, event), content_type="text/plain").status_code
        )

    def open_ones(place: Town) -> int:
        with inside(place):
            return Endpoint.objects.filter(address=number, retired_at__isnull=True).count()

    assert said("grazie", lecco) == 200
    assert (open_ones(lecco), open_ones(merate)) == (1, 1)
    assert said(" Stop. ", lecco) == 200
    assert (open_ones(lecco), open_ones(merate)) == (0, 1), "at a town's address only there"
    assert said("BASTA", None) == 200
    assert open_ones(merate) == 0


def test_sns_forged_replayed_and_of_another_topic(lecco: Town, merate: Town, amazon: rsa.RSAPrivateKey) -> None:
    with inside(lecco):
        delivery = one(lane=Lane.EMERGENCY)
        name = ticket(delivery.pk)
    event = {"eventType": "TEXT_DELIVERED", "messageId": "aws-1", "context": {"ticket": name}}

    def post(content: str, to: Any = None) -> int:
        return int(client(to).post("/consegne/aws/", content, content_type="text/plain").status_code)

    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    good = notification(amazon, event)
    assert post(notification(stranger, event)) == 403
    assert post(notification(amazon, event, after=json.dumps(event | {"eventType": "TEXT_BLOCKED"}))) == 403
    assert post(notification(amazon, event, TopicArn=TOPIC + "x")) == 403
    assert (
        post(notification(amazon, event, SigningCertURL="https://sns.eu-south-1.amazonaws.com.evil.org/x.pem")) == 403
    )
    assert post(notification(amazon, event, SigningCertURL=CERT.replace("https", "http"))) == 403
    assert post(good, merate) == 403, "another town's ticket"
    assert post("{}") == 403
    with inside(lecco):
        assert not Receipt.objects.exists()
    assert [post(good), post(good), post(notification(amazon, event, version="1", MessageId="m-2"))] == [200] * 3
    with inside(lecco):
        assert Receipt.objects.count() == 2
        assert Delivery.objects.get().state == State.DELIVERED
