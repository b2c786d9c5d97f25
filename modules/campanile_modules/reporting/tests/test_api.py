"""The API's verbs: what an officer, a citizen and a machine do there, and what it refuses by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.towns import Town, ask, client, inside, user

from campanile_modules.reporting import services
from campanile_modules.reporting.models import Report
from campanile_modules.reporting.states import State
from campanile_modules.reporting.tests.making import category, in_state, move, report
from campanile_tenants.town.people.models import Office

pytestmark = pytest.mark.django_db


_WRITE = "mutation($input: ReportingWriteInput!) { reportingWrite(input: $input) { report { code } } }"
_SHARED = {
    "reportingAnswerReport": "ReportingTextInput", "reportingNote": "ReportingTextInput",
    "reportingAskCitizen": "ReportingTextInput", "reportingWithdraw": "ReportingAuthorInput",
    "reportingGiveOpinion": "ReportingOpinionInput",
}  # fmt: skip


def do(browser: Any, name: str, **given: Any) -> dict[str, Any]:
    """Runs one mutation; returns its payload."""
    kind = _SHARED.get(name, f"R{name[1:]}Input")
    what = "done" if name == "reportingWithdraw" else "report { code state }"
    query = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {what} userErrors {{ field code }} }} }}"
    answer = ask(browser, query, input=given)
    assert "errors" not in answer, answer
    return dict(answer["data"][name])


def test_an_officer_works_a_report_off(lecco: Town) -> None:
    with inside(lecco):
        Office.objects.create(code="strade", name="Strade")
        one, other = report(), report(title="La stessa")
    mayor = client(lecco, "sindaco")
    day = (timezone.localdate() + timedelta(days=4)).isoformat()
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("reportingAssign", {"office": "strade", "text": "Ai colleghi"}, "ASSIGNED"),
        ("reportingTakeCharge", {"publish": False}, "IN_CHARGE"), ("reportingAnswerReport", {"text": "Vediamo"}, "IN_CHARGE"),
        ("reportingNote", {"text": "Ricordare"}, "IN_CHARGE"), ("reportingPlan", {"day": day}, "PLANNED"),
        ("reportingAskCitizen", {"text": "Quale?"}, "WAITING_CITIZEN"),
        ("reportingForward", {"whom": "Provincia", "text": "È loro"}, "FORWARDED"),
        ("reportingMerge", {"into": other.code}, "DUPLICATE"), ("reportingReopen", {}, "IN_CHARGE"),
        ("reportingClose", {"outcome": "CLOSED_NO_ACTION", "reason": "NOT_OURS", "text": "No"}, "CLOSED_NO_ACTION"),
    ]  # fmt: skip
    for name, given, state in steps:
        told = do(mayor, name, code=one.code.lower(), **given)
        assert told == {"report": {"code": one.code, "state": state}, "userErrors": []}, name
    with inside(lecco):
        assert Report.objects.get(pk=one.pk).office.code == "strade"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "given", "field", "code"),
    [
        ("reportingTakeCharge", {"code": "XXXX-XXXX"}, "code", "REPORT_UNKNOWN"),
        ("reportingAssign", {"office": "none"}, "office", "REPORT_WHOM_MISSING"),
        ("reportingPlan", {"day": "2020-01-01"}, "plannedFor", "REPORT_DAY_MISSING"),
        ("reportingAnswerReport", {"text": " "}, "text", "REPORT_TEXT_MISSING"),
        ("reportingMerge", {"into": "XXXX"}, "into", "REPORT_NOT_THE_SAME"),
        ("reportingClose", {"outcome": "CLOSED_NO_ACTION", "text": "x"}, "reason", "REPORT_REASON_MISSING"),
        ("reportingReopen", {}, None, "REPORT_ILLEGAL_MOVE"),
    ],
)
def test_what_is_refused_has_field_and_code(
    lecco: Town, name: str, given: dict[str, Any], field: str | None, code: str
) -> None:
    with inside(lecco):
        one = report()
    told = do(client(lecco, "sindaco"), name, **({"code": one.code} | given))
    assert told["report"] is None
    error = told["userErrors"][0]
    assert error["code"] == code
    assert (error["field"] or [None])[-1] == field
    with inside(lecco):
        assert Report.objects.get(pk=one.pk).state == State.SUBMITTED


def test_who_may_not_is_told_so(lecco: Town) -> None:
    with inside(lecco):
        one = report()
    query = "mutation($input: ReportingTakeChargeInput!) { reportingTakeCharge(input: $input) { report { code } } }"
    for who in ("", "lettore"):
        assert ask(client(lecco, who), query, input={"code": one.code})["errors"][0]["extensions"]["code"] in (
            "FORBIDDEN", "UNAUTHENTICATED",
        )  # fmt: skip


def test_a_citizen_counts_herself_writes_and_says_what_she_thinks(lecco: Town) -> None:
    with inside(lecco):
        by = user("sindaco")
        one = services.ask_citizen(report(), by=by, text="Quale palo?")
        mine = report(title="Mia")
        secret, code = mine.secret, mine.code  # type: ignore[attr-defined]
        ended = report(title="Finita")
        opened = ended.secret  # type: ignore[attr-defined]
        move(ended, State.RESOLVED, by)
        held = in_state(State.HELD, by, title="x").code
    stranger = client(lecco)
    for _n in range(2):
        assert do(stranger, "reportingMeToo", code=one.code, device="phone")["userErrors"] == []
    assert do(stranger, "reportingMeToo", code=held, device="phone")["userErrors"][0]["code"] == "REPORT_UNKNOWN"
    assert do(stranger, "reportingMeToo", code=one.code, device="p", email="no")["userErrors"][0]["field"] == [
        "email",
    ]
    refused = ask(stranger, _WRITE, input={"code": code, "secret": "XXXX", "text": "x"})
    assert refused["errors"][0]["extensions"]["code"] == "REPORT_WRONG_SECRET"
    assert do(stranger, "reportingWrite", code=code, secret=secret, text="C'è anche un palo")["userErrors"] == []
    assert do(stranger, "reportingWithdraw", code=code, secret=secret)["done"]
    told = do(stranger, "reportingGiveOpinion", code=ended.code, secret=opened, solved=False, stars=9)
    assert told["report"]["state"] == "REOPEN_REQUESTED"
    with inside(lecco):
        assert one.follows.count() == 1
        assert Report.objects.get(pk=ended.pk).feedback.get().stars == 5


def test_what_is_held_is_seen_by_the_office_only(lecco: Town) -> None:
    with inside(lecco):
        in_state(State.HELD, user("sindaco"))
    query = "{ reportingReports(first: 5) { nodes { code state answerDueAt closeDueAt plannedFor } } }"
    assert ask(client(lecco), query)["data"]["reportingReports"]["nodes"] == []
    assert ask(client(lecco, "sindaco"), query)["data"]["reportingReports"]["nodes"] == []
    inbox = query.replace("reportingReports", "reportingInbox")
    assert ask(client(lecco), inbox)["errors"]
    found = ask(client(lecco, "sindaco"), inbox)["data"]["reportingInbox"]["nodes"]
    assert [one["state"] for one in found] == ["HELD"]
    assert found[0]["answerDueAt"]


def test_a_report_of_a_kind_with_questions_is_sent_with_answers_and_its_secret_is_told_once(lecco: Town) -> None:
    with inside(lecco):
        category(questions=[{"code": "pole", "label": "Palo", "kind": "number", "required": True}])
    query = """mutation($input: ReportingCreateReportInput!) { reportingCreateReport(input: $input) {
        secret report { code } userErrors { field code } } }"""
    given = {"category": "roads", "title": "Buca", "address": "Via Roma 1", "phone": "333 1234567"}
    refused = ask(client(lecco), query, input=given)["data"]["reportingCreateReport"]
    assert refused["report"] is None
    assert refused["userErrors"][0]["field"] == ["answerPole"]
    answers = [{"code": "pole", "value": "12"}]
    made = ask(client(lecco), query, input=given | {"answers": answers, "idempotencyKey": "k"})["data"]
    told = made["reportingCreateReport"]
    assert told["userErrors"] == []
    again = ask(client(lecco), query, input=given | {"answers": answers, "idempotencyKey": "k"})["data"]
    assert again["reportingCreateReport"] == told | {"secret": None}
    opened = do(client(lecco), "reportingWrite", code=told["report"]["code"], secret=told["secret"], text="Anche qui")
    assert opened["userErrors"] == []
    with inside(lecco):
        assert Report.objects.get().answers == {"pole": "12"}
