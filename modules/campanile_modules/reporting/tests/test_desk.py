"""The counter, the telephone and the kiosk; colleagues who are mentioned."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.towns import Town, client, inside, user

from campanile_modules.reporting import services
from campanile_modules.reporting.models import Draft, Follow, Report
from campanile_modules.reporting.tests.making import category, report
from campanile_tenants.town.delivery.models import Message

pytestmark = pytest.mark.django_db
DESK = "/segnalazioni/ufficio/sportello/"
KIOSK = "/segnalazioni/chiosco/"


def given(**values: Any) -> dict[str, Any]:
    """What somebody at the desk types."""
    return {
        "channel": "phone",
        "category": "roads",
        "title": "Buca al molo",
        "address": "Lungolago 12",
        "key": "k1",
    } | values


def test_a_call_is_written_down_once_with_its_channel_and_a_slip(lecco: Town) -> None:
    desk = client(lecco, "tecnico")
    assert desk.get(DESK).status_code == 200
    assert f'href="{DESK}"' in desk.get("/segnalazioni/ufficio/").content.decode()
    with inside(lecco):
        category(photo_required=True, anonymous_allowed=False)
    answer = desk.post(DESK, given())
    page = desk.get(answer.url).content.decode()
    assert re.search(r'secret-code">[A-Z0-9-]+<', page)
    assert "secret-code" not in desk.get(answer.url).content.decode(), "the secret is shown this once"
    assert desk.post(DESK, given()).url == answer.url, "sent twice is one"
    with inside(lecco):
        one = Report.objects.get()
        assert (one.channel, one.state) == ("phone", "submitted"), (
            "what is asked of citizens is not asked of who helps"
        )
    assert client(lecco, "lettore").get(DESK).status_code == 403


def test_an_address_is_taken_only_when_she_was_told_what_for(lecco: Town) -> None:
    desk = client(lecco, "tecnico")
    refused = desk.post(DESK, given(email="anna@example.org"))
    assert refused.status_code == 422
    assert "anna@example.org" in refused.content.decode()
    assert desk.post(DESK, given(email="anna@example.org", told="on")).status_code == 302
    with inside(lecco):
        assert Report.objects.get().reporter.email == "anna@example.org"
        assert Message.objects.filter(recipient="anna@example.org").exists()
        category(stop_text="È una strada della Provincia: chiama 0341 000.")
    turned = desk.post(DESK, given(key="k2"))
    assert turned.status_code == 422
    assert "chiama 0341 000" in turned.content.decode()


def test_what_is_known_is_shown_and_everybody_at_the_desk_is_counted(lecco: Town) -> None:
    desk = client(lecco, "tecnico")
    with inside(lecco):
        one = report(title="Buca al molo")
        services.take_charge(one, by=user("tecnico"))
    shown = desk.post(f"{DESK}simili/", given()).content.decode()
    assert one.code in shown
    assert f"{DESK}anche-io/{one.code}/" in shown
    for key, more in (("k1", {}), ("k1", {}), ("k2", {}), ("k3", {"email": "bea@example.org", "told": "on"}),
                      ("k4", {"email": "carla@example.org"})):  # fmt: skip
        assert desk.post(f"{DESK}anche-io/{one.code}/", given(key=key, **more)).status_code == 302
    with inside(lecco):
        assert Follow.objects.filter(report=one).count() == 4, "the same person twice is one"
        assert list(Follow.objects.exclude(email="").values_list("email", flat=True)) == ["bea@example.org"]


def test_the_kiosk_takes_a_report_in_and_forgets_who_was_there(lecco: Town) -> None:
    screen = client(lecco)
    start = screen.get(KIOSK).content.decode()
    assert "data-idle" not in start
    assert screen.post(f"{KIOSK}inizia/", {"cosa": "segui"}).url == "/segnalazioni/segui/"
    assert screen.post(f"{KIOSK}inizia/", {"cosa": "nuova"}).url == "/segnalazioni/nuova/"
    first = screen.get("/segnalazioni/nuova/").content.decode()
    assert "data-idle" in first
    assert "it-footer" not in first, "nothing leads away"
    screen.post("/segnalazioni/nuova/", {"accept": "on"})
    screen.post("/segnalazioni/nuova/dati/", {"category": "roads", "title": "Buca", "address": "Via Roma 1"})
    done = screen.post("/segnalazioni/nuova/riepilogo/")
    receipt = screen.get(done.url).content.decode()
    assert re.search(r'secret-code">[A-Z0-9-]+<', receipt)
    with inside(lecco):
        assert Report.objects.get().channel == "kiosk"
    assert screen.post(f"{KIOSK}fine/").url == KIOSK
    assert "secret-code" not in screen.get(done.url, follow=True).content.decode()
    assert "it-footer" in screen.get("/segnalazioni/").content.decode()


def test_what_is_half_written_at_the_kiosk_is_deleted(lecco: Town) -> None:
    screen = client(lecco)
    screen.post(f"{KIOSK}inizia/")
    screen.post("/segnalazioni/nuova/", {"accept": "on"})
    screen.post("/segnalazioni/nuova/dati/", {"title": "Il mio vicino"})
    with inside(lecco):
        assert Draft.objects.count() == 1
    screen.post(f"{KIOSK}fine/")
    with inside(lecco):
        assert not Draft.objects.exists()


def test_a_colleague_who_is_mentioned_gets_a_mail_that_tells_nothing(lecco: Town) -> None:
    with inside(lecco):
        one = report()
        services.note(one, by=user("tecnico"), text="La signora Rossi è malata.", mentions=[user("sindaco")])
        [mail] = Message.objects.filter(purpose="reporting.mention")
        assert mail.recipient == "sindaco@example.org"
        assert f"/segnalazioni/ufficio/{one.code}/" in mail.body
        assert "Rossi" not in mail.body + mail.subject
