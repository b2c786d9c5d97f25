"""Generated from the URLconfs and the API's schema: nobody gets through a wall, and nobody gets more than her policy.

A page or field that is added without a policy fails here, and so does a page with arguments that nobody gave an
example of: add one to EXAMPLES in tests/examples.py.
"""

from __future__ import annotations

from typing import Any

import graphql
import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, reverse

from campanile_graphql.compose import policies, schema
from campanile_infra.database.scope import in_schema
from campanile_modules.reporting import services as reporting
from campanile_modules.reporting.models import Category
from campanile_tenants.contract.access import Audience, Host, Policy
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.audit.models import Entry
from campanile_tenants.town.people.admission import policy_of
from campanile_tenants.town.people.checks import patterns
from campanile_tenants.town.people.models import Kind, Role, User
from tests.examples import EXAMPLES, new_token
from tests.towns import client, inside, listen, town

A, B = "097042", "097048"
TOWN, CENTRE = settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF
PAGES = dict(patterns(TOWN))
CONSOLE = dict(patterns(CENTRE))
CHANGES_BY_GET = {"accept_invitation"}
SAME_FOR_ALL = {"reporting:open311_discovery", "reporting:open311_services", "reporting:open311_requests",
                "office:privacy_export", "onboarding:fill_in", "office:switch_module", "mfa_edit_webauthn", "mfa_remove_webauthn", "arrive",
                "account_reset_password_from_key", "reporting:remove_photo", "reporting:receipt", "site:topic", "site:feed",
                "site:section", "site:category", "site:tile", "reporting:decide_offer", "newsletters:offer", "content:new", "content:adopt", "office:module_settings"}  # fmt: skip
"""Their arguments name nothing of one town, or the page answers every stranger alike."""


@pytest.fixture(scope="module")
def made(one_transaction: None) -> Any:
    """Both towns with every module on, and a report in one of them."""
    for code in (A, B):
        for module in ("noticeboard", "alerts", "newsletters"):
            switch_on(town(code), module, by="test")
    directory.forget()
    with inside(town(A)):
        return reporting.submit(category=Category.objects.first(), title="Buca", address="Via Roma", name="Anna")


@pytest.fixture
def report(made: Any, db: None) -> Any:
    """That report; what a test does to it goes with the test."""
    return made


def address(name: str, pattern: URLPattern, place: Any, urlconf: str) -> str:
    """A page's path with arguments that exist in `place`."""
    kwargs: dict[str, Any] = {}
    if pattern.pattern.converters:
        assert name in EXAMPLES, f"{name} has arguments: give an example of them in EXAMPLES"
        with in_schema(place.schema_name if place else "public", place):
            kwargs = EXAMPLES[name]()
    return reverse(name, kwargs=kwargs, urlconf=urlconf)


def ask(browser: Client, path: str) -> tuple[int, str]:
    """GET, and POST or PUT where that is not answered: the status, and where to."""
    browser.raise_request_exception = False
    response = browser.get(path)
    if response.status_code == 405:
        response = browser.post(path)
    if response.status_code == 405:
        response = browser.put(path)
    to = response.headers.get("Location", "").partition("legame=")[0]
    if to.startswith(("/accesso/?next=", "/accesso/cittadini/?next=")):
        to = "sign-in"
    return response.status_code, "factor" if "sicurezza" in to else to


def let_in(answer: tuple[int, str]) -> bool:
    return answer[0] not in (401, 403) and answer[1] not in ("sign-in", "factor") and answer[0] < 500


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_town_lets_in_whom_its_policy_names(name: str, report: Any, lecco: Any) -> None:
    pattern = PAGES[name]
    policy = policy_of(pattern.callback)
    assert policy is not None, f"{name} declares no policy"
    path = address(name, pattern, lecco, TOWN)
    stranger = ask(client(lecco), path)
    if policy.audience is Audience.ANYONE:
        assert stranger[0] < 500
        assert stranger[1] != "sign-in" or name.startswith(("mfa_", "account_"))
        return
    assert stranger == (302, "sign-in"), stranger
    if policy.assurance:
        assert not let_in(ask(client(lecco, "cittadina"), path)), "a session without any assurance"
        return
    citizen = ask(client(lecco, "cittadina"), path)
    assert (citizen[0] == 403) == (policy.audience is not Audience.SIGNED_IN), citizen
    if policy.permission:
        with inside(lecco):
            held = {role.code for role in Role.objects.all() if policy.permission in role.permissions}
        for who, role in (("lettore", "reader"), ("tecnico", "officer"), ("sindaco", "administrator")):
            assert let_in(ask(client(lecco, who), path)) == (role in held), (who, path)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_one_town_opens_with_the_session_of_another(
    name: str, report: Any, lecco: Any, merate: Any
) -> None:
    path = address(name, PAGES[name], lecco, TOWN)
    of_a = client(lecco, "sindaco")
    on_b = Client(headers={"host": merate.host})
    on_b.cookies = of_a.cookies
    assert ask(on_b, path) == ask(client(merate), path)


@pytest.mark.parametrize("name", [name for name in PAGES if name in EXAMPLES and name not in SAME_FOR_ALL])
def test_what_exists_in_one_town_does_not_exist_in_another(name: str, report: Any, lecco: Any, merate: Any) -> None:
    path = address(name, PAGES[name], lecco, TOWN)
    answer = ask(client(merate, "sindaco"), path)
    assert answer[0] in (404, 410), (path, answer)


@pytest.mark.parametrize("name", CONSOLE)
def test_every_page_of_the_console_lets_in_whom_its_policy_names(name: str, lecco: Any) -> None:
    pattern = CONSOLE[name]
    policy = policy_of(pattern.callback)
    assert policy is not None, f"{name} declares no policy"
    path = address(name, pattern, None, CENTRE)
    stranger = ask(client(None), path)
    if policy.audience is Audience.ANYONE:
        assert stranger[0] < 500
        return
    assert stranger == (302, "sign-in")
    if policy.permission:
        held = {role.code for role in Role.objects.all() if policy.permission in role.permissions}
        for who, role in (("revisore", "auditor"), ("collega", "support"), ("operatore", "operations")):
            assert let_in(ask(client(None, who), path)) == (role in held), (who, path)
    of_town = client(lecco, "sindaco")
    at_centre = Client(headers={"host": "localhost"})
    at_centre.cookies = of_town.cookies
    assert ask(at_centre, path) == (302, "sign-in")


# -- the API ---------------------------------------------------------------------------------------

FIELDS = [
    (kind, name)
    for kind, root in (
        ("query", schema().graphql_schema.query_type),
        ("mutation", schema().graphql_schema.mutation_type),
        ("subscription", schema().graphql_schema.subscription_type),
    )
    for name in (root.fields if root else ())
]


def value_for(type_: Any, given_id: str) -> str:
    """Something of the right shape for a required argument."""
    if isinstance(type_, graphql.GraphQLNonNull):
        return value_for(type_.of_type, given_id)
    if isinstance(type_, graphql.GraphQLList):
        return f"[{value_for(type_.of_type, given_id)}]"
    if isinstance(type_, graphql.GraphQLInputObjectType):
        needed = {n: f for n, f in type_.fields.items() if isinstance(f.type, graphql.GraphQLNonNull)}
        return "{" + ", ".join(f"{n}: {value_for(f.type, given_id)}" for n, f in needed.items()) + "}"
    if isinstance(type_, graphql.GraphQLEnumType):
        return "REPORTING_PHOTO" if type_.name == "UploadKind" else next(iter(type_.values))
    return {"Int": "1", "Float": "1.0", "Boolean": "true", "ID": f'"{given_id}"', "Date": '"2026-12-01"'}.get(
        type_.name, '"x"'
    )


def document(kind: str, name: str, given_id: str = "x") -> str:
    """A whole document that asks for one root field."""
    roots = schema().graphql_schema
    types = {"query": roots.query_type, "mutation": roots.mutation_type, "subscription": roots.subscription_type}
    field = types[kind].fields[name]
    needed = {n: a for n, a in field.args.items() if isinstance(a.type, graphql.GraphQLNonNull)}
    arguments = ", ".join(f"{n}: {value_for(a.type, given_id)}" for n, a in needed.items())
    inner = graphql.get_named_type(field.type)
    selection = "" if isinstance(inner, graphql.GraphQLScalarType | graphql.GraphQLEnumType) else " { __typename }"
    return f"{kind} {{ {name}{f'({arguments})' if arguments else ''}{selection} }}"


def codes(browser: Client, text: str, **headers: str) -> set[str]:
    if text.startswith("subscription"):
        return {error["extensions"]["code"] for error in listen(browser, text, **headers).get("errors", [])}
    response = browser.post("/graphql/", {"query": text}, content_type="application/json", headers=headers)
    return {error["extensions"]["code"] for error in response.json().get("errors", [])}


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_every_field_answers_only_whom_its_policy_names(kind: str, name: str, report: Any, lecco: Any) -> None:
    policy: Policy = policies()[name]
    text = document(kind, name)
    elsewhere = client(None) if policy.host is Host.TOWN else client(lecco)
    if policy.host is not Host.BOTH:
        assert codes(elsewhere, text) == {"NOT_ON_THIS_HOST"}
    place = None if policy.host is Host.CENTRE else lecco
    if policy.audience is Audience.ANYONE:
        assert not codes(client(place), text) & {"UNAUTHENTICATED", "FORBIDDEN"}
        return
    assert codes(client(place), text) == {"UNAUTHENTICATED"}
    people = ("revisore", "collega", "operatore") if place is None else ("cittadina", "lettore", "tecnico", "sindaco")
    for who in people:
        with in_schema(place.schema_name if place else "public", place):
            user = User.objects.get(email=f"{who}@example.org")
            allowed = (not policy.permission or user.has_permission(policy.permission)) and (
                policy.audience is not Audience.STAFF or user.kind == Kind.STAFF
            ) and policy.audience is not Audience.MACHINE  # fmt: skip
        assert ("FORBIDDEN" in codes(client(place, who), text)) != allowed, who


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_no_field_opens_with_the_session_or_the_token_of_another_town(
    kind: str, name: str, lecco: Any, merate: Any
) -> None:
    text = document(kind, name)
    with inside(lecco):
        _row, token = new_token()
    on_b = Client(headers={"host": merate.host})
    on_b.cookies = client(lecco, "sindaco").cookies
    assert codes(on_b, text) == codes(client(merate), text)
    assert codes(client(merate), text, Authorization=f"Bearer {token}") == {"TOKEN_REFUSED"}
    assert codes(client(None), text, Authorization=f"Bearer {token}") == {"TOKEN_REFUSED"}


def test_a_session_of_one_town_on_another_leaves_the_other_unchanged(lecco: Any, merate: Any) -> None:
    on_b = Client(headers={"host": merate.host})
    on_b.cookies = client(lecco, "sindaco").cookies
    with inside(town(B)):
        before = Entry.objects.count()
    on_b.post("/ufficio/moduli/reporting/", {"state": "off"})
    assert "reporting" in town(B).modules
    with inside(town(B)):
        assert Entry.objects.count() == before
