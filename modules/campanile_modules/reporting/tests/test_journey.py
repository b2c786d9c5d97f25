"""A citizen reports, an officer answers, the citizen is told: through the real pages."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from tests.towns import Town, client, inside

from campanile_modules.reporting import services
from campanile_modules.reporting.errors import ReasonMissing, TextMissing
from campanile_modules.reporting.models import Category, Draft, Photo, Report, Reporter, ReportEvent
from campanile_modules.reporting.states import State
from campanile_tenants.kit.erasure import erasing
from campanile_tenants.kit.people import User
from campanile_tenants.public.registry.models import UsageEvent
from campanile_tenants.town.delivery.models import Message

pytestmark = pytest.mark.django_db
DETAILS = {
    "address": "Via Roma 1", "category": "roads", "title": "Buca", "description": "Profonda",
    "name": "Anna Rusconi", "email": "anna@example.org",
}  # fmt: skip
NEW = "/segnalazioni/nuova/"


def picture(size: tuple[int, int] = (640, 480), kind: str = "JPEG", **options: Any) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", size, "green").save(file, kind, **options)
    return SimpleUploadedFile(f"buca.{kind.lower()}", file.getvalue())


def with_gps() -> SimpleUploadedFile:
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (45.0, 51.0, 20.0)
    return picture(exif=exif)


def begin(browser: Client) -> None:
    assert browser.post(NEW, {"accept": "on"}).url == f"{NEW}dati/"


def send(browser: Client, **changes: Any) -> Report:
    begin(browser)
    assert browser.post(f"{NEW}dati/", DETAILS | changes).status_code == 302
    answer = browser.post(f"{NEW}riepilogo/")
    code = answer.url.rstrip("/").rsplit("/", 1)[-1]
    assert code in browser.get(answer.url).content.decode()
    return Report.objects.get(code=code)


def officer(place: Town) -> User:
    return User.objects.get(email="tecnico@example.org")


def test_a_report_goes_from_the_phone_to_the_answer(lecco: Town) -> None:
    citizen, desk = client(lecco), client(lecco, "tecnico")
    with inside(lecco):
        report = send(citizen, photos=[with_gps()])
        assert report.reporter.email == "anna@example.org"
        assert UsageEvent.objects.filter(meter="reporting.report", idempotency_key=str(report.pk)).count() == 1
        receipt = Message.objects.get(purpose="reporting.received")
        assert report.code in receipt.subject
        assert f"http://lecco.localhost/segnalazioni/{report.code}/" in receipt.body

        stranger = client(lecco)
        assert "Buca</h1>" not in stranger.get(f"/segnalazioni/{report.code}/").content.decode()
        assert "Buca</h1>" in citizen.get(f"/segnalazioni/{report.code}/").content.decode()
        photo = report.photos.get()
        assert stranger.get(f"/segnalazioni/foto/{photo.pk}.jpg").status_code == 404
        assert citizen.get(f"/segnalazioni/foto/{photo.pk}.jpg").status_code == 200

        act = f"/segnalazioni/ufficio/{report.code}"
        assert "Buca" in desk.get("/segnalazioni/ufficio/").content.decode()
        desk.post(f"{act}/prendi/", {"publish": "on"})
        desk.post(f"{act}/rispondi/", {"text": "Passiamo domani."})
        desk.post(f"{act}/nota/", {"text": "Chiamare la ditta."})
        refused = desk.post(f"{act}/chiudi/", {"state": "closed_no_action", "text": "Non nostra", "reason": ""})
        assert refused.status_code == 422
        assert "Non nostra" in refused.content.decode()
        desk.post(f"{act}/chiudi/", {"state": "resolved", "text": "Riparata oggi."})
        report.refresh_from_db()
        assert report.state == State.RESOLVED
        assert report.reporter.purge_on is not None
        page = stranger.get(f"/segnalazioni/{report.code}/").content.decode()
        assert "Riparata oggi." in page
        assert "Chiamare la ditta." not in page
        assert stranger.get(f"/segnalazioni/foto/{photo.pk}.jpg").status_code == 200
        told = Message.objects.filter(recipient="anna@example.org").order_by("created_at")
        assert [message.purpose for message in told] == [
            "reporting.received", "reporting.moved", "reporting.answer", "reporting.moved",
        ]  # fmt: skip
        assert "Risolta" in told.last().subject


def test_no_byte_of_the_original_photo_is_stored(lecco: Town) -> None:
    citizen = client(lecco)
    with inside(lecco):
        report = send(citizen, photos=[with_gps()])
        stored = report.photos.get().file.read()
        served = b"".join(citizen.get(f"/segnalazioni/foto/{report.photos.get().pk}.jpg").streaming_content)
    assert stored == served
    for trace in (b"Exif", b"PhoneMaker", b"GPS"):
        assert trace not in stored
    assert not Image.open(io.BytesIO(stored)).getexif()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("script.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("virus.jpg", rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"),
        ("half.jpg", b"\xff\xd8\xff\xe0" + b"0" * 300),
        ("empty.png", b" "),
    ],
)
def test_a_file_that_is_no_picture_is_refused_and_the_rest_is_kept(lecco: Town, name: str, content: bytes) -> None:
    citizen = client(lecco)
    begin(citizen)
    answer = citizen.post(f"{NEW}dati/", DETAILS | {"photos": [SimpleUploadedFile(name, content), picture()]})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert name in page
    assert 'value="Via Roma 1"' in page
    with inside(lecco):
        assert Photo.objects.count() == 1  # the good one stays
        assert Report.objects.filter(title="Buca").count() == 0


def test_a_100_megapixel_photo_is_refused_by_its_header(lecco: Town) -> None:
    citizen = client(lecco)
    begin(citizen)
    huge = picture((12_000, 9_000), "PNG", compress_level=9)
    page = citizen.post(f"{NEW}dati/", DETAILS | {"photos": [huge]}).content.decode()
    assert "megapixel" in page


@pytest.mark.parametrize(
    ("mode", "kind"), [("L", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("1", "PNG"), ("RGB", "WEBP")]
)
def test_pictures_of_every_usual_kind_are_accepted(lecco: Town, mode: str, kind: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (320, 240)).save(file, kind)
    citizen = client(lecco)
    with inside(lecco):
        report = send(citizen, photos=[SimpleUploadedFile("foto", file.getvalue())])
        assert (report.photos.get().width, report.photos.get().height) == (320, 240)


def test_what_hides_behind_a_picture_is_gone(lecco: Town) -> None:
    citizen = client(lecco)
    polyglot = SimpleUploadedFile("both.jpg", picture().read() + b"PK\x03\x04<?php evil(); ?>")
    with inside(lecco):
        stored = send(citizen, photos=[polyglot]).photos.get().file.read()
    assert b"evil" not in stored


def test_more_photos_than_allowed_keep_the_first_ones(lecco: Town) -> None:
    citizen = client(lecco)
    begin(citizen)
    page = citizen.post(f"{NEW}dati/", DETAILS | {"photos": [picture() for _ in range(6)]}).content.decode()
    assert "al massimo 4" in page
    with inside(lecco):
        assert Photo.objects.count() == 4


def test_a_wrong_form_says_so_beside_the_field_and_keeps_what_was_typed(lecco: Town) -> None:
    citizen = client(lecco)
    begin(citizen)
    wrong = DETAILS | {"address": "", "title": "", "email": "anna"}
    page = citizen.post(f"{NEW}dati/", wrong).content.decode()
    assert page.count("field-error") == 3
    assert "Profonda" in page
    assert 'href="#id_title"' in page
    again = citizen.get(f"{NEW}dati/").content.decode()  # as after closing the browser's tab
    assert "Profonda" in again


def test_without_consent_there_is_no_step_two(lecco: Town) -> None:
    citizen = client(lecco)
    assert citizen.get(f"{NEW}dati/").url == NEW
    assert citizen.post(NEW, {}).status_code == 200
    with inside(lecco):
        assert Draft.objects.count() == 0


def test_sending_twice_sends_once(lecco: Town) -> None:
    citizen = client(lecco)
    begin(citizen)
    citizen.post(f"{NEW}dati/", DETAILS)
    with inside(lecco):
        draft = Draft.objects.get()
        values = {"category": Category.objects.get(code="roads"), "title": "Buca", "address": "Via Roma 1"}
        first = services.submit(**values, idempotency_key=f"draft:{draft.pk}")
        second = services.submit(**values, idempotency_key=f"draft:{draft.pk}")
        assert first == second
        assert ReportEvent.objects.filter(report=first).count() == 1


def test_a_program_that_fills_every_field_is_turned_away(lecco: Town) -> None:
    citizen = client(lecco)
    begin(citizen)
    assert citizen.post(f"{NEW}dati/", DETAILS | {"website": "http://spam"}).status_code == 200
    with inside(lecco):
        assert not Report.objects.filter(title="Buca").exists()


@pytest.mark.parametrize("point", [("0", "0"), ("52.5", "13.4"), ("91", "200"), ("x", "9")])
def test_a_point_outside_italy_is_refused(lecco: Town, point: tuple[str, str]) -> None:
    citizen = client(lecco)
    begin(citizen)
    values = DETAILS | {"latitude": point[0], "longitude": point[1]}
    assert citizen.post(f"{NEW}dati/", values).status_code == 200


def _report(**values: Any) -> Report:
    return services.submit(category=Category.objects.get(code="roads"), title="Buca", address="Via Roma", **values)


def test_closing_needs_words_and_without_action_a_reason(lecco: Town) -> None:
    with inside(lecco):
        by, report = officer(lecco), _report()
        with pytest.raises(TextMissing):
            services.close(report, by=by, state=State.RESOLVED, text="  ")
        with pytest.raises(ReasonMissing):
            services.close(report, by=by, state=State.CLOSED_NO_ACTION, text="No")


def test_events_are_append_only_in_the_database(lecco: Town) -> None:
    with inside(lecco):
        event = _report().events.get()
        for statement in ("UPDATE reporting_reportevent SET public_text = 'x'", "DELETE FROM reporting_reportevent"):
            with pytest.raises((IntegrityError, InternalError), match="append-only"), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"{statement} WHERE id = %s", [event.pk])
        with erasing():
            event.report.delete()
        assert not ReportEvent.objects.filter(pk=event.pk).exists()


def test_the_database_refuses_what_the_code_forgets(lecco: Town) -> None:
    with inside(lecco):
        report = _report()
        for wrong in ({"state": "resolved"}, {"state": "lost"}, {"address": ""}, {"latitude": 45}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Report.objects.filter(pk=report.pk).update(**wrong)


def test_old_drafts_and_authors_are_purged(lecco: Town) -> None:
    from datetime import timedelta

    from django.utils import timezone

    with inside(lecco):
        report = _report(email="anna@example.org")
        services.close(report, by=officer(lecco), state=State.RESOLVED, text="ok")
        Draft.objects.create()
        assert services.purge() == (0, 0)
        drafts, authors = services.purge(timezone.now() + timedelta(days=366))
        assert (drafts, authors) == (1, 1)
        assert Report.objects.filter(pk=report.pk).exists()
        assert not Reporter.objects.exists()


def test_an_english_author_is_written_to_in_english_by_an_italian_officer(lecco: Town) -> None:
    with inside(lecco):
        report = _report(email="john@example.org", language="en")
        services.take_charge(report, by=officer(lecco))
        assert [m.subject for m in Message.objects.filter(purpose="reporting.moved")] == [
            f"Your report {report.code} is in charge of the office"
        ]


@pytest.mark.parametrize(
    ("page", "person", "most"),
    [
        ("/", "", 4),
        ("/segnalazioni/", "", 3),
        ("/segnalazioni/mappa.geojson", "", 1),
        ("/segnalazioni/ufficio/", "tecnico", 8),
        ("/ufficio/", "tecnico", 13),
    ],
)
def test_lists_cost_the_same_queries_however_long_they_are(lecco: Town, page: str, person: str, most: int) -> None:
    browser = client(lecco, person)
    counts = []
    for _ in range(2):
        with inside(lecco):
            for _ in range(8):
                _report(latitude="45.85", longitude="9.4")
        browser.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most, [query["sql"][:90] for query in queries]


def test_codes_have_no_letters_that_are_misread() -> None:
    from campanile_tenants.kit.ids import public_code

    assert all(re.fullmatch(r"[2-9CFGHJKMPQRVWX]{4}-[2-9CFGHJKMPQRVWX]{4}", public_code()) for _ in range(500))
