"""Towns and people for tests."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.test import AsyncClient, Client

from campanile_infra.database.scope import in_schema
from campanile_platform.onboarding import services
from campanile_tenants.public.registry.directory import load_town
from campanile_tenants.public.registry.models import Municipality, Town
from campanile_tenants.town.people.admission import needs_second_factor
from campanile_tenants.town.people.models import Assignment, Kind, Role, User

PASSWORD = "tre parole insieme"
PEOPLE = (("sindaco", "administrator"), ("tecnico", "officer"), ("lettore", "reader"), ("cittadina", ""))
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WITH_REPORTING = ("097042", "097048")
WITHOUT = "097046"


def make_first_towns() -> None:
    """Lecco and Merate with `reporting`, Mandello without; people in each; an operator at the centre."""
    for code in (*WITH_REPORTING, WITHOUT):
        if Municipality.objects.filter(istat_code=code).exists():
            continue
        modules = ["reporting"] if code in WITH_REPORTING else []
        job = services.run(services.request_town(code, by="test", modules=modules))
        job.refresh_from_db()
        assert job.state == "done", job.error
        with inside(town(code)):
            for name, role in PEOPLE:
                person(name, role)
    if not User.objects.exists():
        person("operatore", "operations", Kind.OPERATOR)
        person("collega", "support", Kind.OPERATOR)
        person("revisore", "auditor", Kind.OPERATOR)
        person("contabile", "billing", Kind.OPERATOR)


def person(name: str, role: str = "", kind: str = "", office: Any = None, categories: list[str] | None = None) -> User:
    """Somebody in the current place with a role, and with a code app when she needs one."""
    kind = kind or (Kind.STAFF if role else Kind.CITIZEN)
    user = User.objects.create_user(f"{name}@example.org", PASSWORD, full_name=name.title(), kind=kind)
    if role:
        held = Role.objects.get(code=role)
        Assignment.objects.create(user=user, role=held, given_by="test", office=office, categories=categories or [])
    if needs_second_factor(user):
        TOTP.activate(user, SECRET)
    return User.objects.get(pk=user.pk)


def user(name: str) -> User:
    """Somebody of the current place by the first part of her address."""
    return User.objects.get(email=f"{name}@example.org")


def town(istat_code: str) -> Town:
    """The town as requests see it."""
    found = load_town(istat_code=istat_code)
    assert found is not None
    return found


def forget_cached() -> None:
    """Empties the cache (tries that were counted), and leaves the queues that live in the same Valkey."""
    client = cache._cache.get_client()
    for key in client.scan_iter("campanile:*"):
        client.delete(key)


def inside(place: Town) -> AbstractContextManager[None]:
    """Runs the block in a town."""
    return in_schema(place.schema_name, place)


def centre() -> AbstractContextManager[None]:
    """Runs the block at the centre."""
    return in_schema("public", None)


def client(place: Town | None, person: str = "") -> Client:
    """A browser at a town's host (or the centre's), signed in as `person` of PEOPLE when given."""
    host = place.host if place else "localhost"
    browser = Client(headers={"host": host}, raise_request_exception=True)
    if person:
        schema = place.schema_name if place else "public"
        with in_schema(schema, place):
            browser.force_login(User.objects.get(email=f"{person}@example.org"))
    return browser


def ask(browser: Client, query: str, **variables: Any) -> dict[str, Any]:
    """Asks the API; returns the whole answer."""
    response = browser.post("/graphql/", {"query": query, "variables": variables}, content_type="application/json")
    return dict(response.json())


class _AtHost(AsyncClient):
    """Django's client always names a host of its own first."""

    async def request(self, **request: Any) -> Any:
        request["headers"] = [pair for pair in request["headers"] if pair != (b"host", b"testserver")]
        return await super().request(**request)


def listen(browser: Client, query: str, **headers: str) -> dict[str, Any]:
    """Opens a subscription; returns the refusal, or nothing when it listens."""
    there, sent = _AtHost(), {"host": browser.defaults["HTTP_HOST"], "accept": "text/event-stream", **headers}
    there.cookies = browser.cookies

    async def first() -> dict[str, Any]:
        response: Any = await there.post("/graphql/", {"query": query}, content_type="application/json", headers=sent)
        if not response.streaming:
            text = response.content.decode()
            return dict(json.loads(text.partition("data: ")[2].partition("\n")[0] if "data: " in text else text))
        parts = response.streaming_content
        assert (await anext(parts)).startswith(b": listening")
        await parts.aclose()
        return {}

    return async_to_sync(first)()
