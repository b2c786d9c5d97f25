"""What the centre counts: right in the same transaction, behind the wall, counted again each night."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from campanile_infra.database.scope import as_owner
from campanile_modules.reporting import services
from campanile_modules.reporting.models import Category, Report
from campanile_modules.reporting.states import State
from campanile_tenants.kit.erasure import erasing
from campanile_tenants.public.registry.figures import reconcile, totals
from campanile_tenants.public.registry.models import Figure
from campanile_tenants.public.registry.tasks import reconcile_figures
from tests.towns import ask, client, inside, user


def of(place: Any) -> dict[str, int]:
    found = Figure.objects.filter(schema_name=place.schema_name).exclude(value=0)
    states = {code.partition(".")[2]: value for code, value in found.values_list("code", "value")}
    return {name: value for name, value in states.items() if "." not in name}


def promises(place: Any) -> dict[str, int]:
    found = Figure.objects.filter(schema_name=place.schema_name, code__startswith="reporting.promise.")
    return {code.rpartition(".")[2]: value for code, value in found.values_list("code", "value") if value}


def send(count: int = 1) -> list[Report]:
    category = Category.objects.get(code="roads")
    return [services.submit(category=category, title=f"Buca {n}", address="Via A") for n in range(count)]


def test_figures_follow_the_rows_in_their_transaction(lecco: Any, merate: Any) -> None:
    with inside(lecco):
        first, second, _third = send(3)
        services.take_charge(first, by=user("sindaco"))
        services.close(second, by=user("sindaco"), state=State.RESOLVED, text="Fatto")
    with inside(merate):
        send(2)
    assert of(lecco) == {"submitted": 1, "in_charge": 1, "resolved": 1}
    assert of(merate) == {"submitted": 2}
    assert totals()["reporting.submitted"] == 3
    assert promises(lecco) == {"open": 2, "kept": 1}
    with inside(lecco), erasing():
        first.delete()
    assert of(lecco) == {"submitted": 1, "resolved": 1}
    with inside(lecco), transaction.atomic():
        send(5)
        transaction.set_rollback(True)
    assert of(lecco) == {"submitted": 1, "resolved": 1}


def test_one_statement_for_many_rows_counts_them_all(lecco: Any) -> None:
    with inside(lecco):
        category = Category.objects.get(code="roads")
        Report.objects.bulk_create(Report(category=category, title=str(n), address="Via A") for n in range(500))
        Report.objects.filter(title__lt="3").update(state=State.IN_CHARGE)
        moved = Report.objects.filter(state=State.IN_CHARGE).count()
    assert of(lecco) == {"submitted": 500 - moved, "in_charge": moved}


def test_a_town_counts_for_itself_only(lecco: Any, merate: Any) -> None:
    with inside(merate):
        send(1)
    with inside(lecco):
        assert not Figure.objects.filter(schema_name=merate.schema_name).exists()
        assert Figure.objects.filter(schema_name=merate.schema_name).update(value=99) == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Figure.objects.create(schema_name=merate.schema_name, code="reporting.resolved", value=7)
    assert of(merate) == {"submitted": 1}


def test_what_drifted_is_named_and_mended_at_night(lecco: Any, merate: Any, caplog: pytest.LogCaptureFixture) -> None:
    with inside(lecco):
        send(2)
    Figure.objects.filter(schema_name=lecco.schema_name, code="reporting.submitted").update(value=40)
    with as_owner():
        Figure.objects.filter(schema_name=merate.schema_name).delete()

    assert [str(drift) for drift in reconcile(lecco)] == ["c_097042: reporting.submitted was 40, is 2"]
    assert reconcile(lecco) == []
    assert "A figure drifted" in caplog.text
    Figure.objects.filter(schema_name=merate.schema_name).update(value=3)
    assert reconcile_figures() >= 0
    assert of(merate) == {}
    assert of(lecco) == {"submitted": 2}


def test_a_town_that_cannot_be_counted_does_not_stop_the_others(
    lecco: Any, merate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from campanile_tenants.public.registry import tasks

    seen: list[str] = []

    def sometimes(town: Any) -> list[Any]:
        seen.append(town.schema_name)
        if town.schema_name == lecco.schema_name:
            raise DatabaseError("gone")
        return [1]

    monkeypatch.setattr(tasks, "reconcile", sometimes)
    assert reconcile_figures() == len(seen) - 1 >= 1


def test_the_api_tells_figures_to_the_centre_and_to_the_town_itself(lecco: Any, merate: Any) -> None:
    for place, count in ((lecco, 2), (merate, 1)):
        with inside(place):
            send(count)
    operator = client(None, "operatore")
    told = ask(operator, "{ figureTotals { code label value } }")["data"]["figureTotals"]
    assert {row["code"]: row["value"] for row in told}["reporting.submitted"] == 3
    assert told[0]["label"]
    query = "{ municipalities(first: 50) { nodes { name figures(first: 9) { nodes { code value } } } } }"
    rows = ask(operator, query)["data"]["municipalities"]["nodes"]
    assert {row["name"]: sum(one["value"] for one in row["figures"]["nodes"]) for row in rows}["Lecco"] == 2
    own = "{ municipality { figures(first: 9) { nodes { code value } } } }"
    nodes = ask(client(lecco), own)["data"]["municipality"]["figures"]["nodes"]
    assert [(row["code"], row["value"]) for row in nodes if row["value"]] == [("reporting.submitted", 2)]
    assert ask(client(lecco), "{ figureTotals { code } }")["errors"]
