"""A town's own bot and service: tried before they are kept, never shown again; notifications of a browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from py_vapid import Vapid02

from campanile_infra.channels.base import Line
from campanile_infra.channels.push.keys import public_key
from campanile_infra.channels.telegram.fake import TOKEN, FakeTelegram
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.contacts.models import Endpoint
from campanile_tenants.town.delivery.models import Account
from campanile_tenants.town.delivery.services.accounts import of
from tests.delivery.conftest import set_lines
from tests.towns import Town, client, inside, town

pytestmark = pytest.mark.django_db
PAGE = "/ufficio/contatti/canali/"


def test_a_bot_is_tried_and_told_where_to_bring_what_people_write(lecco: Town, bot: FakeTelegram) -> None:
    mayor = client(lecco, "sindaco")
    assert mayor.get(PAGE).status_code == 200
    values = {"which": "telegram", "channel": "@ComuneDiLecco"}
    assert mayor.post(PAGE, {**values, "token": "niente"}).status_code == 422
    assert mayor.post(PAGE, {**values, "token": "999999:another-token-of-nobody"}).status_code == 422
    with inside(lecco):
        assert not Account.objects.exists()
    assert mayor.post(PAGE, {**values, "token": TOKEN}).status_code == 302
    with inside(lecco):
        assert dict(of("telegram")) == {"token": TOKEN, "name": "campanile_bot", "channel": "@ComuneDiLecco"}
        assert TOKEN not in Account.objects.get().sealed
    assert TOKEN not in mayor.get(PAGE).content.decode()
    assert mayor.post(PAGE, {**values, "channel": "@AltroCanale"}).status_code == 302, "the kept token"
    assert mayor.post(f"{PAGE}telegram/togli/").status_code == 302
    assert client(lecco, "tecnico").get(PAGE).status_code == 403


def test_the_key_of_io_is_kept_sealed(lecco: Town) -> None:
    mayor = client(lecco, "sindaco")
    assert mayor.post(PAGE, {"which": "io", "key": ""}).status_code == 422
    assert mayor.post(PAGE, {"which": "io", "key": "abc-123"}).status_code == 302
    with inside(lecco):
        assert of("io")["key"] == "abc-123"


def test_a_browser_is_subscribed_with_the_key_that_it_asked_for(lecco: Town, settings: Any) -> None:
    vapid = Vapid02()
    vapid.generate_keys()
    key = vapid.private_key.private_numbers().private_value.to_bytes(32, "big")
    import base64

    text = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    set_lines(settings, "push", Line.over("web-push", "campanile_infra.channels.push.transport.PushTransport", key=text,
                                          contact="mailto:x@example.org"))  # fmt: skip
    assert len(public_key()) == 87
    switch_on(town("097042"), "alerts", by="test")
    directory.forget()
    browser = client(lecco)
    browser.post("/avvisami/", {"topics": ["alerts.weather"]})
    assert public_key() in browser.get("/avvisami/come/").content.decode()
    values = {"channel": "push", "agree": "on"}
    assert browser.post("/avvisami/come/", values).status_code == 422, "the browser did not allow it"
    subscription = {"endpoint": "https://push.example.org/x", "keys": {"p256dh": "a" * 87, "auth": "b" * 22}}
    done = browser.post("/avvisami/come/", {**values, "address": json.dumps(subscription)})
    assert done.status_code == 200, done.content.decode()[:2000]
    with inside(lecco):
        assert Endpoint.objects.get(channel="push").verified_at is not None
