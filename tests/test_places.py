"""Zones and streets: what is an area, what a register says, what somebody finds while she writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from campanile_tenants.town.places.errors import BadArea, BadRegister, NameTaken
from campanile_tenants.town.places.models import HouseNumber, Street, Zone
from campanile_tenants.town.places.services import addresses, zones
from tests.towns import client, inside, person

pytestmark = pytest.mark.django_db
CENTRE = [[9.385, 45.85], [9.40, 45.85], [9.40, 45.86], [9.385, 45.86], [9.385, 45.85]]
SMALL = [[9.388, 45.852], [9.392, 45.852], [9.392, 45.856], [9.388, 45.852]]
REGISTER = (
    "CodiceVia;DUG;DUF;CAP;QuartiereSobborgo;Civico;Esponente;InizioValidita;SezCensimento;CoordX;CoordY\n"
    "55909;Via;Dazio;15122;Valle San Bartolomeo;90;H;2010-11-22;131;1472210.82998134;4978439.947517\n"
    "55909;Via;Dazio;15122;Valle San Bartolomeo;9;;2010-11-22;131;;\n"
    "57404;Via;Bartolomeo Maino;15122;Valle San Bartolomeo;105;;2010-11-22;131;1472168.89;4977263.03\n"
)


def polygon(ring: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def test_a_zone_is_found_by_a_point_the_smallest_first(lecco: Any) -> None:
    with inside(lecco):
        zones.keep("Centro", polygon(CENTRE))
        zones.keep("Piazza", polygon(SMALL))
        assert [zone.name for zone in zones.at(9.391, 45.853)] == ["Piazza", "Centro"]
        assert [zone.name for zone in zones.at(9.386, 45.859)] == ["Centro"]
        assert zones.at(9.5, 45.9) == []
        assert zones.rings(Zone.objects.get(name="Piazza")) == [SMALL]
        with pytest.raises(NameTaken):
            zones.keep("CENTRO", polygon(SMALL))


@pytest.mark.parametrize(
    ("geometry", "says"),
    [
        ({"type": "Point", "coordinates": [9.39, 45.85]}, "tre angoli"),
        ({"type": "Polygon"}, "GeoJSON"),
        (polygon([]), "tre angoli"),
        (polygon([[9.385, 45.85], [9.40, 45.86], [9.40, 45.85], [9.385, 45.86], [9.385, 45.85]]), "incrocia"),
        (polygon([[y, x] for x, y in CENTRE]), "esce dal comune"),
        (polygon([[9.385, 45.85], [9.40, 45.85], [9.385, 45.85], [9.385, 45.85]]), "tre angoli"),
    ],
)
def test_what_is_no_area_of_the_town_is_refused(lecco: Any, geometry: Any, says: str) -> None:
    with inside(lecco), pytest.raises(BadArea, match=says):
        zones.keep("X", geometry)


@given(st.recursive(st.none() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=4)))
def test_whatever_a_file_holds_it_is_an_area_or_refused(junk: Any) -> None:
    with pytest.raises((BadArea, BadRegister)):
        zones.area({"type": "Polygon", "coordinates": junk})


def test_zones_from_a_file_are_all_or_none(lecco: Any) -> None:
    features = [
        {"type": "Feature", "properties": {"nome": "Centro"}, "geometry": polygon(CENTRE)},
        {"type": "Feature", "properties": {"name": "Fuori"}, "geometry": polygon([[0, 0], [1, 0], [1, 1], [0, 0]])},
    ]
    browser = client(lecco, "sindaco")
    with inside(lecco):
        broken = SimpleUploadedFile("z.geojson", json.dumps({"features": features}).encode())
        page = browser.post("/ufficio/zone/file/", {"file": broken})
        assert page.status_code == 422
        assert "Fuori" in page.content.decode()
        assert not Zone.objects.exists()
        whole = SimpleUploadedFile("z.geojson", json.dumps({"features": features[:1]}).encode())
        assert browser.post("/ufficio/zone/file/", {"file": whole}).status_code == 302
        assert zones.take_in(json.dumps({"features": features[:1]}))[0].pk == Zone.objects.get().pk, "known by name"


def test_the_register_of_a_town_with_coordinates_of_its_own(lecco: Any) -> None:
    with inside(lecco):
        rows = addresses.read(REGISTER, system=3003)
        assert addresses.take_in(rows) == (2, 3)
        assert addresses.take_in(rows) == (2, 3), "again changes nothing"
        assert (Street.objects.count(), HouseNumber.objects.count()) == (2, 3)
        house = HouseNumber.objects.get(number="90/H")
        assert (round(house.latitude or 0, 4), round(house.longitude or 0, 4)) == (44.9587, 8.6473)
        assert HouseNumber.objects.get(number="9").latitude is None


@pytest.mark.parametrize("text", ["", "x", "a;b\n1;2\n", "Civico;CoordX\n1;2\n"])
def test_a_file_without_streets_is_refused(lecco: Any, text: str) -> None:
    with pytest.raises(BadRegister):
        addresses.read(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("via dazio 90/h", "Via Dazio, 90/H"), ("dazio 90", "Via Dazio, 90/H"), ("Via Dazzio, n. 9", "Via Dazio, 9"),
        ("bartolomeo", "Via Bartolomeo Maino"), ("via dazio 12", "Via Dazio, 12"), ("vi", None), ("", None),
    ],
)  # fmt: skip
def test_addresses_while_somebody_writes(lecco: Any, text: str, found: str | None) -> None:
    with inside(lecco):
        addresses.take_in(addresses.read(REGISTER, system=3003))
    answer = client(lecco).get("/indirizzi/", {"q": text}).json()
    assert (answer[0]["text"] if answer else None) == found


def test_the_office_draws_changes_and_takes_away(lecco: Any) -> None:
    browser = client(lecco, "sindaco")
    assert "Nessuna zona" in browser.get("/ufficio/zone/").content.decode()
    ring = json.dumps(CENTRE[:-1])
    assert browser.post("/ufficio/zone/", {"name": "Centro", "ring": ring}).status_code == 302
    again = browser.post("/ufficio/zone/", {"name": "centro", "ring": ring})
    assert again.status_code == 422
    assert "[[9.385" in again.content.decode(), "what was drawn is still there"
    with inside(lecco):
        zone = Zone.objects.get()
        person("letizia", "desk")
    page = f"/ufficio/zone/{zone.pk}/"
    assert browser.post(page, {"name": "Centro storico", "ring": json.dumps(zones.rings(zone)[0])}).status_code == 302
    with inside(lecco):
        assert Zone.objects.get().name == "Centro storico"
    assert client(lecco, "letizia").get("/ufficio/zone/").status_code == 403
    assert browser.post(f"{page}togli/").status_code == 302
    with inside(lecco):
        assert not Zone.objects.exists()


def test_the_page_of_zones_keeps_its_budget(lecco: Any, django_assert_max_num_queries: Any) -> None:
    browser = client(lecco, "sindaco")
    with inside(lecco):
        for number in range(20):
            zones.keep(f"Zona {number}", polygon(SMALL))
    browser.get("/ufficio/zone/")
    with django_assert_max_num_queries(14):
        assert browser.get("/ufficio/zone/").status_code == 200


def test_the_shared_register_is_read_whole() -> None:
    file = Path(__file__).parents[2] / "shared" / "data" / "addresses" / "alessandria-civici.csv"
    if not file.exists():
        pytest.skip("the shared data are not beside the checkout")
    rows = addresses.read(file.read_text("utf-8"), system=3003)
    assert len(rows) == 26_160
    placed = [row for row in rows if row[3] is not None]
    assert all(44.7 < (row[3] or 0) < 45.1 and 8.4 < (row[4] or 0) < 8.8 for row in placed)
