"""Channel health in the console: lines are tried, closed ones say until when, a scheduler that stopped is noticed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campanile_infra.channels.fakes import Order
from campanile_infra.channels.sms.fake import FakeAwsMessaging, error
from campanile_infra.database.scope import in_schema
from campanile_infra.embedded.ports import free_port
from campanile_tenants.public.providers import buckets
from campanile_tenants.public.providers.health import Standing, health, probe_all, sweeper_is_late
from campanile_tenants.public.providers.models import Provider, Pulse
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.delivery.tasks import read_mailbox
from tests.delivery.conftest import aws_line
from tests.towns import client

pytestmark = pytest.mark.django_db


def standing(name: str = "aws-sms") -> Standing:
    return next(row.standing for row in health() if row.provider.name == name)


def test_a_line_is_red_before_it_is_needed_and_nobody_is_written_to(lecco: Any, aws: FakeAwsMessaging) -> None:
    assert standing() == Standing.UNTRIED
    assert probe_all() == 0
    assert standing() == Standing.WELL
    aws.always = Order(error("UnrecognizedClientException"))
    assert probe_all() == 1
    assert standing() == Standing.BROKEN
    assert not aws.taken


def test_the_console_shows_tries_and_opens_lines(
    lecco: Any, aws: FakeAwsMessaging, django_assert_max_num_queries: Any
) -> None:
    probe_all()
    buckets.keep_away(aws_line(aws), 10_072, "Telegram 429")
    browser = client(None, "operatore")
    browser.get("/canali/")
    with django_assert_max_num_queries(12):
        page = browser.get("/canali/").content.decode()
    assert "Telegram 429" in page
    assert "Nessuno cerca i messaggi in attesa" in page, "the sweeper has never run here"
    buckets.beat("sweep")
    page = browser.post("/canali/aws-sms/apri/", follow=True).content.decode()
    assert "Telegram 429" not in page
    assert "Nessuno cerca i messaggi in attesa" not in page
    assert standing() == Standing.WELL
    with in_schema("public"):
        assert Entry.objects.filter(action="centre.line_opened").exists()
    aws.always = Order(error("AccessDeniedException"))
    assert "AccessDeniedException" in browser.post("/canali/prova/", follow=True).content.decode()
    assert client(None, "revisore").post("/canali/prova/").status_code == 403


def test_a_mailbox_that_cannot_be_read_is_seen_in_the_console(lecco: Any, settings: Any) -> None:
    settings.BOUNCE_MAILBOX_URL = f"imap://a:b@127.0.0.1:{free_port()}/INBOX"
    centre_page = client(None, "operatore")
    assert "non è ancora stata letta" in centre_page.get("/canali/").content.decode()
    assert read_mailbox() == 0
    assert "ConnectionRefusedError" in centre_page.get("/canali/").content.decode()


def test_a_sweeper_that_stopped_is_noticed(db: None) -> None:
    with in_schema("public"):
        assert sweeper_is_late()
        buckets.beat("sweep")
        assert not sweeper_is_late()
        Pulse.objects.update(at=timezone.now() - timedelta(seconds=91))
        assert sweeper_is_late()
        assert not Provider.objects.filter(name="nobody").exists()
