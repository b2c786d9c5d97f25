"""Every field of the schema, asked by everybody who could ask; and what each may cost in queries."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from campanile_graphql import limits
from campanile_graphql.compose import object_types, roots, schema
from campanile_graphql.documents import documents
from campanile_modules.reporting import services
from campanile_modules.reporting.models import Category, ReportEvent
from campanile_modules.reporting.states import State
from campanile_tenants.contract.access import Audience, Host
from campanile_tenants.kit.api import deprecated, public_id
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.api.models import DeprecatedUse
from campanile_tenants.town.people.models import Grant
from tests.test_crossing import document
from tests.test_grants import enter
from tests.towns import ask, client, inside, listen, town, user

BUDGETS: dict[str, int] = json.loads(Path(__file__).with_name("queries.json").read_text())


@pytest.fixture(scope="module")
def world(one_transaction: None) -> dict[str, Client]:
    """A town with 50 reports that have a history, and with alerts; browsers of everybody who could ask."""
    lecco, merate = town("097042"), town("097048")
    for module in ("alerts", "newsletters"):
        switch_on(lecco, module, by="test")
    directory.forget()
    with inside(lecco):
        category, officer = Category.objects.get(code="roads"), user("sindaco")
        for n in range(50):
            report = services.submit(category=category, title=f"Buca {n}", address=f"Via {n}")
            if n % 2:
                services.take_charge(report, by=officer)
            if n % 4 == 1:
                services.note(report, by=officer, text="solo per noi")
    return {who: asker(lecco, merate, who) for who in WHO}


@pytest.fixture
def reports(world: None, db: None) -> Any:
    """The town of that world."""
    return town("097042")


# -- everybody ------------------------------------------------------------------------------------


def everything(type_: Any, depth: int = 4, mark: str = "") -> str:
    """A selection of every field below a type, as deep as it goes; `mark` keeps fields of several types apart."""
    if isinstance(type_, GraphQLInterfaceType):
        return "{ id __typename " + " ".join(
            f"... on {name} {everything(schema().graphql_schema.type_map[name], depth, f'{name}_')}" for name in object_types()
        ) + "}"  # fmt: skip
    parts = ["__typename"]
    for name, field in type_.fields.items():
        inner = get_named_type(field.type)
        arguments = "(first: 2)" if "first" in field.args else ""
        shown = f"{mark}{name}: {name}" if mark else name
        if is_leaf_type(inner):
            parts.append(shown)
        elif depth and isinstance(inner, GraphQLObjectType):
            parts.append(f"{shown}{arguments} {everything(inner, depth - 1)}")
    return "{" + " ".join(parts) + "}"


def whole(kind: str, name: str) -> str:
    """A document that asks a root field for all it has."""
    graphql_schema = schema().graphql_schema
    types = {"Query": graphql_schema.query_type, "Mutation": graphql_schema.mutation_type}
    root = types.get(kind, graphql_schema.subscription_type)
    field = root.fields[name]
    text = document(kind.lower(), name)
    inner = get_named_type(field.type)
    if is_leaf_type(inner):
        return text
    if "first" in field.args:
        text = text.replace(name, f"{name}(first: 5)", 1)
    return text.replace("{ __typename }", everything(inner))


STRANGERS = ("", "cittadina", "other town", "without grant")
WHO = (*STRANGERS, "lettore", "tecnico", "sindaco", "operator", "under grant")
ROOTS = sorted((root.kind, name) for name, root in roots().items())


@pytest.mark.parametrize(("kind", "name"), ROOTS)
@pytest.mark.parametrize("who", WHO)
def test_each_field_answers_each_person_as_its_policy_says(
    world: dict[str, Client], reports: Any, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, who: str
) -> None:
    for key, budget in limits.BUDGETS.items():
        monkeypatch.setitem(limits.BUDGETS, key, limits.Budget(budget.name, 10**6, 10**9))
    policy = roots()[name].policy
    browser = world[who]
    answer = listen(browser, whole(kind, name)) if kind == "Subscription" else ask(browser, whole(kind, name))
    told = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert not told & {"INTERNAL", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"}, answer["errors"]
    at_centre = who == "operator"
    if policy.host is not Host.BOTH and (policy.host is Host.CENTRE) is not at_centre:
        assert told == {"NOT_ON_THIS_HOST"}
        return
    if policy.audience is Audience.ANYONE:
        assert not told & {"UNAUTHENTICATED", "FORBIDDEN"}
    elif who in ("", "other town", "without grant"):
        assert told == {"UNAUTHENTICATED"}
    if name == "reportingReports":
        shown = [row["title"] for row in answer["data"][name]["nodes"]]
        assert (None in shown) is (who in STRANGERS), "what is not public yet"
        assert "solo per noi" not in json.dumps(answer)


def asker(place: Any, other: Any, who: str) -> Client:
    """A browser of somebody; "other town" brings the session of another town's mayor, "without grant" a console's."""
    if who == "operator":
        return client(None, "operatore")
    if who == "under grant":
        reason = {"reason": "Ticket 12", "role": "officer", "hours": "2"}
        assert client(None, "collega").post("/accessi/chiedi/097042/", reason).status_code == 302
        with inside(place):
            number = Grant.objects.get().pk
        client(place, "sindaco").post(f"/ufficio/accessi/{number}/approva/")
        return enter(place)[0]
    if who in ("other town", "without grant"):
        theirs = client(other, "sindaco") if who == "other town" else client(None, "collega")
        here = client(place)
        here.cookies = theirs.cookies
        return here
    return client(place, who)


def test_every_type_with_an_id_is_found_by_it_in_its_town_and_nowhere_else(reports: Any, merate: Any) -> None:
    with inside(reports):
        report = services.readable(user("sindaco")).first()
        assert report is not None
        ids = [public_id("ReportingReport", report.pk), public_id("ReportingCategory", report.category_id)]
        stranger = public_id("ReportingPhoto", "1")
    query = (
        "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on ReportingReport { code category { code } } } }"
    )
    found = ask(client(reports), query, ids=[*ids, stranger, "x", ids[0]])["data"]["nodes"]
    assert [row["__typename"] if row else None for row in found] == [
        "ReportingReport", "ReportingCategory", None, None, "ReportingReport",
    ]  # fmt: skip
    assert found[0]["code"] == report.code
    assert ask(client(merate, "sindaco"), query, ids=ids)["data"]["nodes"] == [None, None]
    one = "query($id: ID!) { node(id: $id) { id } }"
    assert ask(client(reports), one, id=ids[0])["data"]["node"]["id"] == ids[0]
    assert ask(client(merate), one, id=ids[0])["data"]["node"] is None


# -- queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", BUDGETS)
def test_a_field_keeps_its_query_budget(reports: Any, query: str) -> None:
    policy = roots()[re.split(r"[^a-zA-Z]", query)[0]].policy
    browser = client(reports, "sindaco" if policy.permission else "")
    ask(browser, "{ __typename }")
    with CaptureQueriesContext(connection) as queries:
        answer = ask(browser, f"{{ {query} }}")
    assert "errors" not in answer, answer
    assert len(queries) <= BUDGETS[query], [row["sql"][:90] for row in queries]


def test_every_root_list_has_a_query_budget() -> None:
    missing = [
        name
        for name, root in roots().items()
        if root.kind == "Query"
        and root.policy.host is not Host.CENTRE
        and not any(q.startswith(name) for q in BUDGETS)
    ]
    known = {"noticeboardTexts", "bulkJobs"}  # the second is for whoever has jobs: tests/api/test_bulk.py
    assert set(missing) <= known, f"add {missing} to tests/api/queries.json"


# -- lists inside objects -------------------------------------------------------------------------


def test_lists_inside_objects_have_pages_of_their_own(reports: Any) -> None:
    with inside(reports):
        report = services.submit(category=Category.objects.get(code="roads"), title="Lunga", address="Via A")
        officer = user("sindaco")
        services.take_charge(report, by=officer)
        for n in range(4):
            services.answer(report, by=officer, text=f"Risposta {n}")
        services.note(report, by=officer, text="interna")
        number = public_id("ReportingReport", report.pk)
    query = (
        "query($id: ID!, $after: String) { node(id: $id) { ... on ReportingReport { events(first: 4, after: $after) "
        "{ totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { kind text } } } } }"
    )
    first = ask(client(reports), query, id=number)["data"]["node"]["events"]
    assert first["totalCount"] == 6
    assert first["pageInfo"]["hasNextPage"] is True
    second = ask(client(reports), query, id=number, after=first["pageInfo"]["endCursor"])["data"]["node"]["events"]
    assert [row["text"] for row in first["nodes"] + second["nodes"]][2:] == [f"Risposta {n}" for n in range(4)]
    assert second["pageInfo"]["hasPreviousPage"] is True
    with inside(reports):
        assert ReportEvent.objects.filter(report=report, kind="note").exists()
    many = "query($after: String) { reportingReports(first: 2) { nodes { events(first: 1, after: $after) { nodes { kind } } } } }"
    assert (
        ask(client(reports), many, after=first["pageInfo"]["endCursor"])["errors"][0]["extensions"]["code"]
        == "BAD_CURSOR"
    )


def test_a_list_can_be_read_from_its_end_and_in_another_order(reports: Any) -> None:
    browser = client(reports)
    forwards = ask(browser, "{ reportingReports(first: 100) { nodes { code } } }")["data"]["reportingReports"]["nodes"]
    query = "query($before: String) { reportingReports(last: 20, before: $before) { nodes { code } pageInfo { hasPreviousPage startCursor } } }"
    seen: list[Any] = []
    before = None
    while True:
        page = ask(browser, query, before=before)["data"]["reportingReports"]
        seen = page["nodes"] + seen
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert seen == forwards
    ordered = "{ reportingReports(first: 100, orderBy: {field: CODE, direction: ASC}) { nodes { code } } }"
    codes = [row["code"] for row in ask(browser, ordered)["data"]["reportingReports"]["nodes"]]
    assert codes == sorted(codes)
    for bad in ("", "first: 1, last: 1", "first: null", "last: 0"):
        arguments = f"({bad})" if bad else ""
        refused = ask(browser, f"{{ reportingReports{arguments} {{ totalCount }} }}")
        assert refused["errors"][0]["extensions"]["code"] == "BAD_PAGE_SIZE"


def test_filters_narrow_a_list(reports: Any) -> None:
    def count(filters: str) -> int:
        answer = ask(client(reports), f"{{ reportingReports(first: 1, filterBy: {filters}) {{ totalCount }} }}")
        return int(answer["data"]["reportingReports"]["totalCount"])

    assert count("{state: [SUBMITTED]}") == 25
    assert count("{state: [SUBMITTED, IN_CHARGE]}") == 50
    assert count("{state: []}") == 0
    assert count('{category: ["lights"]}') == 0
    assert count('{createdFrom: "2020-01-01T00:00:00+01:00"}') == 50
    assert count('{createdBefore: "2020-01-01T00:00:00+01:00"}') == 0
    naive = ask(
        client(reports),
        '{ reportingReports(first: 1, filterBy: {createdFrom: "2020-01-01T00:00:00"}) { totalCount } }',
    )
    assert "time zone" in naive["errors"][0]["message"]


# -- idempotency and deprecation ------------------------------------------------------------------

CREATE = """mutation($input: ReportingCreateReportInput!) { reportingCreateReport(input: $input) {
    report { code title } userErrors { field code message } } }"""
INPUT = {"category": "roads", "title": "Buca", "address": "Via Roma 1", "idempotencyKey": "abc"}


def test_a_key_answers_again_only_for_the_same_person_and_the_same_input(lecco: Any) -> None:
    first = ask(client(lecco), CREATE, input=INPUT)["data"]["reportingCreateReport"]
    again = ask(client(lecco), CREATE, input=INPUT)["data"]["reportingCreateReport"]
    assert first == again
    assert first["report"]
    other = ask(client(lecco), CREATE, input=INPUT | {"title": "Altra"})["data"]["reportingCreateReport"]
    assert other["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"
    somebody = ask(client(lecco, "tecnico"), CREATE, input=INPUT)["data"]["reportingCreateReport"]
    assert somebody["report"]["code"] != first["report"]["code"]


def test_a_key_whose_call_was_refused_can_be_used_again(lecco: Any) -> None:
    refused = ask(client(lecco), CREATE, input=INPUT | {"title": ""})["data"]["reportingCreateReport"]
    assert refused["userErrors"][0]["field"] == ["title"]
    assert ask(client(lecco), CREATE, input=INPUT)["data"]["reportingCreateReport"]["report"]


def test_a_deprecated_field_says_when_it_goes_and_is_counted(lecco: Any) -> None:
    reason = deprecated("Use state.", removed_after=date(2027, 6, 30))
    assert reason == "Use state. Removed after 2027-06-30."
    field: Any = schema().graphql_schema.type_map["ReportingReport"].fields["address"]
    documents.clear()
    field.deprecation_reason = reason
    try:
        for _time in range(3):
            ask(client(lecco), "{ reportingReports(first: 1) { nodes { address } } }")
    finally:
        field.deprecation_reason = None
        documents.clear()
    with inside(lecco):
        assert DeprecatedUse.objects.get().requests == 3
        assert DeprecatedUse.objects.get().field == "ReportingReport.address"


def test_the_state_enum_of_the_api_knows_all_states() -> None:
    values = set(schema().graphql_schema.type_map["ReportingReportState"].values)  # type: ignore[union-attr]
    assert values == {state.name for state in State}
