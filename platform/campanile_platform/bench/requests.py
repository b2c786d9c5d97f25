"""A page with one query and a town's home, 400 towns at random, against the same views with no tenancy.

All run through the whole middleware, in one process, in turn. The one-query page without tenancy uses Django's own
PostgreSQL backend on one schema; the home without tenancy stays in one town, which nobody has to look up or say.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from campanile_platform.bench.report import Must, Result
from campanile_platform.bench.towns import many_towns
from campanile_platform.machine.environment import environment

TOWNS, ROUNDS, CALLS = 400, 25, 60
PLAIN = "plain"
_TENANCY = ("registry.middleware.TownMiddleware", "registry.middleware.ModuleGateMiddleware")


def measure() -> Result:
    """Needs nothing; takes about a minute and a half, most of it for making the towns."""
    with environment(lambda line: None):
        return _measure()


def _measure() -> Result:
    from campanile_infra.database.scope import in_schema
    from campanile_tenants.public.registry.directory import directory, load_town

    directory.listens = True  # as in a web process; a command believes what it knows for seconds only
    schemas = list(many_towns(TOWNS))
    hosts = [f"{schema.removeprefix('c_')}.localhost" for schema in schemas]
    town = load_town(schema_name=schemas[0])
    _add_plain_connection(schemas[0])
    ours, bare, fixed = _handler(), _handler(without=_TENANCY), _handler(without=_TENANCY, town=town)

    def there(handler: Any, path: str, town_too: bool = False) -> Callable[[], None]:
        def call() -> None:
            with in_schema(schemas[0], town) if town_too else in_schema("public"):
                for _call in range(CALLS):
                    _ask(handler, path, hosts[0])

        return call

    def everywhere(path: str) -> Callable[[], None]:
        def call() -> None:
            for _call in range(CALLS):
                _ask(ours, path, random.choice(hosts))

        return call

    contestants = {
        "one query, no tenancy": there(bare, "/bench/plain/"),
        "one query, 400 towns": everywhere("/bench/town/"),
        "home, no tenancy": there(fixed, "/", town_too=True),
        "home, 400 towns": everywhere("/"),
    }
    for call in contestants.values():  # what is looked up, or compiled, once a process
        call()
    for host in hosts:
        _ask(ours, "/bench/town/", host)
        _ask(ours, "/", host)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _round in range(ROUNDS):
        for name, call in contestants.items():
            started = time.perf_counter()
            call()
            times[name].append((time.perf_counter() - started) / CALLS)
    middle = {name: statistics.median(values) * 1000 for name, values in times.items()}
    one = middle["one query, no tenancy"] / middle["one query, 400 towns"]
    home = middle["home, no tenancy"] / middle["home, 400 towns"]
    limits = [
        Must.at_least("one-query page, times the rate of no tenancy", one, 0.9),
        Must.at_least("home, times the rate of no tenancy", home, 0.9),
    ]
    return Result("requests", one, {f"{name} (ms)": value for name, value in middle.items()}, limits)


def _add_plain_connection(schema: str) -> None:
    """The same database through Django's own backend, in one schema for good."""
    from django.db import connections

    values = dict(connections["default"].settings_dict)
    options = {"options": f"-c role={schema} -c search_path={schema},extensions"}
    connections.settings[PLAIN] = values | {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}


def _handler(without: tuple[str, ...] = (), town: Any = None) -> Any:
    from django.conf import settings
    from django.core.handlers.base import BaseHandler
    from django.test import override_settings

    kept = [name for name in settings.MIDDLEWARE if not name.endswith(without)] if without else settings.MIDDLEWARE
    handler = BaseHandler()
    with override_settings(MIDDLEWARE=kept):
        handler.load_middleware()

    def respond(request: Any) -> Any:
        request.urlconf = "campanile_platform.bench.pages"
        if town is not None:
            request.town = town
        return handler.get_response(request)

    return respond


def _ask(respond: Any, path: str, host: str) -> None:
    from django.test import RequestFactory

    response = respond(RequestFactory().get(path, headers={"host": host}))
    assert response.status_code == 200, (path, host, response.status_code)
