"""The shared API: composed, gated, committed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import graphene
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.towns import Town, ask, client, inside

from campanile_graphql import compose, kernel
from campanile_modules.reporting.models import Report
from campanile_tenants.contract.errors import DeclarationError

pytestmark = pytest.mark.django_db
CREATE = """mutation($input: ReportingCreateReportInput!) { reportingCreateReport(input: $input) {
    report { id code state title } userErrors { field code message } } }"""
INPUT = {"category": "roads", "title": "Buca", "address": "Via Roma 1", "email": "anna@example.org"}


def code_of(answer: dict[str, Any]) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "CAMPANILE_MODULES_PATH"}
    command = [sys.executable, "-c", "from campanile_platform.cli import main; main()", "schema", "--check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    committed = Path(compose.__file__).with_name("schema.graphql").read_text()
    for field in ("municipality:", "modules:", "municipalities(", "reportingReports(", "reportingCreateReport("):
        assert field in committed


def test_a_town_answers_for_itself(lecco: Town, merate: Town) -> None:
    query = "{ municipality { id istatCode name fullName population url state } modules { code isEnabled } }"
    here, there = ask(client(lecco), query)["data"], ask(client(merate), query)["data"]
    assert here["municipality"]["name"] == "Lecco"
    assert here["municipality"]["url"] == "http://lecco.localhost/"
    assert here["municipality"]["population"] == 46705
    assert here["municipality"]["id"] != there["municipality"]["id"]
    assert {"code": "reporting", "isEnabled": True} in here["modules"]


def test_the_centre_lists_its_towns_page_by_page_for_operators_only(lecco: Town) -> None:
    query = "query($after: String) { municipalities(first: 2, after: $after) { totalCount nodes { name url } pageInfo { hasNextPage endCursor } } }"
    assert code_of(ask(client(None), query)) == "UNAUTHENTICATED"
    operator = client(None, "operatore")
    first = ask(operator, query)["data"]["municipalities"]
    assert [node["name"] for node in first["nodes"]] == ["Lecco", "Mandello del Lario"]
    assert first["totalCount"] == 3
    second = ask(operator, query, after=first["pageInfo"]["endCursor"])["data"]["municipalities"]
    assert [node["name"] for node in second["nodes"]] == ["Merate"]
    assert second["pageInfo"]["hasNextPage"] is False
    with CaptureQueriesContext(connection) as queries:
        ask(operator, query)
    assert len(queries) <= 7


def test_each_host_has_its_fields(lecco: Town) -> None:
    assert code_of(ask(client(None), "{ municipality { name } }")) == "NOT_ON_THIS_HOST"
    assert code_of(ask(client(lecco), "{ municipalities(first: 1) { totalCount } }")) == "NOT_ON_THIS_HOST"


def test_a_report_is_created_once_and_listed(lecco: Town) -> None:
    browser = client(lecco)
    sent = [
        ask(browser, CREATE, input=INPUT | {"idempotencyKey": "k1"})["data"]["reportingCreateReport"] for _ in "ab"
    ]
    assert sent[0] == sent[1]
    assert sent[0]["userErrors"] == []
    assert sent[0]["report"]["title"] is None  # not public before an office takes charge
    with inside(lecco):
        assert Report.objects.get(code=sent[0]["report"]["code"]).channel == "api"
    listed = "{ reportingReports(first: 1, filterBy: {state: [SUBMITTED]}) { nodes { code title } } }"
    assert ask(client(lecco, "tecnico"), listed)["data"]["reportingReports"]["nodes"][0]["title"] == "Buca"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"category": "nope"}, "category"), ({"title": ""}, "title"), ({"address": None}, "address"), ({"email": "x"}, "email"),
     ({"title": "x" * 101}, "title"), ({"latitude": 0.0, "longitude": 0.0}, "latitude"), ({"idempotencyKey": "k" * 65}, "idempotencyKey")],
)  # fmt: skip
def test_a_wrong_input_is_a_user_error_that_names_the_field(lecco: Town, changes: dict[str, Any], field: str) -> None:
    payload = ask(client(lecco), CREATE, input=INPUT | changes)["data"]["reportingCreateReport"]
    assert payload["report"] is None
    assert field in [error["field"][0] for error in payload["userErrors"]]


def test_pages_follow_one_another_without_gaps(lecco: Town) -> None:
    browser = client(lecco)
    for n in range(7):
        ask(browser, CREATE, input=INPUT | {"title": f"Buca {n}"})
    query = "query($after: String) { reportingReports(first: 3, after: $after) { nodes { code } pageInfo { hasNextPage endCursor } } }"
    seen, after = [], None
    while True:
        page = ask(browser, query, after=after)["data"]["reportingReports"]
        seen += [node["code"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    with inside(lecco):
        assert seen == list(Report.objects.values_list("code", flat=True))


def test_cursors_and_page_sizes_of_others_are_refused(lecco: Town, merate: Town) -> None:
    query = "query($first: Int!, $after: String) { reportingReports(first: $first, after: $after) { pageInfo { endCursor } } }"
    ask(client(merate), CREATE, input=INPUT)
    foreign = ask(client(merate), query, first=1)["data"]["reportingReports"]["pageInfo"]["endCursor"]
    browser = client(lecco)
    for after in (foreign, "garbage", "W10=", "WyJhIiwgMV0="):
        assert code_of(ask(browser, query, first=1, after=after)) == "BAD_CURSOR"
    for first in (0, 101, -1):
        assert code_of(ask(browser, query, first=first)) == "BAD_PAGE_SIZE"


def test_a_list_of_reports_costs_two_queries(lecco: Town) -> None:
    browser = client(lecco)
    for _ in range(5):
        ask(browser, CREATE, input=INPUT)
    with CaptureQueriesContext(connection) as queries:
        ask(browser, "{ reportingReports(first: 5) { totalCount nodes { code category { name } } } }")
    assert len(queries) == 2


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"query": 1}', "application/json", 400),
        (b'{"query": "{ municipality { name } }", "variables": []}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"query={x}", "application/x-www-form-urlencoded", 415),
        (b'{"query": "{ nothing }"}', "application/json", 200),
        (b'{"query": "{ municipality { na\\u0000me } }"}', "application/json", 200),
        (b'{"query": "query A { municipality { name } }", "operationName": "B"}', "application/json", 400),
    ],
)
def test_what_is_no_query_is_answered_with_a_code_and_never_500(
    lecco: Town, body: bytes, content_type: str, status: int
) -> None:
    response = client(lecco).post("/graphql/", body, content_type=content_type)
    assert response.status_code == status
    assert response.json()["errors"][0]["extensions"]["code"]


def test_graphiql_is_served_in_development_only(lecco: Town, settings: Any) -> None:
    assert client(lecco).get("/graphql/").status_code == 405
    settings.GRAPHIQL = True
    page = client(lecco).get("/graphql/", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "campanile/graphiql.js" in page.content.decode()
    assert "http" not in page.content.decode().replace("http-equiv", "")


def test_a_bug_is_told_with_a_reference_and_without_its_text(lecco: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr("campanile_modules.reporting.querysets.ReportQuerySet.public", broken)
    answer = ask(client(lecco), "{ reportingReports(first: 1) { totalCount } }")
    assert code_of(answer) == "INTERNAL"
    assert "hunter2" not in str(answer)
    assert answer["errors"][0]["extensions"]["reference"] in answer["errors"][0]["message"]


def test_a_root_field_without_a_policy_does_not_build(monkeypatch: pytest.MonkeyPatch) -> None:
    class Query(graphene.ObjectType):
        policies: ClassVar = {}
        municipality = graphene.String()

        @staticmethod
        def resolve_municipality(root: Any, info: Any) -> str:
            return "x"

    monkeypatch.setattr(kernel, "Query", Query)
    with pytest.raises(DeclarationError, match="has no policy"):
        compose._root("Query")
