"""Global ids (Relay): they carry type and town, and are refused in another town."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

from graphql_relay import from_global_id

from campanile_infra.database import scope
from campanile_tenants.kit.api.errors import BadId


def public_id(type_name: str, pk: object) -> str:
    """A global id that names type and town."""
    return b64encode(f"{type_name}:{scope.current().schema}:{pk}".encode()).decode()


def id_maker(type_name: str) -> Callable[[object], str]:
    """`public_id` for many objects of one type, in the town of now."""
    start = f"{type_name}:{scope.current().schema}:"
    return lambda pk: b64encode(f"{start}{pk}".encode()).decode()


def split_id(value: str) -> tuple[str, str]:
    """Type and primary key inside a global id. Raises BadId for one of another town, and for none."""
    try:
        found_type, rest = from_global_id(value)
    except (ValueError, UnicodeError):
        raise BadId from None
    schema, _colon, pk = rest.partition(":")
    if schema != scope.current().schema or not pk or "\0" in pk:
        raise BadId
    return found_type, pk


def local_id(type_name: str, value: str) -> str:
    """The primary key inside a global id. Raises BadId for another type or another town."""
    found_type, pk = split_id(value)
    if found_type != type_name:
        raise BadId
    return pk
