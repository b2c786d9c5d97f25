"""Whether mails arrive: records of a real name server, a new domain little by little, pace by domain, signed headers,
HTML that a checker takes.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import dkim
import html5lib
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone
from tests.delivery.nameserver import Zone, key, public, zone
from tests.delivery.test_mail import Inbox, smtp
from tests.towns import Town, client, inside, person, town, user

from campanile_modules.newsletters.models import Issue, Topic, WarmUp
from campanile_modules.newsletters.services import issues, rendering, senders, subscribing
from campanile_tenants.public.providers import buckets
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.delivery.models import Delivery, Lane, Work
from campanile_tenants.town.delivery.services import drain

__all__ = ["key", "smtp", "zone"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def place(lecco: Town) -> Town:
    switch_on(lecco, "newsletters", by="test")
    directory.forget()
    with inside(town(lecco.istat_code)):
        for name in ("redazione", "seconda"):
            person(name, "communications")
        person("sindaca", "administrator")
    return town(lecco.istat_code)


def test_the_page_says_what_to_write_and_begins_the_plan(place: Town, zone: Zone, key: rsa.RSAPrivateKey) -> None:
    admin, base = client(place, "sindaca"), "/newsletter/ufficio/dominio/"
    page = admin.get(base).content.decode()
    assert "v=DKIM1; k=rsa; p=" in page
    assert f"campanile._domainkey.{place.host.partition(':')[0]}" in page
    assert admin.post(base, {"fai": "piano"}).url == base
    assert "Finisci il piano" in admin.get(base).content.decode()
    admin.post(base, {"fai": "fine"})
    with inside(place):
        assert not WarmUp.objects.exists()
    assert client(place, "redazione").get(base).status_code == 403


def approved(*content: dict[str, Any], by: str = "redazione") -> Issue:
    issue = issues.begin(Topic.objects.get(code="notizie"), by=user(by))
    blocks = list(
        content or ({"type": "text", "text": "Sabato apre il **mercato**: [programma](https://example.org/m)."},)
    )
    values = {"subject": "Il mercato di sabato", "preview": "Dalle 8", "text": "", "blocks": blocks}
    issue = issues.submit(issues.save(issue, values, revision=1, by=user(by)), by=user(by))
    return issues.approve(issue, by=user("seconda"), read=issues.fingerprint_of(issue, rendering.draw(issue)))


def test_a_new_domain_writes_little_by_little(place: Town) -> None:
    today = timezone.localdate()
    with inside(place):
        for n in range(180):
            subscribing.write_down(f"r{n}@example.org", ["notizie"], agreed="x")
        assert senders.plan(180).days == [(today, 180)]
        senders.begin_warm_up()
        assert senders.plan(180).days == [(today, 50), (today + timedelta(1), 100), (today + timedelta(2), 30)]
        first = approved()
        due = Counter(
            timezone.localtime(one).date()
            for one in Delivery.objects.filter(message__about=first.about).values_list("due_at", flat=True)
        )
        assert due == {today: 50, today + timedelta(1): 100, today + timedelta(2): 30}
        days = dict(senders.plan(300).days)
        assert days == {today: 0, today + timedelta(1): 0, today + timedelta(2): 170, today + timedelta(3): 130}, (
            "beside what leaves already"
        )
        drain(Lane.BULK)
        assert Delivery.objects.filter(state="accepted").count() == 50
        WarmUp.objects.update(begun_on=today - timedelta(days=30))
        assert senders.plan(100_000).days == [(today, 100_000)], "the plan is over"


def test_no_domain_gets_more_than_it_likes(place: Town, settings: Any, mailoutbox: list[Any]) -> None:
    settings.MAIL_PACE = {"libero.it": 2.0}
    buckets._declared.clear()
    with inside(place):
        for n in range(30):
            subscribing.write_down(f"r{n}@{'libero.it' if n % 2 else 'example.org'}", ["notizie"], agreed="x")
        approved()
        assert dict(Work.objects.values_list("pace", "items__len")) == {"": 15, "libero.it": 15}
        drain(Lane.BULK)
        sent = Counter(mail.to[0].rpartition("@")[2] for mail in mailoutbox)
        assert sent["example.org"] == 15, "nobody waits for another domain"
        assert 1 <= sent["libero.it"] <= 6
        waiting = Work.objects.get()
        assert (waiting.pace, waiting.lease_until) == ("libero.it", None)
        assert waiting.due_at > timezone.now()


def test_the_headers_that_end_it_are_signed(place: Town, smtp: Inbox, key: rsa.RSAPrivateKey) -> None:
    """dkimpy, offline: whoever changes the address that ends the subscription breaks the signature."""

    def dns(name: bytes, timeout: int = 5) -> bytes:
        return f"v=DKIM1; k=rsa; p={public(key)}".encode()

    with inside(place):
        subscribing.write_down("anna@example.org", ["notizie"], agreed="x")
        approved()
        drain(Lane.BULK)
    (content,) = smtp.contents
    assert dkim.verify(content, dnsfunc=dns)
    parsed = message_from_bytes(content, policy=policy.default)
    for name, other in (
        ("List-Unsubscribe", "<https://evil.example/>"), ("List-Unsubscribe-Post", "x"), ("List-Id", "<x.y>"),
        ("Subject", "Altro"), ("Auto-Submitted", "no"),
    ):  # fmt: skip
        changed = re.sub(rb"(?im)^" + name.encode() + rb":.*(\r\n[ \t].*)*", f"{name}: {other}".encode(), content)
        assert changed != content, name
        assert not dkim.verify(changed, dnsfunc=dns), name
    again = message_from_bytes(parsed.as_bytes(policy=policy.default.clone(linesep="\r\n")), policy=policy.default)
    assert {n: str(v) for n, v in again.items()} == {n: str(v) for n, v in parsed.items()}, "round-trip"
    for kind in ("plain", "html"):
        one, two = parsed.get_body((kind,)), again.get_body((kind,))
        assert one is not None
        assert two is not None
        assert one.get_content() == two.get_content()
    assert all(len(line) <= 998 for line in content.split(b"\r\n")), "RFC 5322, 2.1.1"


def test_the_html_is_html(place: Town) -> None:
    """The strict parser of html5lib stops at the first parse error of the WHATWG specification."""
    with inside(place):
        issue = approved(
            {"type": "heading", "text": "Mercato & fiera <di> sabato"},
            {"type": "text", "text": "- uno\n- due\n\n**tre** [quattro](https://example.org/?a=1&b=2)"},
            {"type": "button", "label": "Vai", "url": "https://example.org/?a=1&b=2"}, {"type": "divider"},
        )  # fmt: skip
        html = issue.html
    html5lib.HTMLParser(strict=True).parse(html)
    assert 'lang="it"' in html
    assert "<img" not in html or re.search(r"<img[^>]+alt=", html)
