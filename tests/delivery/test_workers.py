"""Real Celery workers, really killed; a real broker, really flushed; a provider that lies over a socket."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection

from campanile_infra.channels.fakes import Order
from campanile_infra.channels.sms.fake import FakeAwsMessaging
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.providers.buckets import last_beat
from campanile_tenants.public.providers.models import Provider, Pulse
from campanile_tenants.town.delivery.models import Delivery, Lane, Message, Suppression
from campanile_tenants.town.delivery.tasks import drain_bulk, drain_emergency, sweep
from tests.delivery.posting import many, states
from tests.processes import worker

SCHEMA = "c_097042"


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows that other processes see; taken away afterwards."""
    with django_db_blocker.unblock():
        with in_schema(SCHEMA):
            Message.objects.all().delete()
        yield
        with in_schema(SCHEMA):
            Message.objects.all().delete()
            Suppression.objects.all().delete()
        with in_schema("public"):
            Provider.objects.all().delete()
            Pulse.objects.all().delete()
        connection.close()


def environment(fake: FakeAwsMessaging) -> dict[str, str]:
    return dict(os.environ) | {
        "AWS_SMS_ORIGINATION": "CAMPANILE", "AWS_SMS_ENDPOINT_URL": fake.url, "AWS_SMS_ACCESS_KEY_ID": "a",
        "AWS_SMS_SECRET_ACCESS_KEY": "b", "CHANNEL_RATES": "aws-sms=5000", "DELIVERY_LEASE_SECONDS": "2",
    }  # fmt: skip


def until(done: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, states()
        time.sleep(0.1)


def numbers(fake: FakeAwsMessaging) -> Counter[str]:
    return Counter(taken["DestinationPhoneNumber"] for taken in fake.taken)


@pytest.mark.parametrize("lane", [Lane.EMERGENCY, Lane.BULK])
def test_kill_9_between_intent_and_answer(committed: None, lane: Lane) -> None:
    """An emergency's doubtful ones are sent at most once more, a newsletter's never; nobody is skipped."""
    drain = drain_emergency if lane == Lane.EMERGENCY else drain_bulk
    with FakeAwsMessaging() as fake, in_schema(SCHEMA):
        message = many(300, lane=lane)
        fake.always = Order(hang=0.15)
        with worker(lane.value, environment(fake)) as first:
            drain.wake()
            until(lambda: len(fake.taken) > 60)
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        fake.always = None
        with worker("emergency", environment(fake)), worker("bulk", environment(fake)):
            time.sleep(2.5)  # the dead worker's lease
            sweep.wake()
            until(lambda: not Delivery.objects.filter(state__in=("ready", "retry_wait")).exists())
        found = numbers(fake)
        doubtful = set(Delivery.objects.filter(in_doubt=True).values_list("address", flat=True))
        assert 0 < len(doubtful) <= 40, "no more than the group that was being handed over"
        assert max(found.values()) <= 2
        assert {number for number, times in found.items() if times > 1} <= doubtful
        if lane == Lane.EMERGENCY:
            assert len(found) == 300
            assert states(message) == {"accepted": 300}
        else:
            assert max(found.values()) == 1
            assert states(message) == {"accepted": 300 - len(doubtful), "ambiguous": len(doubtful)}
            assert set(Delivery.objects.exclude(in_doubt=True).values_list("address", flat=True)) <= set(found)


def test_a_flushed_broker_loses_nothing(committed: None) -> None:
    with FakeAwsMessaging() as fake, in_schema(SCHEMA):
        many(50, lane=Lane.EMERGENCY)
        for _ in range(3):
            drain_emergency.wake()
        redis.Redis.from_url(settings.BROKER_URL).flushall()
        with worker("emergency", environment(fake)):
            time.sleep(1)
            assert not fake.taken, "the wake-ups are gone"
            sweep.wake()  # what the scheduler does every fifteen seconds
            until(lambda: states() == {"accepted": 50})
        assert set(numbers(fake).values()) == {1}
    assert last_beat("sweep") is not None


def test_many_workers_and_many_wake_ups_send_each_once(committed: None) -> None:
    with FakeAwsMessaging() as fake, in_schema(SCHEMA):
        many(2_000, lane=Lane.EMERGENCY)
        with worker("emergency", environment(fake)), worker("emergency", environment(fake)):
            for _ in range(20):
                drain_emergency.wake()
            until(lambda: states() == {"accepted": 2_000})
        assert len(numbers(fake)) == 2_000
        assert set(numbers(fake).values()) == {1}
