"""GraphQL over HTTP: graphql-http's audits, content types, trusted documents, limits and attacks."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from typing import Any

import pytest
from django.db.models.expressions import RawSQL
from django.test import Client

from campanile_graphql import limits, trusted
from campanile_graphql.compose import roots
from campanile_graphql.documents import documents
from campanile_graphql.requests import GRAPHQL_JSON
from tests.api.conftest import ASSETS
from tests.towns import ask, client

TYPENAME = '{"query": "{ __typename }"}'


def test_the_audits_of_graphql_over_http_find_nothing(lecco: Any, served: int, node: str, settings: Any) -> None:
    settings.GRAPHQL_INTROSPECTION = True  # as in the trial; two audits ask for a type, which strangers may not
    url = f"http://lecco.localhost:{served}/graphql/"
    done = subprocess.run(
        [node, "graphql-audit.mjs", url], cwd=ASSETS, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["total"] >= 61
    assert not [row for row in told["bad"] if row["status"] != "notice"], told["bad"]


def send(browser: Client, body: Any, **headers: str) -> Any:
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    return browser.post("/graphql/", raw, content_type="application/json", headers=headers)


def code(response: Any) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize(("accept", "status", "kind"), [
    ("application/json", 200, "application/json"), (GRAPHQL_JSON, 200, GRAPHQL_JSON), ("*/*", 200, "application/json"),
    ("", 200, "application/json"), (f"{GRAPHQL_JSON}; q=0.9, application/json", 200, GRAPHQL_JSON),
    ("text/plain", 406, "application/json"),
])  # fmt: skip
def test_the_media_type_is_negotiated(lecco: Any, accept: str, status: int, kind: str) -> None:
    response = send(client(lecco), TYPENAME, accept=accept)
    assert response.status_code == status
    assert response["Content-Type"] == f"{kind}; charset=utf-8"


@pytest.mark.parametrize(("body", "status", "expected"), [
    ({"query": "{ nothing }"}, 400, "GRAPHQL_VALIDATION_FAILED"), ({"query": "{"}, 400, "GRAPHQL_PARSE_FAILED"),
    ({"query": "query A { __typename }", "operationName": "B"}, 400, "OPERATION_UNKNOWN"),
    ({"query": "query A { __typename } query B { __typename }"}, 400, "OPERATION_NAME_MISSING"),
    ({"query": "fragment F on Query { __typename }"}, 400, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "query($a: Int!) { reportingReports(first: $a) { totalCount } }", "variables": {"a": "x"}}, 400,
     "BAD_USER_INPUT"),
    ({"query": "{ __typename }", "variables": {"a": "b\0c"}}, 400, "BAD_CHARACTER"),
    ({"documentId": "sha256:0"}, 404, "DOCUMENT_UNKNOWN"), ({"documentId": 7}, 404, "DOCUMENT_UNKNOWN"),
    (b"\xff", 400, "BAD_JSON"), (b'{"query": "\\ud800"}', 400, "BAD_JSON"), (b"[" * 5000, 400, "BAD_JSON"), (b"7", 400, "BAD_REQUEST"),
    ({"query": "subscription { x }"}, 400, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": "subscription { reportingReportChanged { code } }"}, 406, "NOT_ACCEPTABLE"),
])  # fmt: skip
def test_what_is_wrong_with_a_request_has_a_code(lecco: Any, body: Any, status: int, expected: str) -> None:
    response = send(client(lecco), body, accept=GRAPHQL_JSON)
    assert (response.status_code, code(response)) == (status, expected)
    assert "Traceback" not in response.content.decode()


def test_content_types_and_methods_that_are_none(lecco: Any) -> None:
    browser = client(lecco)
    assert browser.post("/graphql/", TYPENAME, content_type="text/plain").status_code == 415
    assert browser.post("/graphql/", TYPENAME, content_type="application/json; charset=latin-1").status_code == 415
    assert browser.get("/graphql/", {"query": "{ __typename }"})["Allow"] == "POST"
    assert browser.put("/graphql/").status_code == 405


def aliases(count: int) -> str:
    return "{" + " ".join(f"a{n}: __typename" for n in range(count)) + "}"


def deep(levels: int) -> str:
    return (
        "{ reportingReports(first: 1) { nodes { category { " * 1
        + "".join(f"... on ReportingCategory {{ a{n}: __typename " for n in range(levels))
        + "}" * levels
        + "} } } }"
    )


def nested(levels: int) -> str:
    return "{ x " * levels + "}" * levels


LISTS = (
    "{ reportingReports(first: 30) { nodes { events(first: 30) { nodes { kind } } photos(first: 30) { nodes { url } }"
    " again: events(first: 30) { edges { node { text } } } } } }"
)
ATTACKS = {
    "1,000 aliases": ({"query": aliases(1000)}, "TOO_MANY_TOKENS"),
    "600 aliases": ({"query": aliases(600)}, "TOO_MANY_ALIASES"),
    "lists in lists": ({"query": LISTS}, "TOO_EXPENSIVE"),
    "a fragment in itself": ({"query": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"},
                             "FRAGMENT_CYCLE"),
    "depth 50": ({"query": nested(50)}, "TOO_DEEP"),
    "depth 600": ({"query": nested(600)}, "TOO_DEEP"),
    "10,000 directives": ({"query": "{ __typename " + "@a" * 10_000 + " }"}, "TOO_MANY_TOKENS"),
    "200 directives": ({"query": "{ __typename " + "@skip(if: false)" * 200 + " }"}, "TOO_MANY_DIRECTIVES"),
    "a batch of 1,000": ([{"query": "{ __typename }"}] * 1000, "BATCH_REFUSED"),
    "5 MB of variables": ({"query": "{ __typename }", "variables": {"a": "x" * 5_000_000}}, "BODY_TOO_LARGE"),
    "100 kB of variables": ({"query": "{ __typename }", "variables": {"a": "x" * 100_000}}, "VARIABLES_TOO_LARGE"),
    "fragments that double": ({"query": "{ ...F0 } " + " ".join(
        f"fragment F{n} on Query {{ ...F{n + 1} x{n}: __typename ...F{n + 1} }}" for n in range(40)
    ) + " fragment F40 on Query { municipality { name } }"}, "TOO_MANY_ALIASES"),
    "many root fields": ({"query": "{" + "municipality { name } " * 25 + "}"}, "TOO_MANY_ROOT_FIELDS"),
    "60,000 characters": ({"query": "#" * 60_000 + "\n{ __typename }"}, "QUERY_TOO_LONG"),
    "a list without a size": ({"query": "query($n: Int) { reportingReports(first: $n) { nodes { events(first: $n) "
                               "{ nodes { kind } } } } }", "variables": {"n": 10**9}}, "TOO_EXPENSIVE"),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_with_its_cost_before_anything_runs(
    lecco: Any, name: str, django_assert_num_queries: Any
) -> None:
    body, expected = ATTACKS[name]
    browser = client(lecco)
    send(browser, TYPENAME)
    documents.clear()
    raw = json.dumps(body)
    with django_assert_num_queries(0):
        started = time.perf_counter()
        response = send(browser, raw, accept=GRAPHQL_JSON)
        took = time.perf_counter() - started
    assert response.status_code in (400, 413)
    assert code(response) == expected
    assert response.json()["extensions"]["cost"]
    assert took < 1, "the exact limit is measured by `campanile bench graphql`"


def test_the_answer_says_what_it_cost_and_what_is_left(lecco: Any) -> None:
    browser = client(lecco)
    query = "{ reportingReports(first: 10) { nodes { code category { name } } } municipality { name } }"
    response = send(browser, {"query": query})
    cost = response.json()["extensions"]["cost"]
    assert cost["requested"] == 1 + 10 * (1 + 1) + 1
    assert cost["limit"] == 500
    assert response["RateLimit-Policy"] == '"points";q=3000;w=60'
    assert response["RateLimit"].startswith(f'"points";r={cost["remaining"]};t=')


def test_points_are_used_up_by_the_minute_and_for_oneself(lecco: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.BUDGETS, "", limits.Budget("anonymous", 500, 30))
    query = {"query": "{ reportingReports(first: 9) { nodes { code } } }"}
    browser = client(lecco)
    assert [send(browser, query).status_code for _time in range(4)] == [200, 200, 200, 429]
    refused = send(browser, query)
    assert code(refused) == "RATE_LIMITED"
    assert 0 < int(refused["Retry-After"]) <= 60
    assert send(client(lecco, "tecnico"), query).status_code == 200


def test_staff_may_ask_for_more_than_strangers(lecco: Any) -> None:
    query = {"query": "{ reportingReports(first: 100) { nodes { events(first: 5) { nodes { kind } } } } }"}
    assert code(send(client(lecco), query, accept=GRAPHQL_JSON)) == "TOO_EXPENSIVE"
    assert send(client(lecco, "tecnico"), query).status_code == 200


def test_introspection_and_suggestions_are_not_for_strangers(lecco: Any) -> None:
    schema = {"query": "{ __schema { types { name } } }"}
    assert code(send(client(lecco), schema, accept=GRAPHQL_JSON)) == "INTROSPECTION_OFF"
    assert code(send(client(lecco, "cittadina"), schema, accept=GRAPHQL_JSON)) == "INTROSPECTION_OFF"
    assert "errors" not in send(client(lecco, "tecnico"), schema).json()
    told = send(client(lecco), {"query": "{ municipalty { name } }"}).json()
    assert "Did you mean" not in str(told)


def test_a_trusted_document_is_asked_for_by_its_digest_and_kept_by_caches(lecco: Any) -> None:
    text = next(text for text in trusted.trusted_documents().values() if "reportingReports" in text)
    number = trusted.document_id(text)
    browser = client(lecco)
    answer = browser.get("/graphql/", {"documentId": number, "variables": '{"first": 3}'})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "public, max-age=60"
    assert "nodes" in answer.json()["data"]["reportingReports"]
    again = browser.get(
        "/graphql/", {"documentId": number, "variables": '{"first": 3}'}, headers={"if-none-match": answer["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    mine = client(lecco, "tecnico").get("/graphql/", {"documentId": number, "variables": '{"first": 3}'})
    assert mine["Cache-Control"] == "private, no-cache"
    posted = send(browser, {"documentId": number, "variables": {"first": 3}})
    assert posted.json()["data"] == answer.json()["data"]
    assert posted["Cache-Control"] == "no-store"
    assert browser.get("/graphql/", {"documentId": number, "variables": "{"}).status_code == 400


def test_a_slow_statement_is_cancelled_and_said_so(
    lecco: Any, served: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GRAPHQL_STATEMENT_SECONDS = 0.2
    slow = RawSQL("SELECT pg_sleep(5)::text", [])
    declared: Any = roots()["reportingCategories"].field
    kept = declared.source
    monkeypatch.setattr(declared, "source", lambda context: kept(context).annotate(_slow=slow).exclude(_slow="x"))
    for selection in ("nodes { code }", "nodes { code @include(if: true) }"):
        started = time.perf_counter()
        answer = over_the_wire(served, f"{{ reportingCategories(first: 1) {{ {selection} }} }}")
        assert answer["errors"][0]["extensions"]["code"] == "TIMEOUT"
        assert time.perf_counter() - started < 3


def over_the_wire(port: int, query: str) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql/", json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json", "Host": f"lecco.localhost:{port}"},
    )  # fmt: skip
    with urllib.request.urlopen(request) as answer:
        return dict(json.loads(answer.read()))


def test_a_request_without_time_left_stops_before_the_next_field(lecco: Any, settings: Any) -> None:
    settings.GRAPHQL_REQUEST_SECONDS = -1
    answer = ask(client(lecco), "{ municipality { name } }")
    assert answer["errors"][0]["extensions"]["code"] == "TIMEOUT"


def test_documents_that_are_kept_take_bounded_room(lecco: Any) -> None:
    documents.clear()
    for number in range(60):
        documents.get(f"{{ __typename }} #{number:03} " + "x" * 40_000)
    assert documents._characters <= 1_000_000
    assert 0 < len(documents._kept) < 60
    documents.clear()


@pytest.mark.django_db
@pytest.mark.parametrize("literal", ["\\u0000", "a\\u0000b"])
def test_a_null_byte_in_a_literal_is_refused_like_one_in_a_variable(lecco: Any, literal: str) -> None:
    query = f'mutation {{ reportingWithdraw(input: {{code: "{literal}", secret: "x"}}) {{ userErrors {{ code }} }} }}'
    answer = ask(client(lecco), query)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_CHARACTER", answer
    harmless = query.replace("\\u", "\\\\u")
    assert ask(client(lecco), harmless)["errors"][0]["extensions"]["code"] != "BAD_CHARACTER"


@pytest.mark.django_db
def test_a_null_byte_in_an_address_or_a_form_is_a_bad_request(lecco: Any) -> None:
    browser = client(lecco, "tecnico")
    for path in (
        "/segnalazioni/?tipo=%00",
        "/cerca/?cerca=a%00",
        "/segnalazioni/ufficio/?cerca=%00",
        "/segnalazioni/A%00/",
    ):
        assert browser.get(path).status_code == 400, path
    form = "code=%00&secret=x"
    assert (
        browser.post("/segnalazioni/segui/", form, content_type="application/x-www-form-urlencoded").status_code == 400
    )
