# ruff: noqa: F811
"""An alert read where people read it: a mail from a real SMTP server, SMS and Telegram from the fakes' sockets."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator

import pytest

from campanile_infra.channels.sms.fake import FakeAwsMessaging
from campanile_infra.channels.telegram.fake import FakeTelegram
from campanile_modules.alerts.services import flow, releasing
from campanile_modules.alerts.tests.making import draft, told
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory, load_town
from campanile_tenants.town.delivery.models import Delivery, Lane
from campanile_tenants.town.delivery.services import drain
from tests.delivery.conftest import _no_kept_lines, aws, bot  # noqa: F401 - fixtures
from tests.delivery.test_mail import Inbox, smtp  # noqa: F401 - a fixture
from tests.towns import Town, inside, person, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(lecco: Town) -> Iterator[Town]:
    switch_on(town("097042"), "alerts", by="test")
    directory.forget()
    now = load_town(istat_code="097042")
    assert now is not None
    with inside(now):
        yield now
    directory.forget()


def test_everybody_reads_the_same_over_each_channel_and_the_correction_too(
    here: Town,
    smtp: Inbox,
    aws: FakeAwsMessaging,
    bot: FakeTelegram,
) -> None:
    ada, bruno = person("ada", "civil_protection"), person("bruno", "civil_protection")
    told("email", "anna@example.org")
    told("sms", "+393331234567")
    told("telegram", "4242")
    submitted = flow.submit(draft(ada, at_once=True), by=ada)
    sent = releasing.release(flow.approve(submitted, by=bruno, seen=submitted.content_hash), by=bruno)
    releasing.go_on()
    drain(Lane.EMERGENCY)
    mail = email.message_from_bytes(smtp.contents[-1], policy=email.policy.default)
    assert mail["Subject"] == "Allerta arancione per neve"
    assert "Allerta arancione per neve" in str(aws.taken[-1])
    assert "Allerta arancione per neve" in bot.taken[-1]["text"]
    assert [row[0]["text"] for row in bot.taken[-1]["reply_markup"]["inline_keyboard"]] == [
        "Ho capito",
        "Ho bisogno di aiuto",
    ]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"accepted"}
    releasing.correct(sent.alert, by=ada, false_alarm=True)
    releasing.go_on()
    drain(Lane.EMERGENCY)
    assert "Falso allarme" in bot.taken[-1]["text"]
    assert "Falso allarme" in str(aws.taken[-1])
