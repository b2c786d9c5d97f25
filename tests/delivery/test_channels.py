"""Each channel against its fake over a socket: what is sent, what is refused, what is doubted."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from campanile_infra.channels.appio.fake import KEY, FakeAppIo
from campanile_infra.channels.appio.transport import AppIoTransport
from campanile_infra.channels.base import Envelope, Transport, TransportError
from campanile_infra.channels.fakes import Order, Reply
from campanile_infra.channels.push.fake import FakePushService
from campanile_infra.channels.push.transport import PushTransport
from campanile_infra.channels.sms.aws import AwsSmsTransport
from campanile_infra.channels.sms.fake import FakeAwsMessaging, error
from campanile_infra.channels.sms.parts import count, plainer
from campanile_infra.channels.telegram.fake import TOKEN, FakeTelegram, too_many
from campanile_infra.channels.telegram.transport import TelegramTransport
from campanile_infra.channels.voice import fake as voice
from campanile_infra.channels.voice.aws import AwsVoiceTransport
from campanile_infra.channels.voice.gateway import GatewayTransport

AWS = {"region": "eu-south-1", "access_key": "a", "secret_key": "b", "origination": "CAMPANILE", "read_timeout": 1}
ANNA = "RSSMRA85T10A562S"


def envelope(**changes: Any) -> Envelope:
    values = {"reference": "c_097042.1.aa", "key": "c_097042.1.aa.1", "sender": "", "recipient": "+393331234567",
              "subject": "Allerta neve", "body": "Da stasera neve sopra i 400 metri."} | changes  # fmt: skip
    return Envelope(**values)


def refusal(transport: Transport, what: Envelope) -> TransportError:
    with pytest.raises(TransportError) as caught:
        transport.notify(what)
    assert what.recipient not in str(caught.value)
    return caught.value


# -- SMS ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "parts", "left"),
    [
        ("a" * 160, "GSM-7", 1, 0), ("a" * 161, "GSM-7", 2, 145), ("è" * 160, "GSM-7", 1, 0),
        ("€" * 80, "GSM-7", 1, 0), ("€" * 81, "GSM-7", 2, 144), ("ł" * 70, "UCS-2", 1, 0), ("ł" * 71, "UCS-2", 2, 63),
        ("😀" * 35, "UCS-2", 1, 0), ("😀" * 36, "UCS-2", 2, 62), ("", "GSM-7", 1, 160),
    ],
)  # fmt: skip
def test_parts_of_an_sms(text: str, unit: str, parts: int, left: int) -> None:
    found = count(text)
    assert (found.unit, found.parts, found.left) == (unit, parts, left)


def test_curly_quotes_do_not_double_the_price() -> None:
    text = "L’allerta “neve” – da stasera…"
    assert count(text).unit == "UCS-2"
    assert count(plainer(text)).unit == "GSM-7"
    assert plainer(text) == 'L\'allerta "neve" - da stasera...'


@given(st.text(max_size=400))
def test_making_a_text_plainer_never_makes_it_dearer(text: str) -> None:
    assert count(plainer(text)).parts <= count(text).parts + len(text) // 50


def test_aws_gets_what_its_model_asks_for_and_the_ticket_as_context() -> None:
    with FakeAwsMessaging() as fake:
        transport = AwsSmsTransport(endpoint_url=fake.url, price="0.04", **AWS)
        accepted = transport.notify(envelope(body="x" * 161))
        transport.probe()
    (taken,) = fake.taken
    assert taken["Context"] == {"ticket": "c_097042.1.aa", "key": "c_097042.1.aa.1"}
    assert (accepted.units, str(accepted.cost)) == (2, "0.08")
    assert len(fake.requests) == 2


@pytest.mark.parametrize(
    ("code", "status", "permanent", "in_doubt", "ours", "waits"),
    [
        ("ThrottlingException", 400, False, False, False, True),
        ("ServiceQuotaExceededException", 402, False, False, True, False),
        ("AccessDeniedException", 400, False, False, True, False),
        ("ValidationException", 400, True, False, False, False),
        ("InternalServerException", 500, False, True, False, False),
    ],
)
def test_errors_of_aws_in_our_words(
    code: str, status: int, permanent: bool, in_doubt: bool, ours: bool, waits: bool
) -> None:
    with FakeAwsMessaging() as fake:
        fake.next(Order(error(code, status=status)))
        found = refusal(AwsSmsTransport(endpoint_url=fake.url, **AWS), envelope())
        assert len(fake.requests) == 1, "boto3 sent it again by itself"
    assert (found.permanent, found.in_doubt, found.ours, found.retry_after is not None) == (
        permanent, in_doubt, ours, waits,
    )  # fmt: skip


@pytest.mark.parametrize("order", [Order(hang=1.5), Order(cut=True)])
def test_aws_that_is_silent_gets_one_request_and_leaves_doubt(order: Order) -> None:
    with FakeAwsMessaging() as fake:
        fake.next(order)
        assert refusal(AwsSmsTransport(endpoint_url=fake.url, **AWS), envelope()).in_doubt
        assert len(fake.requests) == len(fake.taken) == 1


def test_a_text_over_the_limit_is_refused_before_it_leaves() -> None:
    with FakeAwsMessaging() as fake:
        found = refusal(AwsSmsTransport(endpoint_url=fake.url, **AWS), envelope(body="x" * 1_601))
        assert (found.permanent, fake.requests) == (True, [])


# -- calls -------------------------------------------------------------------------------------------


def test_aws_calls_speak_ssml_slowly_and_twice() -> None:
    with FakeAwsMessaging() as fake:
        AwsVoiceTransport(endpoint_url=fake.url, **AWS).notify(envelope(body="Neve & ghiaccio <oggi>"))
    (taken,) = fake.taken
    assert taken["operation"] == "SendVoiceMessage"
    assert taken["MessageBody"].count("Neve &amp; ghiaccio &lt;oggi&gt;") == 2
    assert 'rate="75%"' in taken["MessageBody"]


def test_the_gateway_is_asked_for_a_call_with_our_hooks() -> None:
    with voice.FakeGateway({}) as fake:
        transport = GatewayTransport(url=fake.url, account=voice.ACCOUNT, token=voice.TOKEN, caller="+390341000000")
        accepted = transport.notify(envelope(options={"hook": "http://127.0.0.1:9/consegne/voce/"}))
        transport.probe()
        assert accepted.reference == "call-1"
        assert fake.taken[0]["call_hook"]["url"] == "http://127.0.0.1:9/consegne/voce/c_097042.1.aa/"
        wrong = GatewayTransport(url=fake.url, account=voice.ACCOUNT, token="other", caller="+390341000000")
        assert refusal(wrong, envelope(options={"hook": "http://x/"})).ours


# -- Telegram ----------------------------------------------------------------------------------------


def test_telegram_says_it_with_two_buttons() -> None:
    with FakeTelegram() as fake:
        buttons = (("understood", "Ho capito"), ("help", "Ho bisogno di aiuto"))
        accepted = TelegramTransport(url=fake.url, token=TOKEN).notify(
            envelope(recipient="4242", options={"buttons": buttons})
        )
    assert accepted.reference == "4242/1"
    assert fake.taken[0]["text"].startswith("Allerta neve\n\nDa stasera")
    (row, _other) = fake.taken[0]["reply_markup"]["inline_keyboard"]
    assert row == [{"text": "Ho capito", "callback_data": "understood:c_097042.1.aa"}]


def test_telegram_refusals() -> None:
    with FakeTelegram() as fake:
        transport = TelegramTransport(url=fake.url, token=TOKEN)
        fake.next(too_many(10_072))
        assert refusal(transport, envelope(recipient="4242")).retry_after == 10_072
        fake.closed.add("4242")
        assert refusal(transport, envelope(recipient="4242")).dead_address
        assert refusal(TelegramTransport(url=fake.url, token="1:wrongtoken"), envelope(recipient="4242")).ours
        assert refusal(transport, envelope(recipient="7", body="x" * 5_000)).permanent
        fake.next(Order(cut=True))
        assert refusal(transport, envelope(recipient="7")).in_doubt


# -- web push ----------------------------------------------------------------------------------------


@pytest.fixture
def push(settings: Any) -> Iterator[tuple[FakePushService, PushTransport]]:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    key = base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=")
    with FakePushService() as fake:
        settings.FETCH_ALSO = [fake.url.removeprefix("http://")]
        yield fake, PushTransport(key=key.decode(), contact="mailto:a@example.org")


def test_push_is_read_by_the_browser_alone(push: tuple[FakePushService, PushTransport]) -> None:
    fake, transport = push
    transport.notify(envelope(recipient=fake.subscription(), options={"url": "/allerte/1/", "urgent": True}))
    (taken,) = fake.taken
    assert (taken["title"], taken["url"]) == ("Allerta neve", "/allerte/1/")
    assert fake.requests[0].headers["Urgency"] == "high"
    assert b"Allerta" not in fake.requests[0].content
    assert len(transport.public_key) == 87


def test_push_that_is_gone_and_push_into_our_own_network(
    push: tuple[FakePushService, PushTransport], settings: Any
) -> None:
    fake, transport = push
    fake.gone = True
    assert refusal(transport, envelope(recipient=fake.subscription())).dead_address
    settings.FETCH_ALSO = []
    before = len(fake.requests)
    found = refusal(transport, envelope(recipient=fake.subscription()))
    assert (found.permanent, len(fake.requests)) == (True, before)


# -- app IO ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def official() -> Callable[[str, Any], None]:
    """Raises ValueError for what the official OpenAPI of app IO refuses."""
    file = Path(__file__).parents[1] / "data/io/io-functions-services.index.yaml"
    whole = json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))

    def check(definition: str, value: Any) -> None:
        schema = {"$ref": f"#/definitions/{definition}", "definitions": whole["definitions"]}
        try:
            jsonschema.Draft4Validator(schema).validate(value)
        except jsonschema.ValidationError as problem:
            raise ValueError(problem.message) from problem

    return check


def test_io_asks_for_the_profile_first_and_sends_what_the_schema_takes(official: Any) -> None:
    with FakeAppIo({ANNA: True}, official) as fake:
        transport = AppIoTransport(url=fake.url, key=KEY)
        accepted = transport.notify(envelope(recipient=ANNA, subject="Neve", body="Corta.", options={"ttl": 60}))
        assert [request.path for request in fake.requests] == ["/profiles", "/messages"]
        (taken,) = fake.taken
        assert taken["time_to_live"] == 3_600
        assert len(taken["content"]["subject"]) >= 10
        assert len(taken["content"]["markdown"]) >= 80
        assert accepted.reference
        transport.notify(envelope(recipient=ANNA, subject="N" * 300))


def test_io_does_not_write_to_who_is_not_there_or_does_not_want_it(official: Any) -> None:
    with FakeAppIo({ANNA: False}, official) as fake:
        transport = AppIoTransport(url=fake.url, key=KEY)
        assert refusal(transport, envelope(recipient=ANNA)).dead_address
        assert refusal(transport, envelope(recipient="VRDGPP80A01F205X")).dead_address
        assert refusal(AppIoTransport(url=fake.url, key="other"), envelope(recipient=ANNA)).ours
        fake.next(Order(Reply(503)))
        found = refusal(transport, envelope(recipient=ANNA))
        assert not found.in_doubt, "only the profile had been asked for"
        assert not fake.taken
