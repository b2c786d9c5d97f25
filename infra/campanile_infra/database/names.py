"""Which schema and role names exist, and no others.

A town's schema is `c_<ISTAT code>` (6 digits) and its PostgreSQL role bears the same name.
Names are checked before they ever reach SQL: `public`, `..` and `information_schema` are no towns.
"""

from __future__ import annotations

import re
from functools import lru_cache

PUBLIC_SCHEMA = "public"
EXTENSIONS_SCHEMA = "extensions"
TEMPLATE_SCHEMA = "campanile_template"

OWNER_ROLE = "campanile_owner"
"""Owns every table; provisions and migrates. Never used to answer a request."""
CENTRE_ROLE = "campanile_centre"
"""Reads and writes the public schema; sees no town's schema."""
APP_ROLE = "campanile_app"
"""May become the centre's role and any town's, never the owner: what logins that answer requests belong to."""
TOWN_GROUP = "campanile_town"
"""Every town's role belongs to it: the few public tables a town may read, row by row."""

_TOWN = re.compile(r"c_[0-9]{6}")
_PREPARED = re.compile(r"campanile_template|campanile_spare_[0-9a-f]{8}")
_ISTAT = re.compile(r"[0-9]{6}")


class InvalidSchemaName(ValueError):
    """Raised for any schema name that Campanile did not make."""

    def __init__(self, name: object) -> None:
        super().__init__(
            f"{name!r} is not a town's schema. A town's schema is c_ and the six digits of its ISTAT code."
        )
        self.name = name


def schema_of(istat_code: str) -> str:
    """`097042` -> `c_097042`. Raises InvalidSchemaName for anything but six digits."""
    if not _ISTAT.fullmatch(istat_code):
        raise InvalidSchemaName(istat_code)
    return f"c_{istat_code}"


def is_town(name: object) -> bool:
    """Whether `name` is the schema name of a town."""
    return isinstance(name, str) and _TOWN.fullmatch(name) is not None


def check_town(name: object) -> str:
    """The name itself when it is a town's. Raises InvalidSchemaName otherwise."""
    if not is_town(name):
        raise InvalidSchemaName(name)
    assert isinstance(name, str)
    return name


@lru_cache(maxsize=20_000)
def check_schema(name: object, *, owner: bool) -> str:
    """A name that a connection may be set to: `public`, a town, and for the owner a prepared schema."""
    if name == PUBLIC_SCHEMA or is_town(name):
        return str(name)
    if owner and isinstance(name, str) and _PREPARED.fullmatch(name):
        return name
    raise InvalidSchemaName(name)


def role_for(schema: str, *, owner: bool) -> str:
    """The PostgreSQL role under which statements for `schema` run."""
    if owner:
        return OWNER_ROLE
    return CENTRE_ROLE if schema == PUBLIC_SCHEMA else schema


def quote(identifier: str) -> str:
    """Quotes an identifier for SQL text."""
    return '"' + identifier.replace('"', '""') + '"'
