"""Where the running code stands: in which town, and whether as the owner of the tables.

The place is a context variable, not a property of the connection: a connection is shared by all
coroutines of a thread, a context is not. Connections compare the place with what PostgreSQL was last
told, at each statement, and say it again only when it differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, NamedTuple

from campanile_infra.database.names import (
    EXTENSIONS_SCHEMA,
    PUBLIC_SCHEMA,
    check_schema,
    quote,
    role_for,
)


class Place(NamedTuple):
    """A schema and the tenant object that goes with it (None in the public schema)."""

    schema: str
    tenant: Any


PUBLIC = Place(PUBLIC_SCHEMA, None)
_place: ContextVar[Place] = ContextVar("campanile_place", default=PUBLIC)
_owner: ContextVar[bool] = ContextVar("campanile_owner", default=False)
_limit: ContextVar[int] = ContextVar("campanile_statement_limit", default=0)


def current() -> Place:
    """The place of the running code; the public schema when nobody said otherwise."""
    return _place.get()


def is_owner() -> bool:
    """Whether the running code acts as the owner of the tables."""
    return _owner.get()


def move_to(schema: str, tenant: Any) -> None:
    """Changes place until somebody changes it again. Prefer `in_schema`. Raises InvalidSchemaName."""
    check_schema(schema, owner=_owner.get())
    _place.set(Place(schema, tenant))


class in_schema:  # noqa: N801 - reads like the function it was; a class costs every request less
    """Runs the block in `schema`, and puts the place back however the block ends. Raises InvalidSchemaName."""

    __slots__ = ("_before", "_place")

    def __init__(self, schema: str, tenant: Any = None) -> None:
        check_schema(schema, owner=_owner.get())
        self._place = Place(schema, tenant)

    def __enter__(self) -> None:
        self._before = _place.get()
        _place.set(self._place)

    def __exit__(self, *error: object) -> None:
        _place.set(self._before)


@contextmanager
def as_owner() -> Iterator[None]:
    """Runs the block as the owner of the tables: provisioning and migrations only."""
    before = _owner.get()
    _owner.set(True)
    try:
        yield
    finally:
        _owner.set(before)


@contextmanager
def statement_limit(milliseconds: int) -> Iterator[None]:
    """PostgreSQL cancels every statement of the block that takes longer (SQLSTATE 57014)."""
    before = _limit.get()
    _limit.set(milliseconds)
    try:
        yield
    finally:
        _limit.set(before)


class Said(NamedTuple):
    """What a session is to hear: role and search_path as statements, and the time limit of its statements."""

    role: str
    path: str
    limit: int


_OF_THE_ROLE = f'SET search_path = "$user", {quote(EXTENSIONS_SCHEMA)}; '
"""A town's role bears the name of its schema, and PostgreSQL reads "$user" anew whenever the role changes: whoever is
a town's role stands in that town's schema, and going to another town takes one statement."""


def wanted() -> Said:
    """Where the running code stands."""
    return Said(*_place_statements(_place.get().schema, _owner.get()), _limit.get())


def statements(said: Said | None, wanted_now: Said) -> tuple[str, int]:
    """What puts a session that last heard `said` (None: who knows what) there, and how many statements that is."""
    parts = []
    if said is None or said.role != wanted_now.role:
        parts.append(wanted_now.role)
    if said is None or said.path != wanted_now.path:
        parts.append(wanted_now.path)
    if said is None or said.limit != wanted_now.limit:
        parts.append(f"SET statement_timeout = {wanted_now.limit or 'DEFAULT'}; ")
    return "".join(parts), len(parts)


@lru_cache(maxsize=20_000)
def _place_statements(schema: str, owner: bool) -> tuple[str, str]:
    check_schema(schema, owner=owner)
    role = role_for(schema, owner=owner)
    path = _OF_THE_ROLE if role == schema else f"SET search_path = {quote(schema)}, {quote(EXTENSIONS_SCHEMA)}; "
    return f"SET ROLE {quote(role)}; ", path
