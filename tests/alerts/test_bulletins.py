"""The national bulletins: two shapes of CSV and an index, twice, damaged, re-issued; zones that nobody knows."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from campanile_infra.database.scope import in_schema
from campanile_infra.embedded.ports import LOOPBACK
from campanile_tenants.public.bulletins.errors import NotABulletin
from campanile_tenants.public.bulletins.models import Colour, Issue, Membership, Outlook, Risk, Source, Zone
from campanile_tenants.public.bulletins.services.colours import colours_of, without_zone
from campanile_tenants.public.bulletins.services.taking_in import take_in
from campanile_tenants.public.bulletins.tasks import fetch_bulletins
from tests.alerts.web import Site

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parents[1] / "data/bulletins"
ISSUES = {
    "20250828T1523": datetime(2025, 8, 28, 14, 0, tzinfo=UTC),
    "20260402T2049": datetime(2026, 4, 2, 19, 0, tzinfo=UTC),
}
WORDS = {"NESSUNA ALLERTA": Colour.GREEN, "ALLERTA GIALLA": Colour.YELLOW, "ALLERTA ARANCIONE": Colour.ORANGE,
         "ALLERTA ROSSA": Colour.RED}  # fmt: skip
COLUMNS = {Risk.HYDROGEOLOGICAL: "avviso_idrogeologico", Risk.STORMS: "avviso_temporali",
           Risk.HYDRAULIC: "avviso_idraulico"}  # fmt: skip


@pytest.fixture(autouse=True)
def _public(db: None) -> Iterator[None]:
    with in_schema("public"):
        yield


def file(name: str) -> bytes:
    return (FILES / name).read_bytes()


@pytest.mark.parametrize("issue", ISSUES)
def test_colours_of_every_town_of_three_provinces_equal_the_files_by_municipality(issue: str) -> None:
    """Only the bulletins by zone are taken in; the files by municipality are the answer to compare with."""
    for day in ("oggi", "domani"):
        assert take_in(file(f"{issue}-{day}-zone.csv")).written == 170
    towns = 0
    for which, day in enumerate(("oggi", "domani")):
        for row in csv.DictReader(file(f"{issue}-{day}-comuni-LC-BS-LE.csv").decode().splitlines()):
            days = colours_of(row["pro_com_t"], ISSUES[issue])
            assert [one.day for one in days] == sorted(one.day for one in days)
            said = days[which]
            assert said.zone.code == row["zona_codice"]
            for risk, column in COLUMNS.items():
                assert said.risks[risk] == WORDS[row[column].rpartition("/")[2].strip()], (row["comune_nome"], risk)
            assert said.overall == WORDS[row["avviso_criticita"].rpartition("/")[2].strip()]
            towns += 1
    assert towns == 2 * 385


@pytest.mark.parametrize("issue", ISSUES)
def test_the_same_files_again_change_nothing(issue: str) -> None:
    names = [f"{issue}-{day}-{shape}.csv" for day in ("oggi", "domani") for shape in ("zone", "comuni-LC-BS-LE")]
    for name in names:
        take_in(file(name))
    before = (Issue.objects.count(), Outlook.objects.count(), list(Membership.objects.values_list("pk", "during")))
    assert [take_in(file(name)).written for name in names] == [0, 0, 0, 0]
    assert before == (
        Issue.objects.count(), Outlook.objects.count(), list(Membership.objects.values_list("pk", "during")),
    )  # fmt: skip
    assert before[:2] == (1, 340)


def test_zones_that_the_map_does_not_know_are_named() -> None:
    taken = take_in(file("20250828T1523-oggi-zone.csv"))
    assert [line for line in taken.unmatched if "Vene-" in line] == [
        f"zone Vene-{letter} without municipalities" for letter in "ABCDEFGH"
    ]
    assert Issue.objects.get().unmatched == taken.unmatched
    assert Zone.objects.filter(code="Vene-A").exists()
    assert without_zone(["097042", "999999", "017001"]) == ["999999"]


def test_a_re_issue_of_the_same_day_stands_beside_the_first_and_says_what_changed() -> None:
    first = file("20250828T1523-oggi-zone.csv").decode()
    take_in(first.encode())
    lecco = colours_of("097042", ISSUES["20250828T1523"])[0]
    worse = first.replace(
        "2025-08-28T15:23:59+02:00,2025-08-28T15:23:59", "2025-08-28T18:00:00+02:00,2025-08-28T18:00:00"
    )
    line = next(one for one in worse.splitlines() if f",{lecco.zone.code}," in one)
    red = ",".join([*line.split(",")[:4], "Elevata per rischio idraulico / ALLERTA ROSSA", *line.split(",")[5:7],
                    "Elevata / ALLERTA ROSSA"])  # fmt: skip
    assert take_in(worse.replace(line, red).encode()).written == 170
    assert Issue.objects.count() == 2
    early = colours_of("097042", datetime(2025, 8, 28, 15, 0, tzinfo=UTC))[0]
    late = colours_of("097042", datetime(2025, 8, 28, 17, 0, tzinfo=UTC))[0]
    assert early.risks == lecco.risks
    assert (late.risks[Risk.HYDRAULIC], late.changed) == (Colour.RED, [Risk.HYDRAULIC])
    assert late.overall == Colour.RED


def test_tomorrow_becomes_today_at_midnight_in_rome() -> None:
    for day in ("oggi", "domani"):
        take_in(file(f"20260402T2049-{day}-zone.csv"))
    before = colours_of("097042", datetime(2026, 4, 2, 21, 59, tzinfo=UTC))
    after = colours_of("097042", datetime(2026, 4, 2, 22, 1, tzinfo=UTC))
    assert [one.day for one in before] == [date(2026, 4, 2), date(2026, 4, 3)]
    assert [one.day for one in after] == [date(2026, 4, 3)]
    assert colours_of("097042", datetime(2026, 4, 5, tzinfo=UTC)) == []


def test_the_index_names_what_is_raised_and_the_rest_is_green() -> None:
    taken = take_in(file("20200401_1504.index.json"))
    today = {outlook.zone_id: outlook for outlook in Outlook.objects.filter(day=date(2020, 4, 1))}
    assert (today["Basi-A2"].storms, today["Basi-A2"].hydraulic) == (Colour.YELLOW, Colour.GREEN)
    assert today["Lomb-05"].overall == Colour.GREEN
    raised = {code for code, outlook in today.items() if outlook.overall}
    assert {"Basi-A1", "Basi-A2", "Basi-B", "Basi-C", "Basi-D", "Basi-E1", "Basi-E2"} <= raised
    salento = today["Pugl-D"]
    assert (salento.storms, salento.hydrogeological) == (Colour.YELLOW, Colour.YELLOW), (
        "named by its name, not its code"
    )
    assert taken.unmatched == []
    assert not Outlook.objects.filter(day=date(2020, 4, 2), overall__gt=0).exists()


def test_a_municipality_that_a_bulletin_puts_elsewhere_moves_from_that_day() -> None:
    text = file("20260402T2049-oggi-comuni-LC-BS-LE.csv").decode()
    moved = "\n".join(
        line.replace("Lomb-11", "Lomb-08") if ",017001," in line else line
        for line in text.splitlines() if ",017001," in line or ",Lomb-08," in line or line.startswith("data_")
    )  # fmt: skip
    assert take_in(moved.encode()).moved == ["017001"]
    old, new = Membership.objects.filter(istat_code="017001").order_by("during")
    assert (old.zone_id, old.during.upper) == ("Lomb-11", date(2026, 4, 2))
    assert (new.zone_id, new.during.lower, new.during.upper) == ("Lomb-08", date(2026, 4, 2), None)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no column"),
        (b"a;b;c\n1;2;3", "no column data_pubblicazione"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"{}", "index"),
        (b'{"name": "Bollettino del 31 febbraio 2020 ore 15:04", "today": {}, "tomorrow": {}}', "index"),
        (b'{"name": "Bollettino", "today": {}, "tomorrow": {}}', "says no day"),
    ],
)
def test_what_is_no_bulletin_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(NotABulletin) as caught:
        take_in(content)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("ALLERTA GIALLA", "ALLERTA VIOLA", "is no colour"),
        ("+02:00", "", "has no time zone"),
        ("2025-08-28T23:59:59", "2025-08-41T23:59:59", "row 2"),
        ("Moderata per rischio temporali / ALLERTA ARANCIONE", "Elevata / ALLERTA ROSSA", "not what the row says"),
    ],
)
def test_one_damaged_row_and_nothing_is_taken_in(old: str, new: str, reason: str) -> None:
    content = file("20250828T1523-oggi-zone.csv").decode().replace(old, new).encode()
    with pytest.raises(NotABulletin) as caught:
        take_in(content)
    assert reason in str(caught.value)
    assert not Issue.objects.exists()


def test_sources_are_asked_with_their_etag_and_one_that_is_bad_does_not_stop_the_next(settings: Any) -> None:
    with Site() as site:
        site.pages["/oggi.csv"] = file("20260402T2049-oggi-zone.csv")
        site.pages["/broken.csv"] = b"<html>"
        settings.FETCH_ALSO = [site.host]
        settings.BULLETIN_SOURCES = [f"http://{site.host}/{name}" for name in ("gone.csv", "broken.csv", "oggi.csv")]
        assert fetch_bulletins() == 170
        assert fetch_bulletins() == 0
        assert site.answers.count(304) == 1
        problems = dict(Source.objects.values_list("url", "problem"))
        assert [bool(problems[url]) for url in settings.BULLETIN_SOURCES] == [True, True, False]
        site.pages["/oggi.csv"] = file("20260402T2049-oggi-zone.csv").replace(b"20:49:59+02:00,2026-04-02T20:49:59",
                                                                              b"22:00:00+02:00,2026-04-02T22:00:00")  # fmt: skip
        assert fetch_bulletins() == 170
    assert site.host.startswith(LOOPBACK)
