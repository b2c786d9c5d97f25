"""Open311 GeoReport v2: every answer by the schemas, all filters, the standard's refusals, writing with a key."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from tests.towns import Town, client, inside, user

from campanile_modules.reporting import services
from campanile_modules.reporting.models import Category, Report
from campanile_modules.reporting.states import State
from campanile_modules.reporting.tests.making import LECCO, category, in_state, move, report
from campanile_tenants.town.people.services import tokens

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).parents[4] / "tests" / "data" / "open311"
V2 = "/segnalazioni/open311/v2/"
QUESTION = {"code": "pole", "label": "Numero del palo", "kind": "number", "required": True}


def valid(name: str, value: Any) -> Any:
    """Checks by the official schema, whose parts name each other by file."""
    known = [(path.name.removeprefix("open311-"), json.loads(path.read_text())) for path in SCHEMAS.glob("*.json")]
    registry = Registry().with_resources(
        [(key, Resource.from_contents(found, default_specification=DRAFT202012)) for key, found in known]
    )
    jsonschema.Draft202012Validator(dict(known)[f"{name}.json"], registry=registry).validate(value)
    return value


def get(here: Town, path: str, **query: str) -> Any:
    return client(here).get(f"{V2}{path}", query)


def key(here: Town, *permissions: str) -> str:
    with inside(here):
        return tokens.make("Altro sistema", list(permissions or ("reporting.send_by_open311",)),
                           expires_at=timezone.now() + timedelta(days=9), by=user("sindaco"))[1]  # fmt: skip


def test_services_and_their_questions(lecco: Town) -> None:
    with inside(lecco):
        category(questions=[QUESTION, {**QUESTION, "code": "kind", "kind": "choice", "choices": ["a", "b"]}])
        category("water", stop_text="Chiama il gestore.")
        Category.objects.filter(code="drains").update(parent=category())
    rows = valid("services", get(lecco, "services.json").json())
    codes = {row["service_code"]: row for row in rows}
    assert codes["roads"]["metadata"]
    assert codes["drains"]["group"] == "Buche e strade"
    assert "water" not in codes, "it takes no reports"
    assert all(value is not None for row in rows for value in row.values()), "absent rather than null"
    definition = valid("service-definition", get(lecco, "services/roads.json").json())
    assert [one["datatype"] for one in definition["attributes"]] == ["number", "singlevaluelist"]
    tree = ElementTree.fromstring(get(lecco, "services.xml").content)
    assert (tree.tag, tree[0].tag, len(tree)) == ("services", "service", len(rows))
    assert (
        ElementTree.fromstring(get(lecco, "services/roads.xml").content).find("attributes/attribute/code") is not None
    )


def test_requests_hide_what_is_not_public_and_say_the_rest_by_the_schema(lecco: Town) -> None:
    with inside(lecco):
        by = user("sindaco")
        new = report(**LECCO, description="Segreta fino alla presa in carico", email="anna@example.org")
        shown = services.take_charge(report(**LECCO, title="Lampione"), by=by)
        ended = move(report(title="Chiusa"), State.RESOLVED, by)
        hidden = [
            in_state(state, by, title="Nascosta").code for state in (State.HELD, State.REJECTED, State.WITHDRAWN)
        ]
    rows = valid("requests", get(lecco, "requests.json").json())
    found = {row["service_request_id"]: row for row in rows}
    assert set(found) == {new.code, shown.code, ended.code}
    assert not set(found) & set(hidden)
    assert "description" not in found[new.code]
    assert found[shown.code]["description"] == "Lampione"
    assert (found[new.code]["status"], found[ended.code]["status"]) == ("open", "closed")
    assert found[new.code]["lat"] == 45.8559
    assert "lat" not in found[ended.code]
    assert "anna@example.org" not in json.dumps(rows)
    one = valid("requests", get(lecco, f"requests/{new.code}.json").json())
    assert one == [found[new.code]]
    tree = ElementTree.fromstring(get(lecco, "requests.xml").content)
    assert (tree.tag, tree[0].tag) == ("service_requests", "request")
    assert get(lecco, f"requests/{hidden[0]}.json").status_code == 404
    assert get(lecco, f"tokens/{new.code}.json").json() == [{"token": new.code, "service_request_id": new.code}]


def test_every_filter_of_the_standard(lecco: Town) -> None:
    with inside(lecco):
        by = user("sindaco")
        road, light = report(title="A"), report(title="B", category=category("lighting"))
        ended = move(report(title="C"), State.RESOLVED, by)
        old = report(title="D")
        Report.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=100))

    def codes(**query: str) -> set[str]:
        return {row["service_request_id"] for row in get(lecco, "requests.json", **query).json()}

    assert codes() == {road.code, light.code, ended.code}, "the latest ninety days"
    assert codes(service_code="lighting") == {light.code}
    assert codes(service_code="lighting,roads") == {road.code, light.code, ended.code}
    assert codes(status="closed") == {ended.code}
    assert codes(status="open,closed") == {road.code, light.code, ended.code}
    assert codes(service_request_id=f"{old.code},{road.code}", status="closed") == {old.code, road.code}
    then = (timezone.now() - timedelta(days=120)).isoformat(timespec="seconds")
    assert codes(start_date=then) == {old.code}
    assert codes(start_date=then, end_date=(timezone.now() - timedelta(days=90)).date().isoformat()) == {old.code}
    assert codes(jurisdiction_id=lecco.istat_code) == codes()
    assert len(get(lecco, "requests.json", page_size="2").json()) == 2
    assert len(get(lecco, "requests.json", page_size="2", page="2").json()) == 1


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("services/none.json", {}, 404), ("requests/XXXX-XXXX.xml", {}, 404), ("services.json", {"jurisdiction_id": "x"}, 404),
        ("requests.json", {"status": "maybe"}, 400), ("requests.json", {"start_date": "soon"}, 400),
        ("requests.json", {"start_date": "2026-01-01", "end_date": "2026-12-31"}, 400),
        ("requests.json", {"start_date": "2026-05-02", "end_date": "2026-05-01"}, 400),
        ("requests.json", {"start_date": "0001-01-01T00:00:00Z"}, 400), ("requests.json", {"page": "0"}, 400),
        ("requests.json", {"page_size": "x"}, 400), ("requests.yaml", {}, 404),
    ],
)  # fmt: skip
def test_refusals_have_the_standards_body(lecco: Town, path: str, query: dict[str, str], status: int) -> None:
    answer = get(lecco, path, **query)
    assert answer.status_code == status
    if path.endswith(".xml"):
        tree = ElementTree.fromstring(answer.content)
        assert [child.tag for child in tree[0]] == ["code", "description"]
        assert tree.tag == "errors"
    else:
        assert [set(one) for one in answer.json()] == [{"code", "description"}]
        assert answer.json()[0]["code"] == status


def test_a_report_is_sent_with_a_key(lecco: Town) -> None:
    with inside(lecco):
        category(questions=[QUESTION])
    sent = {
        "api_key": key(lecco), "service_code": "roads", "description": "Buca profonda", "lat": "45.8559", "long": "9.3977",
        "email": "anna@example.org", "first_name": "Anna", "last_name": "Rusconi", "attribute[pole]": "12",
    }  # fmt: skip
    answer = Client(headers={"host": lecco.host}, enforce_csrf_checks=True).post(f"{V2}requests.json", sent)
    assert answer.status_code == 201, answer.content
    number = answer.json()[0]["service_request_id"]
    with inside(lecco):
        found = Report.objects.get(code=number)
        assert (found.channel, found.answers, found.reporter.name) == ("open311", {"pole": "12"}, "Anna Rusconi")
    tree = ElementTree.fromstring(client(lecco).post(f"{V2}requests.xml", sent).content)
    assert tree.find("request/service_request_id") is not None


@pytest.mark.parametrize(
    ("changes", "status", "says"),
    [
        ({"api_key": ""}, 403, ""), ({"api_key": "camp_c_097042_" + "x" * 43}, 403, ""),
        ({"service_code": "none"}, 404, "service_code"), ({"service_code": ""}, 400, "service_code"),
        ({"lat": "12", "long": "12"}, 400, "lat"), ({"description": ""}, 400, "description"),
        ({"lat": "", "long": ""}, 400, "address_string"), ({"lat": "45.1", "long": "9.1"}, 400, "address_string"),
        ({"attribute[pole]": "x"}, 400, "answer_pole"), ({"media_url": "http://127.0.0.1/x.jpg"}, 400, "media_url"),
        ({"email": "not an address"}, 400, "email"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_the_standards_field(
    lecco: Town, changes: dict[str, str], status: int, says: str
) -> None:
    with inside(lecco):
        category(questions=[QUESTION])
    sent = {
        "api_key": key(lecco), "service_code": "roads", "description": "Buca", "lat": "45.8559", "long": "9.3977",
        "attribute[pole]": "1",
    }  # fmt: skip
    answer = client(lecco).post(f"{V2}requests.json", sent | changes)
    assert answer.status_code == status, answer.content
    assert says in answer.json()[0]["description"]
    with inside(lecco):
        assert not Report.objects.exists()


def test_a_key_that_may_do_something_else_may_not_send(lecco: Town, merate: Town) -> None:
    sent = {"service_code": "roads", "description": "Buca", "address_string": "Via Roma"}
    other = client(lecco).post(f"{V2}requests.json", sent | {"api_key": key(lecco, "reporting.view_report")})
    assert other.status_code == 403
    assert client(merate).post(f"{V2}requests.json", sent | {"api_key": key(lecco)}).status_code == 403


def test_other_methods_and_the_discovery_document(lecco: Town) -> None:
    answer = client(lecco).delete(f"{V2}requests.json")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
    found = client(lecco).get("/segnalazioni/open311/discovery.json").json()
    assert found["endpoints"][0]["url"].endswith("/segnalazioni/open311/v2")
    assert ElementTree.fromstring(client(lecco).get("/segnalazioni/open311/discovery.xml").content).tag == "discovery"


@pytest.mark.parametrize(("path", "most"), [("services.json", 2), ("requests.json", 3)])
def test_lists_keep_their_query_budget(lecco: Town, path: str, most: int) -> None:
    with inside(lecco):
        for n in range(6):
            services.take_charge(report(title=f"Buca {n}"), by=user("sindaco"))
    browser = client(lecco)
    browser.get(f"{V2}{path}")
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(f"{V2}{path}").status_code == 200
    assert len(caught) <= most, [one["sql"][:100] for one in caught]
