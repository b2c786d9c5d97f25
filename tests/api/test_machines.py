"""Apps from outside: their own queries by id, tokens for trying out, fields on their way out, OpenAPI."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from openapi_spec_validator import validate

from campanile_graphql import openapi, trusted
from campanile_modules.reporting.models import Report
from campanile_tenants.contract.errors import DeclarationError
from campanile_tenants.kit.api.documents import document_id
from campanile_tenants.kit.api.user_errors import error_codes
from campanile_tenants.public.registry.models import UsageEvent
from campanile_tenants.town.api.services import count_deprecated, deprecated_uses
from campanile_tenants.town.delivery.models import Message
from campanile_tenants.town.people.models import ApiToken, User
from campanile_tenants.town.people.services import tokens
from tests.api.test_fields import CREATE, INPUT
from tests.towns import ask, client, inside, town, user

REGISTER = """mutation($input: RegisterDocumentsInput!) { registerDocuments(input: $input) {
    registered { documentId cost } userErrors { field code message } } }"""
QUERY = "query Mine($n: Int!) { reportingReports(first: $n) { nodes { code } } }"


def token(place: Any, *permissions: str, sandbox: bool = False) -> tuple[ApiToken, str]:
    with inside(place):
        until = timezone.now() + timedelta(days=9)
        return tokens.make("App", list(permissions), expires_at=until, by=user("sindaco"), sandbox=sandbox)


def by_token(place: Any, text: str, query: str, **variables: Any) -> dict[str, Any]:
    told = client(place).post("/graphql/", {"query": query, "variables": variables}, content_type="application/json",
                              headers={"Authorization": f"Bearer {text}"})  # fmt: skip
    return dict(told.json())


def test_an_app_registers_its_queries_and_strangers_ask_for_them_by_id(lecco: Any, merate: Any) -> None:
    row, text = token(lecco, "api.register_documents")
    told = by_token(lecco, text, REGISTER, input={"documents": [QUERY]})["data"]["registerDocuments"]
    number = document_id(QUERY)
    assert told["registered"] == [{"documentId": number, "cost": 1 + 100}]
    asked = {"documentId": number, "variables": '{"n": 3}'}
    assert client(lecco).get("/graphql/", asked).json()["data"] == {"reportingReports": {"nodes": []}}
    assert client(merate).get("/graphql/", asked).status_code == 404, "of another town"
    with inside(lecco):
        tokens.revoke(row)
        trusted.forget(number)
    assert client(lecco).get("/graphql/", asked).status_code == 404, "an app that may no longer come in"


def test_what_cannot_run_or_costs_too_much_is_not_registered(lecco: Any) -> None:
    _row, text = token(lecco, "api.register_documents")
    dear = "{ reportingReports(first: 100) { nodes { events(first: 30) { nodes { kind } } } } }"
    for bad in ("{", "{ nothing }", "query A { __typename } query B { __typename }", dear):
        told = by_token(lecco, text, REGISTER, input={"documents": [QUERY, bad]})["data"]["registerDocuments"]
        assert told["registered"] is None
        assert told["userErrors"][0]["code"] == "BAD_DOCUMENT"
        assert " 2 " in told["userErrors"][0]["message"]
    assert client(lecco).get("/graphql/", {"documentId": document_id(QUERY)}).status_code == 404
    none = by_token(lecco, text, REGISTER, input={"documents": []})["data"]["registerDocuments"]
    assert none["userErrors"][0]["field"] == ["documents"]


def test_only_machines_with_that_permission_register(lecco: Any) -> None:
    _row, other = token(lecco, "reporting.view_report")
    refused = by_token(lecco, other, REGISTER, input={"documents": [QUERY]})
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    mayor = ask(client(lecco, "sindaco"), REGISTER, input={"documents": [QUERY]})
    assert mayor["errors"][0]["extensions"]["code"] == "FORBIDDEN", "a person is no app"


def test_a_token_for_trying_out_is_answered_and_leaves_nothing(lecco: Any) -> None:
    _row, text = token(lecco, sandbox=True)
    with inside(lecco):
        before = (Report.objects.count(), Message.objects.count(), UsageEvent.objects.count())
    told = by_token(lecco, text, CREATE, input=INPUT | {"email": "anna@example.org"})
    assert told["data"]["reportingCreateReport"]["report"]["code"]
    assert told["extensions"]["sandbox"] is True
    again = by_token(lecco, text, CREATE, input=INPUT | {"email": "anna@example.org"})
    assert (
        again["data"]["reportingCreateReport"]["report"]["code"]
        != told["data"]["reportingCreateReport"]["report"]["code"]
    )
    with inside(lecco):
        assert (Report.objects.count(), Message.objects.count(), UsageEvent.objects.count()) == before
    wrong = by_token(lecco, text, CREATE, input=INPUT | {"category": "none"})
    assert wrong["data"]["reportingCreateReport"]["userErrors"][0]["code"] == "INVALID_CHOICE"


def test_outdated_fields_are_counted_by_who_asks_for_them(lecco: Any) -> None:
    row, _text = token(lecco, "reporting.view_report")
    with inside(lecco):
        for caller in (row.user_id, row.user_id, None):
            count_deprecated({"ReportingReport.place": "Use address. Removed after 2027-06-30."}, caller)
        uses = list(deprecated_uses())
    assert [(use["caller__full_name"], use["total"]) for use in uses] == [("App", 2), (None, 1)]
    page = client(lecco, "sindaco").get("/ufficio/token/").content.decode()
    assert "ReportingReport.place" in page
    assert "Removed after 2027-06-30." in page


def test_user_errors_bear_one_of_the_codes_of_the_enum(lecco: Any) -> None:
    assert {"REQUIRED", "REPORT_PHOTO_REFUSED", "IDEMPOTENCY_KEY_REUSED", "NOT_FOUND"} <= set(error_codes())
    assert "FORBIDDEN" not in error_codes(), "an error of the request, not of the input"
    told = ask(client(lecco), CREATE, input=INPUT | {"title": "x" * 101, "latitude": 1.0, "email": "x"})
    found = {error["field"][0]: error["code"] for error in told["data"]["reportingCreateReport"]["userErrors"]}
    assert found == {"title": "MAX_LENGTH", "latitude": "MIN_VALUE", "email": "INVALID"}


@pytest.mark.parametrize("code", ["097042", "097046"])
def test_the_openapi_of_a_town_is_valid_and_tells_what_is_on(db: None, code: str) -> None:
    place = town(code)
    told = client(place).get("/graphql/openapi.json").json()
    validate(told)
    assert "/graphql/file/{signed}" in told["paths"]
    assert ("/segnalazioni/mappa.geojson" in told["paths"]) is (code == "097042")


def test_a_description_of_a_page_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(openapi.HOUSE, "no:page", {"get": {}})
    with pytest.raises(DeclarationError, match="no page"):
        openapi.description(set(), "http://x")


def test_the_page_of_tokens_makes_one_for_trying_out(lecco: Any) -> None:
    browser = client(lecco, "sindaco")
    sent = {"name": "Prova", "sandbox": "on", "expires_on": f"{timezone.localdate() + timedelta(days=9)}"}
    page = browser.post("/ufficio/token/", sent).content.decode()
    assert "camp_c_097042_" in page
    assert "solo per prove" in page
    refused = browser.post("/ufficio/token/", sent | {"sandbox": ""})
    assert refused.status_code == 422, "a real token is for something"
    with inside(lecco):
        assert User.objects.filter(full_name="Prova").count() == 1
    assert json.dumps(page).count("camp_c_097042_") == 1
