"""Pages: what author, follower, officer and whoever sets the module up can do there, and what strangers cannot."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.towns import Town, client, inside, user

from campanile_modules.reporting import services
from campanile_modules.reporting.models import Report
from campanile_modules.reporting.services import puzzles
from campanile_modules.reporting.services.telling import link_of
from campanile_modules.reporting.states import State
from campanile_modules.reporting.tests.making import LECCO, category, in_state, move, report
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.people.models import Office

pytestmark = pytest.mark.django_db
NEW = "/segnalazioni/nuova/"


def write(here: Town, browser: Client | None = None, **values: Any) -> Any:
    """The way through the three steps; returns the answer of the last one."""
    browser = browser or client(here)
    browser.post(NEW, {"accept": "on"})
    given = {"category": "roads", "title": "Buca davanti al molo", "address": "Lungolago 12"} | values
    answer = browser.post(f"{NEW}dati/", given)
    return browser.post(f"{NEW}riepilogo/") if answer.status_code == 302 else answer


def solved(puzzle: str) -> str:
    n = 0
    while int.from_bytes(hashlib.sha256(f"{puzzle}{n}".encode()).digest()[:4], "big") >> (32 - puzzles.BITS):
        n += 1
    return str(n)


def test_the_receipt_shows_code_secret_and_day_and_the_secret_opens_it_elsewhere(lecco: Town) -> None:
    browser = client(lecco)
    page = browser.get(write(lecco, browser).url).content.decode()
    code, secret = re.findall(r'(?:big|secret)-code">([A-Z0-9-]+)<', page)
    with inside(lecco):
        one = Report.objects.get(code=code)
        assert one.answer_due_at is not None
    assert "Rispondiamo entro" in page
    other = client(lecco)
    assert "Buca davanti" not in other.get(f"/segnalazioni/{code}/").content.decode()
    assert other.post("/segnalazioni/segui/", {"code": code, "secret": "XXXXX-XXXXX"}).status_code == 422
    assert other.post("/segnalazioni/segui/", {"code": code, "secret": secret}).url == f"/segnalazioni/{code}/"
    shown = other.get(f"/segnalazioni/{code}/").content.decode()
    assert "Buca davanti" in shown
    assert "Ritira la segnalazione" in shown


def test_guessing_secrets_is_slowed_down(lecco: Town) -> None:
    browser = client(lecco)
    answers = {browser.post("/segnalazioni/segui/", {"code": "A", "secret": str(n)}).status_code for n in range(25)}
    assert answers == {422, 429}


def test_the_author_writes_withdraws_and_says_what_she_thinks_by_the_link_of_a_mail(lecco: Town) -> None:
    with inside(lecco):
        by = user("sindaco")
        asked = in_state(State.WAITING_CITIZEN, by, email="anna@example.org")
        link = link_of(asked)
        mail = Message.objects.filter(recipient="anna@example.org").latest("created_at")
        assert "?chiave=" in mail.body
    browser = client(lecco)
    answer = browser.get(link[link.index("/segnalazioni") :])
    assert answer.url == f"/segnalazioni/{asked.code}/", "the key does not stay in the address"
    assert "La tua risposta" in browser.get(answer.url).content.decode()
    assert browser.post(f"{answer.url}mio/scrivi/", {"text": " "}).status_code == 422
    assert browser.post(f"{answer.url}mio/scrivi/", {"text": "Il palo 12"}).status_code == 302
    with inside(lecco):
        assert Report.objects.get(pk=asked.pk).state == State.IN_CHARGE
        move(Report.objects.get(pk=asked.pk), State.RESOLVED, by)
    page = browser.get(answer.url).content.decode()
    assert "È risolta davvero?" in page
    assert "Il palo 12" in page
    assert "Il palo 12" not in client(lecco).get(answer.url).content.decode(), "her words are hers"
    assert browser.post(f"{answer.url}mio/giudizio/", {"solved": "no", "stars": "2"}).status_code == 302
    with inside(lecco):
        assert Report.objects.get(pk=asked.pk).state == State.REOPEN_REQUESTED
    assert client(lecco).post(f"{answer.url}mio/ritira/").status_code == 404, "not hers"


def test_a_get_of_a_link_confirms_nothing(lecco: Town) -> None:
    with inside(lecco):
        one = in_state(State.PENDING_EMAIL, user("sindaco"))
        link = link_of(one)
    browser = client(lecco)
    page = browser.get(link[link.index("/segnalazioni") :], follow=True).content.decode()
    assert "È mia: inviala" in page
    with inside(lecco):
        assert Report.objects.get(pk=one.pk).state == State.PENDING_EMAIL
    browser.post(f"/segnalazioni/{one.code}/mio/conferma/")
    with inside(lecco):
        assert Report.objects.get(pk=one.pk).state == State.SUBMITTED


def test_me_too_in_one_tap_with_and_without_an_address(lecco: Town) -> None:
    with inside(lecco):
        one = services.take_charge(report(), by=user("sindaco"))
        held = in_state(State.HELD, user("sindaco"), title="Trattenuta")
    browser, path = client(lecco), f"/segnalazioni/{one.code}/anche-io/"
    assert browser.post(path).status_code == 302
    assert browser.post(path).status_code == 302
    assert "un'altra persona ha questo problema" in browser.get(f"/segnalazioni/{one.code}/").content.decode().replace(
        "&#x27;", "'"
    )
    assert client(lecco).post(path, {"email": "no"}).status_code == 422
    in_a_form = client(lecco)
    assert in_a_form.post(path, {"tap": "1", "email": "ugo@example.org"}).status_code == 302
    assert "Scrivimi" in in_a_form.get(f"/segnalazioni/{one.code}/").content.decode(), (
        "her address was for something else"
    )
    with inside(lecco):
        one.follows.latest("pk").delete()
    ida = client(lecco)
    assert ida.post(path, {"email": "ida@example.org"}).status_code == 302
    assert ida.post(f"/segnalazioni/{one.code}/mio/non-seguire/").status_code == 302
    with inside(lecco):
        assert one.follows.count() == 2
        assert not one.follows.exclude(email="").exists()
    assert client(lecco).post(f"/segnalazioni/{held.code}/anche-io/").status_code == 404


@pytest.mark.parametrize("state", [State.HELD, State.REJECTED, State.WITHDRAWN, State.PENDING_EMAIL])
def test_what_is_not_public_is_not_there_for_strangers(lecco: Town, state: State) -> None:
    with inside(lecco):
        one = in_state(state, user("sindaco"))
    for path in (f"/segnalazioni/{one.code}/", f"/segnalazioni/open311/v2/requests/{one.code}.json"):
        assert client(lecco).get(path).status_code == 404
    assert one.code not in client(lecco).get("/segnalazioni/").content.decode()
    assert client(lecco, "sindaco").get(f"/segnalazioni/ufficio/{one.code}/").status_code == 200


def test_a_private_kind_is_for_author_and_office(lecco: Town) -> None:
    with inside(lecco):
        one = services.take_charge(report(category=category(visibility="private")), by=user("sindaco"))
    assert client(lecco).get(f"/segnalazioni/{one.code}/").status_code == 404
    assert client(lecco).get("/segnalazioni/mappa.geojson").json()["features"] == []
    browser = client(lecco)
    assert "Lungolago" in browser.get(write(lecco, browser, title="Altra").url).content.decode()


# -- writing ---------------------------------------------------------------------------------------


def test_questions_of_the_kind_are_asked_and_kept(lecco: Town) -> None:
    with inside(lecco):
        category(questions=[{"code": "pole", "label": "Numero del palo", "kind": "number", "required": True},
                            {"code": "dark", "label": "È buio?", "kind": "boolean"}])  # fmt: skip
    browser = client(lecco)
    page = write(lecco, browser)
    assert page.status_code == 200
    assert "Numero del palo" in page.content.decode()
    assert "obbligatorio" in page.content.decode()
    assert write(lecco, browser, answer_pole="12", answer_dark="true").status_code == 302
    with inside(lecco):
        one = Report.objects.get()
        assert one.answers == {"pole": "12", "dark": "true"}
    assert "Numero del palo" in client(lecco, "sindaco").get(f"/segnalazioni/ufficio/{one.code}/").content.decode()


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"category": "water"}, "category", "Chiama il gestore"), ({"category": "none"}, "category", ""),
        ({"title": "x" * 101}, "title", ""), ({"description": "x" * 100_000}, "description", ""),
        ({"latitude": "51.5", "longitude": "0.1"}, "latitude", ""), ({"latitude": "41.9", "longitude": "12.5"}, "address", "fuori dal comune"),
        ({"category": "green"}, "email", "e-mail"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_by_its_field_and_everything_is_kept(
    lecco: Town, values: dict[str, str], field: str, says: str
) -> None:
    with inside(lecco):
        category("water", stop_text="Chiama il gestore: 800 123456.")
        category("green", confirm_email=True)
    page = write(lecco, **values)
    assert page.status_code in (200, 422)
    form = page.context["form"]
    assert field in form.errors, form.errors
    assert says in str(form.errors[field])
    assert 'value="Lungolago 12"' in page.content.decode()
    with inside(lecco):
        assert not Report.objects.exists()


def test_forty_photos_keep_the_first_and_say_so(lecco: Town) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from campanile_modules.reporting.tests.test_pictures import picture

    files = [SimpleUploadedFile(f"{n}.jpg", picture(n % 3, size=(64, 48))) for n in range(40)]
    page = write(lecco, photos=files)
    assert page.status_code == 200
    assert len(page.context["photos"]) == 4
    assert "al massimo 4 foto" in str(page.context["form"].errors["photos"])


def test_what_is_known_is_shown_while_somebody_writes_and_before_she_sends(lecco: Town) -> None:
    with inside(lecco):
        known = services.take_charge(report(**LECCO, title="Buca sul lungolago"), by=user("sindaco"))
        category("lighting", visibility="private")
    browser = client(lecco)
    piece = browser.post(f"{NEW}simili/", {"category": "roads", "title": "Buca", **LECCO}).content.decode()
    assert "Buca sul lungolago" in piece
    assert f"/segnalazioni/{known.code}/anche-io/" in piece
    assert browser.post(f"{NEW}simili/", {"category": "lighting", **LECCO}).content.decode().strip() == ""
    assert browser.post(f"{NEW}simili/", {}).content.decode().strip() == ""
    browser.post(NEW, {"accept": "on"})
    browser.post(f"{NEW}dati/", {"category": "roads", "title": "Buca", **LECCO})
    assert "Anche io" in browser.get(f"{NEW}riepilogo/").content.decode()


def test_a_program_is_not_refused_but_looked_at(lecco: Town, settings: Any) -> None:
    for _n in range(20):
        write(lecco, title="Uno di tanti")
    with inside(lecco):
        assert set(Report.objects.values_list("state", flat=True)) == {"submitted"}, (
            "so many may come from one network"
        )
    write(lecco, title="Il ventunesimo")
    puzzle = puzzles.puzzle()
    assert puzzles.is_solved(puzzle, solved(puzzle))
    assert not puzzles.is_solved(puzzle, "")
    assert not puzzles.is_solved(f"{puzzle}x", "1")
    write(lecco, title="Con fatica", puzzle=puzzle, solved=solved(puzzle))
    with inside(lecco):
        states = dict(Report.objects.values_list("title", "state"))
        assert (states["Il ventunesimo"], states["Con fatica"]) == ("held", "submitted")


# -- office ----------------------------------------------------------------------------------------


def test_every_verb_of_the_office_by_its_page(lecco: Town) -> None:
    mayor = client(lecco, "sindaco")
    with inside(lecco):
        office = Office.objects.create(code="strade", name="Strade")
        one, other = report(email="anna@example.org"), report(title="La stessa")
        colleague = user("tecnico").pk
    path = f"/segnalazioni/ufficio/{one.code}/"
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    steps: list[tuple[str, dict[str, Any], State]] = [
        ("trattieni", {}, State.HELD), ("ammetti", {}, State.SUBMITTED),
        ("assegna", {"office": office.pk, "person": colleague}, State.ASSIGNED),
        ("prendi", {"publish": "on"}, State.IN_CHARGE), ("pianifica", {"planned_for": day, "text": "Asfalto"}, State.PLANNED),
        ("chiedi", {"text": "Quale corsia?"}, State.WAITING_CITIZEN),
        ("inoltra", {"forwarded_to": "Provincia", "text": "È loro"}, State.FORWARDED),
        ("unisci", {"into": other.code.lower()}, State.DUPLICATE), ("riapri", {}, State.IN_CHARGE),
        ("nota", {"text": "Guarda", "mention": [colleague]}, State.IN_CHARGE),
        ("rispondi", {"text": "Arriviamo"}, State.IN_CHARGE),
        ("separa", {"category": "lighting", "title": "Lampione"}, State.IN_CHARGE),
        ("chiudi", {"state": "resolved", "text": "Fatto"}, State.RESOLVED),
    ]  # fmt: skip
    for verb, values, state in steps:
        answer = mayor.post(f"{path}{verb}/", values)
        assert answer.status_code == 302, (verb, answer.content.decode()[:2000])
        with inside(lecco):
            assert Report.objects.get(pk=one.pk).state == state, verb
    page = mayor.get(path).content.decode()
    for words in ("Asfalto", "Quale corsia?", "Provincia", "Riapri"):
        assert words in page
    assert mayor.post(f"{path}danza/").status_code == 404


@pytest.mark.parametrize(
    ("verb", "values", "says"),
    [
        ("pianifica", {"planned_for": "2020-01-01"}, "oggi in poi"), ("assegna", {}, "a chi va"),
        ("unisci", {"into": "XXXX"}, "doppia di se stessa"), ("chiudi", {"state": "resolved", "text": ""}, ""),
        ("inoltra", {"forwarded_to": "", "text": "x"}, ""), ("chiedi", {"text": " "}, ""),
        ("chiudi", {"state": "closed_no_action", "text": "No", "reason": ""}, "perché"),
    ],
)  # fmt: skip
def test_a_refused_verb_keeps_what_was_written(lecco: Town, verb: str, values: dict[str, str], says: str) -> None:
    with inside(lecco):
        one = report()
    page = client(lecco, "sindaco").post(f"/segnalazioni/ufficio/{one.code}/{verb}/", values)
    assert page.status_code == 422
    assert says in page.content.decode()
    with inside(lecco):
        assert Report.objects.get(pk=one.pk).state == State.SUBMITTED


def test_the_views_of_the_inbox(lecco: Town) -> None:
    mayor = client(lecco, "sindaco")
    with inside(lecco):
        by = user("sindaco")
        late = report(**LECCO, title="Tardiva")
        Report.objects.filter(pk=late.pk).update(close_due_at=timezone.now() - timedelta(days=1))
        planned = in_state(State.PLANNED, by, title="Pianificata")
        mine = services.take_charge(report(title="Mia"), by=by)
    inbox = "/segnalazioni/ufficio/"
    assert [row.code for row in mayor.get(f"{inbox}?stato=late").context["page"]] == [late.code]
    assert [row.code for row in mayor.get(f"{inbox}?stato=mie").context["page"]] == [mine.code]
    assert [row.code for row in mayor.get(f"{inbox}?cerca=pianif").context["page"]] == [planned.code]
    assert next(row.code for row in mayor.get(f"{inbox}?ordine=scadenza").context["page"]) == late.code
    board = mayor.get(f"{inbox}?vista=bacheca")
    assert {str(one["state"]): one["n"] for one in board.context["columns"]}["planned"] == 1
    assert mayor.get(f"{inbox}?vista=mappa").status_code == 200
    assert len(mayor.get(f"{inbox}mappa.geojson?stato=open").json()["features"]) == 1
    assert "Pianificata" in mayor.get(f"{inbox}calendario/").content.decode()
    assert mayor.get(f"{inbox}calendario/?da=boh").status_code == 200
    sheet = mayor.get(f"{inbox}{late.code}/foglio/").content.decode()
    assert "<svg" in sheet
    assert "Tardiva" in sheet


def test_several_at_once_by_the_page_and_undone(lecco: Town) -> None:
    mayor = client(lecco, "sindaco")
    with inside(lecco):
        codes = [report(title=f"Buca {n}").code for n in range(3)]
    path = "/segnalazioni/ufficio/insieme/"
    assert mayor.post(path, {"fai": "prendi", "scelte": codes, "torna": "stato=open"}).url.endswith("?stato=open")
    with inside(lecco):
        assert Report.objects.filter(state="in_charge").count() == 3
    assert "Annulla quello" in mayor.get("/segnalazioni/ufficio/").content.decode()
    mayor.post(path, {"fai": "annulla"})
    with inside(lecco):
        assert Report.objects.filter(state="submitted").count() == 3
    for refused in ({"fai": "prendi"}, {"fai": "danza", "scelte": codes}):
        assert mayor.post(path, refused, follow=True).status_code == 200
    assert client(lecco, "lettore").post(path, {"fai": "prendi", "scelte": codes}).status_code == 403


@pytest.mark.parametrize(
    ("path", "who", "most"),
    [
        ("/segnalazioni/ufficio/", "sindaco", 10), ("/segnalazioni/ufficio/?vista=bacheca", "sindaco", 15),
        ("/segnalazioni/ufficio/calendario/", "sindaco", 8), ("/segnalazioni/ufficio/imposta/", "sindaco", 12),
        ("/segnalazioni/", "", 6), ("/segnalazioni/mappa.geojson", "", 3), ("/segnalazioni/ufficio/mappa.geojson", "sindaco", 6),
    ],
)  # fmt: skip
def test_pages_keep_their_query_budget(lecco: Town, path: str, who: str, most: int) -> None:
    def fill(count: int) -> None:
        for n in range(count):
            in_state(State.PLANNED if n % 2 else State.IN_CHARGE, user("sindaco"), title=f"Buca {n}", **LECCO)

    browser = client(lecco, who)
    with inside(lecco):
        fill(2)
    browser.get(path)
    with CaptureQueriesContext(connection) as few:
        assert browser.get(path).status_code == 200
    with inside(lecco):
        fill(8)
    with CaptureQueriesContext(connection) as many:
        assert browser.get(path).status_code == 200
    assert len(many) == len(few) <= most, [one["sql"][:90] for one in many]
