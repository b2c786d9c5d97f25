"""Prices, trials, arrears and the comparison of towns in the console."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campanile_platform.centre import accounts, league
from campanile_platform.centre.models import OpenInvoice
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.activation import switch_off, switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.public.registry.models import Activation, Figure, ListPrice, Municipality
from campanile_tenants.public.registry.prices import Price, prices_for
from tests.towns import WITHOUT, Town, centre, client, inside, town

pytestmark = pytest.mark.django_db


@pytest.fixture
def mandello(db: None) -> Town:
    return town(WITHOUT)


@pytest.fixture
def listed(db: None) -> None:
    with centre():
        for start, price in ((0, "300"), (5_000, "900"), (20_000, "2400")):
            ListPrice.objects.create(module="reporting", inhabitants_from=start, yearly_price=price, trial_days=30)


@pytest.mark.parametrize(("first", "trial", "due"), [
    (date(2026, 1, 1), 0, "365.00"), (date(2028, 1, 1), 0, "365.00"), (date(2026, 12, 31), 0, "1.00"),
    (date(2026, 12, 2), 30, "0.00"), (date(2026, 12, 1), 30, "1.00"), (date(2028, 2, 29), 0, "306.16"),
])  # fmt: skip
def test_what_is_due_until_the_end_of_the_year_is_exact(first: date, trial: int, due: str) -> None:
    assert Price(Decimal(365), trial).rest_of_year(first) == Decimal(due)


def test_the_band_of_the_town_counts_and_the_page_says_the_price(mandello: Town, listed: None) -> None:
    with inside(mandello):
        assert prices_for(mandello)["reporting"].yearly == Decimal(900)
    mayor = client(mandello, "sindaco")
    shown = mayor.get("/ufficio/moduli/").content.decode()
    assert "Gratis per 30 giorni" in shown
    assert "900,00 € all’anno" in shown
    assert "Già compreso nell’adesione" in shown, "a module without a price"
    with CaptureQueriesContext(connection) as queries:
        mayor.get("/ufficio/moduli/")
    assert len(queries) <= 8, [row["sql"][:80] for row in queries]


def test_the_price_of_the_day_and_the_free_days_are_kept_and_free_is_free_once(mandello: Town, listed: None) -> None:
    switch_on(mandello, "reporting", by="prova")
    with centre():
        period = Activation.objects.get(municipality=mandello, module="reporting")
        assert period.yearly_price == Decimal(900)
        assert period.trial_until == timezone.localdate() + timedelta(days=29)
        ListPrice.objects.update(yearly_price=5_000)
        period.refresh_from_db()
        assert period.yearly_price == Decimal(900), "a new list changes nothing that was agreed"
    directory.forget()
    assert "Gratis fino al" in client(mandello, "sindaco").get("/ufficio/moduli/").content.decode()
    switch_off(mandello, "reporting", by="prova")
    directory.forget()
    assert "Gratis per" not in client(mandello, "sindaco").get("/ufficio/moduli/").content.decode()
    switch_on(mandello, "reporting", by="prova")
    with centre():
        assert Activation.objects.get(municipality=mandello, module="reporting", ended_at=None).trial_until is None


def test_the_list_is_written_in_the_console_and_towns_only_read_it(lecco: Town, listed: None) -> None:
    operator = client(None, "operatore")
    assert "2.400,00 €" in operator.get("/listino/").content.decode()
    page = operator.get("/listino/reporting/")
    rows = page.context["forms"]
    given = {f"form-{n}-{name}": form[name].value() for n, form in enumerate(rows) for name in form.fields
             if form[name].value() is not None}  # fmt: skip
    given |= {"form-TOTAL_FORMS": "5", "form-INITIAL_FORMS": "3"}
    for n in (3, 4):
        given |= {f"form-{n}-inhabitants_from": "0", f"form-{n}-trial_days": "0"}
    assert operator.post("/listino/reporting/", given | {"form-1-inhabitants_from": "0"}).status_code == 422
    assert operator.post("/listino/reporting/", given | {"form-0-inhabitants_from": "10"}).status_code == 422
    assert operator.post("/listino/reporting/", given | {"form-0-yearly_price": "-1"}).status_code == 422
    done = operator.post("/listino/reporting/", given | {"form-0-yearly_price": "350", "form-2-DELETE": "on"})
    assert done.status_code == 302, done.content.decode()
    with centre():
        assert list(ListPrice.objects.values_list("yearly_price", flat=True)) == [Decimal(350), Decimal(900)]
    assert client(None, "revisore").post("/listino/reporting/", given).status_code == 403
    with inside(lecco), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        ListPrice.objects.update(yearly_price=0)


def invoice(place: Town, number: str, amount: str, days_late: int) -> OpenInvoice:
    due = timezone.localdate() - timedelta(days=days_late)
    return OpenInvoice.objects.create(municipality_id=place.pk, number=number, amount=amount, due_on=due)


def test_arrears_stand_beside_the_town_and_cut_nothing(lecco: Town, merate: Town) -> None:
    with centre():
        invoice(lecco, "7/2026", "1200.50", 20)
        invoice(lecco, "8/2026", "100", 0)
        invoice(merate, "9/2026", "10", -5)
        assert accounts.arrears()[lecco.pk].amount == Decimal("1200.50")
        assert merate.pk not in accounts.arrears()
    keeper = client(None, "contabile")
    home = keeper.get("/", {"misura": "scaduto"}).content.decode()
    assert "1.200,50 € scaduti dal" in home
    assert "<title>Lecco: 1.200</title>" in home
    assert client(lecco).get("/segnalazioni/").status_code == 200
    page = keeper.get("/fatture/").content.decode()
    assert page.index("7/2026") < page.index("9/2026")
    with centre():
        first = OpenInvoice.objects.get(number="7/2026")
    keeper.post(f"/fatture/{first.pk}/pagata/")
    with centre():
        assert accounts.arrears() == {}
    keeper.post(f"/fatture/{first.pk}/pagata/", {"again": "1"})
    with centre():
        assert accounts.arrears()[lecco.pk].invoices == 1
        with pytest.raises(IntegrityError), transaction.atomic():
            invoice(lecco, "7/2026", "5", 1)


def test_an_invoice_is_written_down_with_care(lecco: Town) -> None:
    keeper = client(None, "contabile")
    given = {"municipality": lecco.pk, "number": "1/2026", "amount": "10,50", "due_on": "2026-11-30"}
    assert keeper.post("/fatture/", given | {"amount": "0"}).status_code == 422
    assert keeper.post("/fatture/", given).status_code == 302
    assert keeper.post("/fatture/", given).status_code == 422, "its number is there"
    assert client(None, "operatore").get("/fatture/").status_code == 403


def test_towns_are_compared_by_what_they_kept(lecco: Town, merate: Town) -> None:
    ratio = registry.ratios()["reporting.promise"]

    def count(place: Any, kept: int, broken: int) -> None:
        for code, value in ((ratio.good, kept), (ratio.bad, broken)):
            Figure.objects.update_or_create(schema_name=place.schema_name, code=code, defaults={"value": value})

    with centre():
        count(lecco, 15, 5)
        count(merate, 9, 1)
        count(Municipality.objects.get(istat_code=WITHOUT), 2, 0)
        ranked, few = league.standings(ratio)
        assert [(one.town.name, one.percent, one.place) for one in ranked] == [("Merate", 90, 1), ("Lecco", 75, 2)]
        assert [one.town.name for one in few] == ["Mandello del Lario"]
        count(lecco, 18, 2)
        assert [one.place for one in league.standings(ratio)[0]] == [1, 1], "the same share, the same place"
    operator = client(None, "operatore")
    with CaptureQueriesContext(connection) as queries:
        page = operator.get("/confronto/reporting.promise/").content.decode()
    assert len(queries) <= 8, [row["sql"][:80] for row in queries]
    assert "Risposte nei tempi" in page
    assert "<strong>90%</strong>" in page
    assert operator.get("/confronto/nothing/").status_code == 404
    assert "<title>Merate: 90%</title>" in operator.get("/", {"misura": "reporting.promise"}).content.decode()
