"""Lines to fakes over real sockets, and messages put into a town's ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from campanile_infra.channels.base import Line, transport
from campanile_infra.channels.sms.fake import FakeAwsMessaging
from campanile_infra.channels.telegram import fake as telegram
from campanile_tenants.public.providers import buckets
from tests.delivery.amazon import amazon

__all__ = ["amazon"]

_AWS = {"region": "eu-south-1", "access_key": "a", "secret_key": "b", "origination": "CAMPANILE", "read_timeout": 1}


@pytest.fixture(autouse=True)
def _no_kept_lines() -> Iterator[None]:
    transport.cache_clear()
    buckets._declared.clear()
    yield
    transport.cache_clear()
    buckets._declared.clear()


@pytest.fixture
def aws(settings: Any) -> Iterator[FakeAwsMessaging]:
    with FakeAwsMessaging() as fake:
        set_lines(settings, "sms", aws_line(fake))
        yield fake


@pytest.fixture
def bot(settings: Any) -> Iterator[telegram.FakeTelegram]:
    with telegram.FakeTelegram() as fake:
        path = "campanile_infra.channels.telegram.transport.TelegramTransport"
        set_lines(settings, "telegram", Line.over("telegram", path, url=fake.url, token=telegram.TOKEN))
        yield fake


def aws_line(fake: FakeAwsMessaging, name: str = "aws-sms", *, rate: float | None = None) -> Line:
    """A line over the fake; it waits for an answer for a second."""
    path = "campanile_infra.channels.sms.aws.AwsSmsTransport"
    return Line.over(name, path, rate=rate, endpoint_url=fake.url, price="0.04", **_AWS)


def set_lines(settings: Any, channel: str, *lines: Line) -> None:
    """What the settings say of a channel."""
    settings.CHANNELS = {**settings.CHANNELS, channel: lines}
