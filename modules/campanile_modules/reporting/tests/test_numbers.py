"""Import of 4,651 real reports, and statistics right to the digit against a computation of its own."""

from __future__ import annotations

import csv
import io
import statistics as python_statistics
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.towns import Town, client, inside, user

from campanile_modules.reporting import services
from campanile_modules.reporting.errors import BadImport
from campanile_modules.reporting.models import Category, Feedback, Report, ReportEvent
from campanile_modules.reporting.services import importing
from campanile_modules.reporting.services.counting import statistics
from campanile_modules.reporting.states import State
from campanile_modules.reporting.tests.making import LECCO, in_state, move, report
from campanile_tenants.town.delivery.models import Message

pytestmark = pytest.mark.django_db
REAL = Path(__file__).parents[4] / "platform" / "campanile_platform" / "demo" / "data" / "reports.csv"
HEAD = "Id;Stato;Creato;Chiusa;Titolo;Categoria;Indirizzo;Lat;Lon\n"


def nth(values: list[float], share: float) -> float:
    """A percentile by linear interpolation, computed by hand."""
    ordered = sorted(values)
    at = (len(ordered) - 1) * share
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def test_the_real_reports_are_taken_in_and_counted_to_the_digit(lecco: Town) -> None:
    rows = list(csv.DictReader(io.StringIO(REAL.read_text("utf-8-sig")), delimiter=";"))
    told: list[tuple[int, int]] = []
    with inside(lecco):
        shown = importing.preview(REAL.read_text("utf-8-sig"))
        assert shown.problems == []
        assert shown.mapping.states["chiusa"] == "resolved"
        assert shown.mapping.categories["Buche"] == "roads"
        assert importing.take_in(shown, progress=lambda done, of: told.append((done, of))) == (
            len(rows),
            0,
        )
        assert told[-1] == (len(rows), len(rows))
        assert importing.take_in(importing.preview(REAL.read_text("utf-8-sig"))) == (0, len(rows))
        assert not Message.objects.exists(), "nobody is written to"
        assert Report.objects.count() == len(rows)
        found = statistics(date(2023, 1, 1), date(2026, 12, 31))
        counted = [row for row in rows if row["Stato"] not in ("annullata", "eliminata")]
        days = [
            float((date.fromisoformat(row["Chiusa"]) - date.fromisoformat(row["Creato"])).days)
            for row in counted if row["Stato"] in ("chiusa", "archiviata")
        ]  # fmt: skip
        assert found.received == len(counted)
        assert found.resolved == sum(row["Stato"] == "chiusa" for row in rows)
        assert found.no_action == sum(row["Stato"] == "archiviata" for row in rows)
        assert found.open == sum(row["Stato"] in ("aperta", "in carico") for row in rows)
        assert found.median == round(python_statistics.median(days), 1) == round(nth(days, 0.5), 1)
        assert found.ninth == round(nth(days, 0.9), 1)
        assert found.in_time is None, "no day was promised for these"
        months = {f"{month:%Y-%m}": number for month, number in found.months}
        for month in ("2023-06", "2024-02", "2025-12"):
            assert months[month] == sum(row["Creato"].startswith(month) for row in counted)
        assert sum(months.values()) == len(counted)
        holes = next(row for row in found.categories if row.name == Category.objects.get(code="roads").name)
        assert holes.received == sum(row["Categoria"] == "Buche" for row in counted)
        one_year = statistics(date(2024, 1, 1), date(2024, 12, 31))
        assert one_year.received == sum(row["Creato"].startswith("2024") for row in counted)
    page = client(lecco).get("/segnalazioni/statistiche/", {"anno": "2024"}).content.decode()
    assert f"<dd>{one_year.received}</dd>" in page.replace(".", "")
    assert f"{one_year.median:.1f} giorni".replace(".", ",") in page


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1;aperta;ieri;;A;Buche;Via A;;", "ieri"), ("1;chiusa;2026-01-05;2026-01-01;A;Buche;Via A;;", "prima"),
        ("1;aperta;2026-01-05;;A;Buche;;51.5;0.1", "Italia"), ("1;aperta;2026-01-05;;A;Buche;;45.8;", "Italia"),
        ("1;aperta;31/02/2026;;A;Buche;Via A;;", "31/02/2026"),
    ],
)  # fmt: skip
def test_a_line_with_a_problem_is_named_and_left_out(lecco: Town, line: str, says: str) -> None:
    with inside(lecco):
        good = "2;chiusa;05/01/2026;2026-01-07;B;Buche;Via B;45,8559;9,3977\n"
        shown = importing.preview(f"{HEAD}{line}\n{good}")
        assert [number for number, _why in shown.problems] == [2]
        assert says in shown.problems[0][1]
        assert importing.take_in(shown) == (1, 1)
        one = Report.objects.get()
        assert (one.title, one.address, str(one.latitude), one.state) == ("B", "Via B", "45.855900", "resolved")
        assert [event.to_state for event in one.events.all()] == ["submitted", "resolved"]


@pytest.mark.parametrize("text", ["", "x", "a;b\n1;2\n", "Stato;Titolo\naperta;x\n", HEAD])
def test_a_file_that_is_none_is_refused_whole(lecco: Town, text: str) -> None:
    with inside(lecco), pytest.raises(BadImport):
        importing.preview(text)


def test_all_lines_wrong_write_nothing(lecco: Town) -> None:
    with inside(lecco):
        with pytest.raises(BadImport):
            importing.take_in(importing.preview(f"{HEAD}1;aperta;ieri;;A;Buche;Via A;;\n"))
        assert not Report.objects.exists()


def test_a_number_that_stands_twice_is_named_and_another_program_has_numbers_of_its_own(lecco: Town) -> None:
    with inside(lecco):
        line = "7;chiusa;2026-01-05;2026-01-07;B;Buche;Via B;;\n"
        shown = importing.preview(HEAD + line + line)
        assert [number for number, _why in shown.problems] == [3]
        assert "riga 2" in shown.problems[0][1]
        assert importing.take_in(shown) == (1, 1)
        assert importing.take_in(importing.preview(HEAD + line)) == (0, 1)
        assert importing.take_in(importing.preview(HEAD + line), source="Altro") == (1, 0)
        assert set(Report.objects.values_list("promise", flat=True)) == {"none"}, "nobody promised anything"


def test_the_office_looks_changes_its_mind_and_takes_in(lecco: Town) -> None:
    mayor = client(lecco, "sindaco")
    text = HEAD + "1;aperta;2026-01-05;;A;Piccioni;Via A;;\n2;sospesa;2026-01-05;;B;Buche;Via B;;\n"
    page = mayor.post("/segnalazioni/ufficio/importa/", {"file": SimpleUploadedFile("r.csv", text.encode("cp1252"))})
    assert "Come viene capito il file" in page.content.decode()
    with inside(lecco):
        assert not Report.objects.exists()
    chosen = {"state:sospesa": "waiting_citizen", "category:Piccioni": "pests"}
    assert mayor.post("/segnalazioni/ufficio/importa/scrivi/", chosen).status_code == 302
    with inside(lecco):
        kinds = dict(Report.objects.values_list("title", "category__code"))
        assert kinds == {"A": "pests", "B": "roads"}
        assert Report.objects.get(title="B").state == State.WAITING_CITIZEN
    assert mayor.post("/segnalazioni/ufficio/importa/scrivi/", chosen).url == "/segnalazioni/ufficio/importa/"
    assert client(lecco, "tecnico").get("/segnalazioni/ufficio/importa/").status_code == 403


def test_open_data_name_nobody_and_leave_out_what_is_not_public(lecco: Town) -> None:
    with inside(lecco):
        by = user("sindaco")
        one = report(**LECCO, title="Segreto", name="Anna Rusconi", email="anna@example.org")
        ended = move(report(title="Altro"), State.RESOLVED, by)
        in_state(State.HELD, by, title="Trattenuta")
    browser = client(lecco)
    text = browser.get("/segnalazioni/dati/segnalazioni.csv").content.decode()
    rows = {row["codice"]: row for row in csv.DictReader(io.StringIO(text))}
    assert set(rows) == {one.code, ended.code}
    assert (rows[one.code]["stato"], rows[one.code]["latitudine"]) == ("received", "45.8559")
    assert (rows[ended.code]["stato"], rows[ended.code]["nei_tempi"]) == ("resolved", "true")
    for word in ("Segreto", "Anna", "anna@", "Lungolago"):
        assert word not in text
    features = browser.get("/segnalazioni/dati/segnalazioni.geojson").json()["features"]
    assert [one["properties"]["codice"] for one in features] == [one.code]
    fields = browser.get("/segnalazioni/dati/schema.json").json()["fields"]
    assert [field["name"] for field in fields] == list(next(iter(rows.values())))


def test_satisfaction_and_promises_are_counted(lecco: Town) -> None:
    with inside(lecco):
        by = user("sindaco")
        for number, (solved, stars) in enumerate(((True, 5), (True, 4), (False, 1))):
            one = move(report(title=f"Buca {number}"), State.RESOLVED, by)
            Feedback.objects.create(report=one, solved=solved, stars=stars)
        late = report(title="Tardi")
        Report.objects.filter(pk=late.pk).update(close_due_at=late.created_at)
        move(late, State.RESOLVED, by)
        today = date.today()
        found = statistics(today, today)
        assert (found.opinions, found.solved, found.stars, found.in_time) == (3, 66.7, 3.3, 75.0)


@pytest.mark.parametrize("path", ["/segnalazioni/statistiche/", "/segnalazioni/dati/segnalazioni.geojson"])
def test_public_numbers_keep_their_query_budget(lecco: Town, path: str) -> None:
    with inside(lecco):
        for n in range(5):
            services.take_charge(report(**LECCO, title=f"Buca {n}"), by=user("sindaco"))
        assert ReportEvent.objects.count() == 10
    browser = client(lecco)
    browser.get(path)
    with CaptureQueriesContext(connection) as caught:
        browser.get(path)
    assert len(caught) <= 12, [one["sql"][:80] for one in caught]
