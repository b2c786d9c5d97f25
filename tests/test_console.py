"""The console: all towns on a map and in a table, by one chosen measure."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campanile_modules.reporting import services
from campanile_modules.reporting.models import Category
from campanile_platform.centre import province
from tests.towns import client, inside


@pytest.fixture
def busy(lecco: Any, merate: Any) -> None:
    for place, count in ((lecco, 1), (merate, 3)):
        with inside(place):
            for n in range(count):
                services.submit(category=Category.objects.get(code="roads"), title=f"Buca {n}", address="Via A")


def page(**query: str) -> str:
    return client(None, "operatore").get("/", query).content.decode()


def names(text: str) -> list[str]:
    return re.findall(r'<tr id="comune-\d+"><th scope="row">(?:<a [^>]+>)?([^<]+)', text)


def test_the_map_and_the_table_show_the_chosen_measure(busy: None) -> None:
    shown = page(misura="reporting.submitted")
    assert names(shown) == ["Lecco", "Mandello del Lario", "Merate"]
    assert "<title>Merate: 3</title>" in shown
    assert "<title>Mandello del Lario: 0</title>" in shown
    assert names(page(misura="reporting.submitted", ordine="misura"))[:2] == ["Merate", "Lecco"]
    assert "<title>Lecco: 46" in page(misura="abitanti")
    assert "<title>Merate: 1</title>" in page(misura="moduli")
    assert "<title>Lecco: 1</title>" in page(misura="nothing of this name"), "the first measure"


def test_a_search_narrows_the_table_and_fades_the_map(busy: None) -> None:
    shown = page(cerca="mer", misura="reporting.submitted")
    assert names(shown) == ["Merate"]
    assert shown.count('class="is-faded"') == 2
    assert names(page(cerca="097042")) == ["Lecco"]
    nothing = page(cerca="Atlantide")
    assert names(nothing) == []
    assert "Atlantide" in nothing


def test_the_page_costs_the_same_however_many_towns(busy: None) -> None:
    browser = client(None, "operatore")
    browser.get("/")
    with CaptureQueriesContext(connection) as queries:
        browser.get("/", {"misura": "reporting.submitted"})
    assert len(queries) <= 15, [row["sql"][:90] for row in queries]


def test_outlines_are_drawn_once_and_fit_the_picture(busy: None) -> None:
    drawn = province.picture(["c_097042", "c_097048"])
    assert drawn is not None
    numbers = [float(number) for path in drawn.paths.values() for number in re.findall(r"-?\d+\.\d", path)]
    assert min(numbers) >= 0
    assert max(numbers) <= max(drawn.width, drawn.height) + 1
    assert sum(map(len, drawn.paths.values())) < 20_000, "points that nobody could tell apart are left out"
    assert province.picture(["c_000000"]) is None


@pytest.mark.parametrize(("numbers", "lower_ends"), [
    ([], []), ([0, 0], []), ([5], [5]), ([1, 1, 1], [1]), ([0, 1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 5, 7]),
])  # fmt: skip
def test_classes_hold_about_as_many_towns_each(numbers: list[int], lower_ends: list[int]) -> None:
    assert province.breaks(numbers) == lower_ends
    assert [province.class_of(number, lower_ends) == 0 for number in numbers] == [number == 0 for number in numbers]
