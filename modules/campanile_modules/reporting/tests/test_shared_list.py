"""The centre's shared list of kinds: written in the console, offered to towns, forced on none."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.towns import Town, centre, client, inside

from campanile_modules.reporting.models import CatalogueChoice, Category
from campanile_modules.reporting.services import sharing
from campanile_tenants.public.library.models import SharedEntry

pytestmark = pytest.mark.django_db
LIST = "/elenchi/reporting.category/"
OFFERS = "/segnalazioni/ufficio/imposta/proposte/"


def write(operator: Client, code: str = "", **changes: Any) -> Any:
    """Writes an entry in the console, as its form holds it, with some changes."""
    with centre():
        entry = SharedEntry.objects.filter(kind=sharing.KIND, code=code).first()
    data = sharing.complete(entry.data if entry else {}) | changes
    given = {name: "on" if value is True else value for name, value in data.items() if value is not False}
    given |= {
        "questions_text": given.pop("questions") or "",
        "parent_code": given.pop("parent"),
        "note": "Più in fretta.",
    }
    base = entry.version if entry else 0
    return operator.post(f"{LIST}{code}/" if code else f"{LIST}nuova/", {"base": base, **given})


def test_a_town_starts_with_the_whole_list_and_nothing_is_offered(lecco: Town) -> None:
    with inside(lecco):
        assert set(Category.objects.values_list("code", flat=True)) == set(
            CatalogueChoice.objects.values_list("code", flat=True)
        )
        assert sharing.offers() == []


def test_a_change_is_offered_and_the_towns_own_words_stay(lecco: Town, merate: Town) -> None:
    operator, mayor = client(None, "operatore"), client(lecco, "sindaco")
    with inside(lecco):
        Category.objects.filter(code="roads").update(name="Buche in centro")
    assert write(operator, "roads", name="Strade e buche", close_days=20).status_code == 302
    with inside(lecco):
        [offer] = sharing.offers()
        assert [change.after for change in offer.changes] == ["20"]
        assert len(offer.kept) == 1, "the name stays"
        assert Category.objects.get(code="roads").close_days == 30, "nothing changed by itself"
    shown = mayor.get(OFFERS).content.decode()
    assert "Più in fretta." in shown
    assert "Il centro propone 1 modifica" in mayor.get("/segnalazioni/ufficio/imposta/").content.decode()
    assert mayor.post(f"{OFFERS}roads/prendi/").status_code == 302
    with inside(lecco):
        roads = Category.objects.get(code="roads")
        assert (roads.name, roads.close_days) == ("Buche in centro", 20)
        assert sharing.offers() == []
    with inside(merate):
        assert [change.after for change in sharing.offers()[0].changes] == ["Strade e buche", "20"]
    assert "Questa proposta non c’è più" in mayor.post(f"{OFFERS}roads/prendi/", follow=True).content.decode()


def test_what_is_left_is_not_offered_again_until_it_changes_and_a_kind_not_wanted_never(lecco: Town) -> None:
    operator, mayor = client(None, "operatore"), client(lecco, "sindaco")
    assert write(operator, name="Neve e ghiaccio", name_en="Snow", position=9).status_code == 302
    write(operator, "waste", close_days=10)
    with inside(lecco):
        assert [(offer.entry.code, offer.category is None) for offer in sharing.offers()] == [
            ("neve-e-ghiaccio", True), ("waste", False),
        ]  # fmt: skip
    for code in ("neve-e-ghiaccio", "waste"):
        mayor.post(f"{OFFERS}{code}/lascia/")
    with inside(lecco):
        assert sharing.offers() == []
    write(operator, "neve-e-ghiaccio", close_days=2)
    write(operator, "waste", close_days=5)
    with inside(lecco):
        assert [offer.entry.code for offer in sharing.offers()] == ["waste"], "an unwanted kind is asked about once"
    mayor.post(f"{OFFERS}waste/prendi/")
    with inside(lecco):
        assert Category.objects.get(code="waste").close_days == 5, "what was left before is no word of its own"
        assert not Category.objects.filter(code="neve-e-ghiaccio").exists()


def test_a_new_kind_comes_with_what_it_belongs_to(lecco: Town) -> None:
    operator, mayor = client(None, "operatore"), client(lecco, "sindaco")
    write(operator, name="Foglie", parent="green", questions="where | Dove? | testo")
    mayor.post(f"{OFFERS}foglie/prendi/")
    with inside(lecco):
        leaves = Category.objects.get(code="foglie")
        assert leaves.parent == Category.objects.get(code="green")
        assert [one["code"] for one in leaves.questions] == ["where"]
        with CaptureQueriesContext(connection) as queries:
            sharing.offers()
        assert len(queries) == 3


def test_two_colleagues_wrong_words_and_what_is_retired(lecco: Town) -> None:
    operator = client(None, "operatore")
    assert operator.get(LIST).status_code == 200
    assert operator.get(f"{LIST}roads/").status_code == 200
    assert write(operator, "roads", close_days=0).status_code == 422, "the database would refuse it"
    assert write(operator, "roads", questions="x | y").status_code == 422
    before = write(operator, "roads", close_days=25)
    assert before.status_code == 302
    with centre():
        version = SharedEntry.objects.get(kind=sharing.KIND, code="roads").version
    assert write(operator, "roads").status_code == 302, "nothing changed"
    stale = operator.post(f"{LIST}roads/", {"base": version - 1, "name": "Altro", "visibility": "public"})
    assert stale.status_code == 422
    with centre():
        assert SharedEntry.objects.get(kind=sharing.KIND, code="roads").version == version
    operator.post(f"{LIST}roads/ritira/")
    with inside(lecco):
        assert sharing.offers() == [], "what is no longer offered is offered to nobody"
    operator.post(f"{LIST}roads/offri/")
    with inside(lecco):
        assert len(sharing.offers()) == 1
    assert operator.get("/elenchi/reporting.nothing/").status_code == 404
    reader = client(None, "revisore")
    assert reader.get(LIST).status_code == 200
    assert reader.post(f"{LIST}roads/ritira/").status_code == 403
