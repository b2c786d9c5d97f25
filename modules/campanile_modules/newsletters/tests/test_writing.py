"""Writing: blocks, checks, two people, what leaves is what was read; pause, endings, clicks, archive."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from email import message_from_string, policy
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from tests.towns import Town, client, inside, person, town, user

from campanile_modules.newsletters import blocks
from campanile_modules.newsletters.errors import (
    BadBlock,
    ChangedMeanwhile,
    NotAsRead,
    NotReady,
    NotTheSecond,
    WrongState,
)
from campanile_modules.newsletters.models import Click, Issue, State, Subscriber, Subscription, Topic
from campanile_modules.newsletters.services import checking, counting, issues, rendering, subscribing
from campanile_tenants.public.registry.activation import change_settings, switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.delivery.models import Delivery, Lane
from campanile_tenants.town.delivery.services import drain
from campanile_tenants.town.delivery.tickets import ticket

pytestmark = pytest.mark.django_db
TEXT = {"type": "text", "text": "Sabato apre il **mercato**: [programma](https://example.org/mercato)."}
BUTTON = {"type": "button", "label": "Iscriviti", "url": "https://example.org/iscriviti"}


@pytest.fixture
def place(lecco: Town) -> Town:
    switch_on(lecco, "newsletters", by="test")
    directory.forget()
    with inside(town(lecco.istat_code)):
        person("redazione", "communications")
        person("seconda", "communications")
    return town(lecco.istat_code)


def readers(*emails: str) -> None:
    for email in emails:
        subscribing.write_down(email, ["notizie"], agreed="Allo sportello")


def written(*content: dict[str, Any], **values: Any) -> Issue:
    issue = issues.begin(Topic.objects.get(code="notizie"), by=user("redazione"))
    given = {"subject": "Il mercato di sabato", "preview": "", "text": "", "blocks": list(content or (TEXT, BUTTON))}
    return issues.save(issue, given | values, revision=1, by=user("redazione"))


def approved(*content: dict[str, Any], **values: Any) -> Issue:
    issue = issues.submit(written(*content), by=user("redazione"))
    return issues.approve(
        issue, by=user("seconda"), read=issues.fingerprint_of(issue, rendering.draw(issue)), **values
    )


@pytest.mark.parametrize(("text", "why"), [
    ("{", "JSON"), ("{}", "60"), ('[{"type": "script"}]', "tipo"), ('[{"type": "text", "text": 5}]', "testo"),
    ('[{"type": "button", "label": "x", "url": "javascript:alert(1)"}]', "https"),
    ('[{"type": "pages", "kind": "news", "number": "11"}]', "10"),
    (json.dumps([{"type": "pages", "kind": "news", "number": "9" * 5_000}]), "10"), ('[{"type": "pages", "kind": "x"}]', "notizie"),
    (json.dumps([{"type": "divider"}] * 61), "60"), (json.dumps([{"type": "text", "text": "x" * 9_000}]), "8.000"),
])  # fmt: skip
def test_a_broken_block_is_named_and_the_draft_is_kept(place: Town, text: str, why: str) -> None:
    with inside(place):
        issue = written()
        with pytest.raises(BadBlock, match=why):
            issues.save(issue, {"subject": "x", "preview": "", "text": "", "blocks": text}, revision=issue.revision,
                        by=user("redazione"))  # fmt: skip
        issue.refresh_from_db()
        assert issue.blocks == [TEXT, BUTTON]


def test_nothing_of_a_text_runs_in_the_mail(place: Town) -> None:
    with inside(place):
        issue = written({"type": "text", "text": "<script>x</script> [a](javascript:alert(1)) <img src=x onerror=y>"},
                        {"type": "heading", "text": "<b onclick=x>"})  # fmt: skip
        html = rendering.draw(issue).html
    assert "<script>x" not in html
    assert "javascript:" not in re.sub(r"&lt;.*?&gt;", "", html).replace("[a](javascript:alert(1))", "")
    assert "<b onclick" not in html


def test_the_plain_twin_says_the_same_and_ends_with_the_way_out(place: Town) -> None:
    with inside(place):
        drawn = rendering.draw(written(TEXT, BUTTON, {"type": "heading", "text": "Eventi"}))
    assert "Sabato apre il mercato: programma (https://example.org/mercato)." in drawn.text
    assert "Iscriviti: https://example.org/iscriviti" in drawn.text
    assert drawn.text.rstrip().endswith(rendering.STOP)
    assert [url for url, _label in drawn.links] == ["https://example.org/mercato", "https://example.org/iscriviti"]


def test_checks_name_what_stops_and_what_to_look_at(place: Town) -> None:
    with inside(place):
        issue = written({"type": "image", "picture": "", "alt": "", "link": ""}, {"type": "button", "label": "", "url": ""},
                        {"type": "text", "text": "Il Comune di Leccco ti invita."}, subject="x" * 70)  # fmt: skip
        found = checking.check(issue, rendering.draw(issue), links=False)
        assert [one.stops for one in found][:3] == [True] * 3
        words = " ".join(one.words for one in found)
        for sign in ("60 caratteri", "manca l’immagine", "che cosa si vede", "parole e indirizzo", "Leccco"):
            assert sign in words
        with pytest.raises(NotReady):
            issues.submit(issue, by=user("redazione"))
        heavy = written(*[{"type": "text", "text": "parola " * 1_000} for _n in range(20)])
        assert any(
            "100 kB" in one.words and one.stops for one in checking.check(heavy, rendering.draw(heavy), links=False)
        )


def test_two_people_and_what_leaves_is_what_was_read(place: Town) -> None:
    with inside(place):
        readers("anna@example.org")
        issue = issues.submit(written(), by=user("redazione"))
        read = issues.fingerprint_of(issue, rendering.draw(issue))
        with pytest.raises(NotTheSecond):
            issues.approve(issue, by=user("redazione"), read=read)
        with pytest.raises(NotAsRead):
            issues.approve(issue, by=user("seconda"), read="0" * 64)
        changed = issues.save(issue, {"subject": "Altro", "preview": "", "text": "", "blocks": [TEXT]},
                              revision=issue.revision, by=user("redazione"))  # fmt: skip
        with pytest.raises(WrongState):
            issues.approve(changed, by=user("seconda"), read=read), "it has to be submitted anew"
        with pytest.raises(ChangedMeanwhile):
            issues.save(changed, {"subject": "Altro", "preview": "", "text": "", "blocks": []}, revision=1,
                        by=user("seconda"))  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Issue.objects.filter(pk=changed.pk).update(state=State.APPROVED)
        change_settings(place, "newsletters", {"two_people": False})
    directory.forget()
    with inside(town(place.istat_code)):
        alone = issues.approve(
            changed, by=user("redazione"), read=issues.fingerprint_of(changed, rendering.draw(changed))
        )
        assert alone.state == State.APPROVED


def test_it_leaves_with_the_headers_that_end_it_in_one_click(place: Town, mailoutbox: list[Any]) -> None:
    with inside(place):
        readers("anna@example.org", "bea@example.org")
        issue = approved()
        readers("carla@example.org")
        drain(Lane.BULK)
        assert sorted(mail.to[0] for mail in mailoutbox) == ["anna@example.org", "bea@example.org"], (
            "frozen at approval"
        )
        sent = message_from_string(mailoutbox[0].message().as_string(), policy=policy.default)
        assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "newsletters.notizie" in sent["List-Id"]
        assert sent["Auto-Submitted"]
        html = sent.get_body(("html",)).get_content()
        assert "/newsletter/vai/" in html
        assert "https://example.org/mercato" not in html, "links go by way of the town"
        assert "[[" not in html
        path = "/consegne" + sent["List-Unsubscribe"].strip("<>").partition("/consegne")[2]
    browser = client(place)
    for _time in range(3):
        assert browser.get(path).status_code in (200, 302), "a scanner looks"
    with inside(place):
        assert Subscription.objects.filter(state="confirmed").count() == 3
    assert browser.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    with inside(place):
        address = sent["To"]
        ended = Subscription.objects.get(subscriber__email=address)
        assert (ended.state, ended.ended_by) == ("unsubscribed", issue)
        assert counting.numbers(issue).ended == 1
        assert issues.finish() == 1
        again = approved()
        assert Delivery.objects.filter(message__about=again.about, address=address).count() == 0


def test_pause_go_on_and_stop(place: Town, mailoutbox: list[Any]) -> None:
    with inside(place):
        readers("anna@example.org", "bea@example.org")
        issue = issues.pause(approved())
        drain(Lane.BULK)
        assert mailoutbox == []
        assert not issues.finish()
        issues.resume(issue)
        drain(Lane.BULK)
        assert len(mailoutbox) == 2
        second = issues.cancel(approved())
        drain(Lane.BULK)
        assert len(mailoutbox) == 2
        assert second.state == State.CANCELLED
        with pytest.raises(WrongState):
            issues.resume(second)


def test_pictures_stay_in_mails_that_left_and_hide_until_then(place: Town) -> None:
    """Who got a mail before it was stopped still sees its pictures."""
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG")
    with inside(place):
        issue = issues.begin(Topic.objects.get(code="notizie"), by=user("redazione"))
        picture = issues.add_picture(issue, SimpleUploadedFile("a.png", file.getvalue()))
    assert client(place).get(picture.path).status_code == 404
    assert client(place, "redazione").get(picture.path).status_code == 200
    for state, hours, shown in ((State.APPROVED, 3, 404), (State.APPROVED, -3, 200), (State.CANCELLED, -3, 200)):
        with inside(place):
            Issue.objects.filter(pk=issue.pk).update(
                state=state, send_at=timezone.now() + timedelta(hours=hours), approved_at=timezone.now(),
                approved_hash="x", html="x", subject="x",
            )  # fmt: skip
        assert client(place).get(picture.path).status_code == shown


def test_at_its_hour_and_not_before(place: Town, mailoutbox: list[Any]) -> None:
    with inside(place):
        readers("anna@example.org")
        later = timezone.now() + timedelta(hours=3)
        issue = approved(send_at=later)
        drain(Lane.BULK)
        assert mailoutbox == []
        assert issue.send_at == later
    assert "Il mercato di sabato" not in client(place).get("/newsletter/notizie/").content.decode()
    assert client(place).get(f"/newsletter/notizie/{issue.slug}/").status_code == 404


def test_once_more_only_to_those_it_did_not_reach(place: Town, mailoutbox: list[Any]) -> None:
    with inside(place):
        readers("anna@example.org", "bea@example.org")
        issue = approved()
        Delivery.objects.filter(address="bea@example.org").update(state="dead")
        assert issues.send_again(issue) == 1
        sent = Delivery.objects.filter(message__idempotency_key__endswith="/2")
        sent.update(state="accepted", accepted_at=timezone.now())
        assert issues.send_again(issue) == 0, "it reached her the second time"
        assert list(
            Delivery.objects.filter(message__idempotency_key__endswith="/2").values_list("address", flat=True)
        ) == ["bea@example.org"]


def test_clicks_are_counted_by_day_and_lead_nowhere_else(place: Town) -> None:
    with inside(place):
        issue = approved()
    browser = client(place)
    for _time in range(3):
        answer = browser.get(f"/newsletter/vai/{issue.pk}/1/")
        assert answer.url == "https://example.org/mercato"
    browser.head(f"/newsletter/vai/{issue.pk}/1/")
    assert browser.get(f"/newsletter/vai/{issue.pk}/9/").status_code == 404
    with inside(place):
        assert Click.objects.get().number == 3, "a look (HEAD) is no click"
        assert counting.numbers(issue).clicks == 3
        assert {field.name for field in Click._meta.fields} == {"id", "link", "day", "number"}, "nobody's name"


def test_the_archive_and_its_feed(place: Town) -> None:
    with inside(place):
        issue = approved()
        twin = approved()
        assert twin.slug != issue.slug
    browser = client(place)
    browser.get("/newsletter/")
    with CaptureQueriesContext(connection) as queries:
        page = browser.get("/newsletter/notizie/").content.decode()
    assert len(queries) <= 6, [row["sql"][:80] for row in queries]
    assert f"/newsletter/notizie/{issue.slug}/" in page
    shown = browser.get(f"/newsletter/notizie/{issue.slug}/").content.decode()
    assert "<strong>mercato</strong>" in shown
    assert "https://example.org/mercato" in shown, "on the site nobody is counted"
    assert browser.get(f"/newsletter/notizie/?pagina={'9' * 5_000}").status_code == 200, "no number of ours, no error"
    feed = browser.get("/newsletter/notizie/feed.atom")
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert feed.content.decode().count("<entry>") == 2
    assert browser.get("/newsletter/notizie/feed.atom", headers={"If-None-Match": feed["ETag"]}).status_code == 304


def test_the_office_from_the_first_word_to_the_numbers(place: Town) -> None:
    with inside(place):
        readers("anna@example.org")
    writer, second = client(place, "redazione"), client(place, "seconda")
    base = writer.post("/newsletter/ufficio/nuovo/", {"di": "notizie"}).url
    form = {"subject": "Mercato", "preview": "Sabato", "text": "", "revision": "1", "b-0-type": "text", "b-0-text": "Ciao",
            "b-1-type": "button", "b-1-label": "Vai", "b-1-url": "https://example.org/"}  # fmt: skip
    assert writer.post(base, form | {"subject": "a\r\nBcc: x@example.org", "fai": "salva"}).status_code == 422
    assert "Ciao" in writer.post(base, form | {"b-1-url": "ftp://x", "fai": "salva"}).content.decode(), "kept"
    assert writer.post(base, form | {"fai": f"su-{'9' * 5_000}"}).status_code == 302
    assert writer.post(base, form | {"revision": "2", "fai": "su-1"}).status_code == 302
    with inside(place):
        issue = Issue.objects.get()
        assert [block["type"] for block in issue.blocks] == ["button", "text"]
    stale = writer.post(base, form | {"fai": "salva"})
    assert stale.status_code == 422
    assert "un collega ha cambiato" in stale.content.decode()
    form["revision"] = "3"
    assert writer.post(base, form | {"fai": "aggiungi-divider"}).status_code == 302
    form["revision"] = "4"
    assert writer.post(base, form | {"fai": "guarda"}).url == f"{base}guarda/"
    assert writer.get(base).status_code == 200
    page = writer.get(f"{base}guarda/").content.decode()
    assert "Approva e invia" not in page
    assert writer.post(f"{base}prova/").status_code == 302
    assert writer.post(f"{base}pronta/").status_code == 302
    assert "Mercato" in second.get("/ufficio/").content.decode(), "the second person finds it on her page of today"
    look = second.get(f"{base}guarda/")
    assert "Va a 1 lettore" in look.content.decode()
    mail = second.get(f"{base}mail/")
    assert "default-src 'none'" in mail["Content-Security-Policy"]
    assert mail["X-Frame-Options"] == "SAMEORIGIN"
    assert "Leggilo sul sito" in mail.content.decode()
    assert "[[" not in mail.content.decode()
    read = look.context["form"]["read"].value()
    assert second.post(f"{base}approva/", {"read": "0" * 64}).url == f"{base}guarda/", "to be read again"
    assert second.post(f"{base}approva/", {"read": read}).url == f"{base}numeri/"
    assert "approvato da" in second.get(f"{base}numeri/").content.decode()
    assert writer.get(base).url == f"{base}numeri/", "what left is not written any more"
    assert client(place, "lettore").get("/newsletter/ufficio/").status_code == 403


def test_a_link_of_another_reader_cannot_be_made_up(place: Town) -> None:
    with inside(place):
        readers("anna@example.org")
        approved()
        name = ticket(Delivery.objects.latest("pk").pk)
        link = subscribing.link_of(Subscriber.objects.get())
    forged = name[:-1] + ("0" if name[-1] != "0" else "1")
    assert client(place).post(f"/consegne/basta/{forged}/").status_code == 404
    assert client(place).get(link.partition("localhost")[2][:-6] + "AAAAA/").status_code == 404


def test_blocks_take_the_latest_of_the_site_when_it_is_approved(place: Town) -> None:
    with inside(place):
        drawn = list(blocks.whole([{"type": "pages", "kind": "news", "number": 2}],
                                  {"news": [blocks.Entry("A", "a", "/a"), blocks.Entry("B", "b", "/b"),
                                            blocks.Entry("C", "c", "/c")]}))  # fmt: skip
        assert [entry.title for entry in drawn[0]["entries"]] == ["A", "B"]
        assert list(blocks.whole([{"type": "pages", "kind": "news", "number": 2}], {})) == [], (
            "nothing is left out quietly"
        )
