"""Several towns in one question: under grant only, bounded, each town in its own place, what is missing marked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campanile_graphql.across import MOST_TOWNS
from campanile_infra.database.scope import as_owner
from campanile_modules.reporting import services
from campanile_modules.reporting.models import Category
from campanile_platform.centre import access_requests
from campanile_tenants.public.registry.activation import switch_off
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.people.models import Grant
from campanile_tenants.town.people.services import grants
from tests.towns import ask, client, inside, user

QUERY = """query($first: Int!, $after: String) { townsUnderGrant(first: $first, after: $after) {
    nodes { municipality { id name istatCode } grantedUntil
        reportingReports(first: 5) { totalCount nodes { id title category { name } events(first: 2) { totalCount } } } }
    pageInfo { hasNextPage endCursor } totalCount } }"""


@pytest.fixture
def let_in(lecco: Any, merate: Any) -> list[Any]:
    """Lecco and Merate have let the colleague in as officer; each has a report that is not public."""
    for place in (lecco, merate):
        with inside(place):
            for n in range(2):
                services.submit(
                    category=Category.objects.get(code="roads"), title=f"{place.name} {n}", address="Via A"
                )
        grant = _ask(place)
        with inside(place):
            grants.approve(Grant.objects.get(pk=grant.pk), by=user("sindaco"))
    return [lecco, merate]


def _ask(place: Any) -> Grant:
    municipality = Municipality.objects.get(istat_code=place.istat_code)
    return access_requests.ask(
        municipality, user("collega"), role="officer", reason="Ticket 7", hours=2, emergency=False
    )


def towns(answer: dict[str, Any]) -> dict[str, Any]:
    return {node["municipality"]["name"]: node for node in answer["data"]["townsUnderGrant"]["nodes"]}


def test_an_operator_reads_the_lists_of_the_towns_that_let_her_in(let_in: list[Any]) -> None:
    answer = ask(client(None, "collega"), QUERY, first=20)
    assert "errors" not in answer, answer["errors"]
    found = towns(answer)
    assert list(found) == ["Lecco", "Merate"]
    for place in let_in:
        lists = found[place.name]["reportingReports"]
        assert {row["title"] for row in lists["nodes"]} == {f"{place.name} 0", f"{place.name} 1"}
        assert lists["totalCount"] == 2
        assert lists["nodes"][0]["events"]["totalCount"] == 1
        with inside(place):  # ids are the town's own: they work there and nowhere else
            query = "query($id: ID!) { node(id: $id) { id } }"
            number = lists["nodes"][0]["id"]
            assert ask(client(place), query, id=number)["data"]["node"] == {"id": number}
            entry = Entry.objects.get(action="grant.read_from_centre")
            assert (entry.actor_kind, entry.object_id) == ("operator", "reportingReports")
            assert entry.grant_id == Grant.objects.get().pk
    assert connection.schema_name == "public"


def test_pages_of_towns_are_small_and_go_on(let_in: list[Any]) -> None:
    browser = client(None, "collega")
    first = ask(browser, QUERY, first=1)["data"]["townsUnderGrant"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (2, True)
    second = ask(browser, QUERY, first=1, after=first["pageInfo"]["endCursor"])
    assert list(towns(second)) == ["Merate"]
    for bad in ({"first": MOST_TOWNS + 1}, {"first": 0}, {"first": 1, "after": "x"}):
        assert ask(browser, QUERY, **bad)["errors"][0]["extensions"]["code"] in ("BAD_PAGE_SIZE", "BAD_CURSOR")


def test_what_one_town_refuses_is_marked_and_the_others_answer(let_in: list[Any]) -> None:
    lecco, merate = let_in
    switch_off(Municipality.objects.get(istat_code=merate.istat_code), "reporting", by="test")
    directory.forget()
    answer = ask(client(None, "collega"), QUERY, first=20)
    assert towns(answer)["Merate"]["reportingReports"] is None
    assert [(e["path"], e["extensions"]["code"]) for e in answer["errors"]] == [
        (["townsUnderGrant", "nodes", 1, "reportingReports"], "MODULE_NOT_ENABLED")
    ]
    with inside(lecco):
        grants.end(Grant.objects.get(), by="test")
    answer = ask(client(None, "collega"), QUERY, first=20)
    assert towns(answer)["Lecco"]["grantedUntil"] is None
    assert [e["extensions"]["code"] for e in answer["errors"]] == ["NO_GRANT", "MODULE_NOT_ENABLED"]


def test_a_broken_town_does_not_break_the_others(let_in: list[Any]) -> None:
    _lecco, merate = let_in
    with inside(merate), as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reporting_report RENAME TO reporting_gone")
    answer = ask(client(None, "collega"), QUERY, first=20)
    assert towns(answer)["Lecco"]["reportingReports"]["totalCount"] == 2
    assert towns(answer)["Merate"]["reportingReports"] is None
    assert [e["extensions"]["code"] for e in answer["errors"]] == ["INTERNAL"]


def test_nobody_else_sees_a_town_there(let_in: list[Any]) -> None:
    assert towns(ask(client(None, "operatore"), QUERY, first=20)) == {}, "another operator has no grant"
    assert ask(client(None, "revisore"), QUERY, first=20)["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert ask(client(let_in[0], "sindaco"), QUERY, first=20)["errors"][0]["extensions"]["code"] == "NOT_ON_THIS_HOST"


def test_queries_grow_with_the_towns_of_the_page_only(let_in: list[Any]) -> None:
    browser = client(None, "collega")
    ask(browser, QUERY, first=1)
    with CaptureQueriesContext(connection) as one:
        ask(browser, QUERY, first=1)
    with CaptureQueriesContext(connection) as two:
        ask(browser, QUERY, first=2)
    assert len(two) - len(one) <= 14, [row["sql"][:100] for row in two]


def test_the_price_counts_the_towns(let_in: list[Any]) -> None:
    told = ask(client(None, "collega"), QUERY, first=20)["extensions"]["cost"]
    assert told["requested"] == 1 + 20 * (1 + 1 + 1 + 5 * (1 + 1 + 1))


def test_a_municipality_tells_its_modules(lecco: Any) -> None:
    query = "{ municipalities(first: 50) { nodes { name activations(first: 9) { nodes { module } } } } }"
    rows = ask(client(None, "operatore"), query)["data"]["municipalities"]["nodes"]
    assert {row["name"]: [one["module"] for one in row["activations"]["nodes"]] for row in rows} == {
        "Lecco": ["reporting"], "Mandello del Lario": [], "Merate": ["reporting"],
    }  # fmt: skip
