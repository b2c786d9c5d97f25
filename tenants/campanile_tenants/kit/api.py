"""What a module's `schema.py` needs: policies, Relay connections over a queryset, global ids with the town."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

import graphene
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from graphql_relay import from_global_id, to_global_id

from campanile_infra.database import scope
from campanile_tenants.contract.access import ANYONE, Audience, Host, Policy
from campanile_tenants.contract.errors import CampanileError

MOST_PER_PAGE = 100

__all__ = [
    "ANYONE",
    "Audience",
    "Host",
    "Policy",
    "UserError",
    "connection_arguments",
    "connection_type",
    "keyset_connection",
    "local_id",
    "public_id",
    "user_errors",
]


class BadPageSize(CampanileError):
    """`first` is required and between 1 and 100."""

    code = "BAD_PAGE_SIZE"
    message = _("Ask for between 1 and %(most)s items with “first”.")


class BadCursor(CampanileError):
    """`after` is not a cursor of this list."""

    code = "BAD_CURSOR"
    message = _("“after” is not a cursor of this list. Use the endCursor of its last page.")


class BadId(CampanileError):
    """A global id of another type or another town, or none at all: the same answer for all."""

    code = "NOT_FOUND"
    http_status = 404
    message = _("There is nothing with this id here.")


class UserError(graphene.ObjectType):
    """Something to correct: `field` is the path of the input, `code` is stable, `message` is for people."""

    field = graphene.List(graphene.NonNull(graphene.String))
    code = graphene.NonNull(graphene.String)
    message = graphene.NonNull(graphene.String)


def user_errors(error: CampanileError | ValidationError) -> list[UserError]:
    """A refusal as the payload of a mutation."""
    if isinstance(error, CampanileError):
        return [UserError(field=[error.field] if error.field else None, code=error.code, message=str(error))]
    return [
        UserError(field=[name], code="INVALID", message=text)
        for name, texts in error.message_dict.items()
        for text in texts
    ]


def public_id(type_name: str, pk: object) -> str:
    """A global id (Relay) that names type and town."""
    return to_global_id(type_name, f"{scope.current().schema}:{pk}")


def local_id(type_name: str, value: str) -> str:
    """The primary key inside a global id. Raises BadId for another type or another town."""
    try:
        found_type, rest = from_global_id(value)
    except (ValueError, UnicodeDecodeError):
        raise BadId from None
    schema, _colon, pk = rest.partition(":")
    if found_type != type_name or schema != scope.current().schema or not pk:
        raise BadId
    return pk


class PageInfo(graphene.ObjectType):
    """Where a page of a list ends (Relay)."""

    has_next_page = graphene.NonNull(graphene.Boolean)
    end_cursor = graphene.String()


def connection_type(node: type[graphene.ObjectType]) -> type[graphene.ObjectType]:
    """A Relay connection of `node`: edges, nodes, pageInfo."""
    name = node._meta.name
    edge = type(
        f"{name}Edge",
        (graphene.ObjectType,),
        {
            "__doc__": f"One {name} in a list.",
            "node": graphene.NonNull(node),
            "cursor": graphene.NonNull(graphene.String),
        },
    )
    return type(
        f"{name}Connection",
        (graphene.ObjectType,),
        {
            "__doc__": f"A page of a list of {name}.",
            "edges": graphene.NonNull(graphene.List(graphene.NonNull(edge))),
            "nodes": graphene.NonNull(graphene.List(graphene.NonNull(node))),
            "page_info": graphene.NonNull(PageInfo),
            "total_count": graphene.NonNull(graphene.Int, description="How many on all pages together."),
            "resolve_total_count": staticmethod(lambda connection, info: connection["total_count"]()),
        },
    )


def connection_arguments() -> dict[str, graphene.Argument]:
    """`first` (required, 1-100) and `after`."""
    return {
        "first": graphene.Argument(graphene.NonNull(graphene.Int), description="How many, 1 to 100."),
        "after": graphene.Argument(graphene.String, description="The endCursor of the page before."),
    }


def keyset_connection(
    queryset: QuerySet, *, list_name: str, keys: tuple[str, ...], first: int, after: str | None = None,
    wrap: Callable[[Any], Any] = lambda row: row, descending: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A page of `queryset` ordered by `keys` (the last of them unique), for a type made by `connection_type`.

    1 query, and one more when totalCount is asked for. Raises BadPageSize, BadCursor.
    """
    if not 1 <= first <= MOST_PER_PAGE:
        raise BadPageSize(most=MOST_PER_PAGE, field="first")
    total = queryset
    ordered = queryset.order_by(*(f"-{key}" if descending else key for key in keys))
    if after is not None:
        ordered = ordered.filter(_beyond(keys, _read_cursor(after, list_name, len(keys)), descending))
    try:
        rows = list(ordered[: first + 1])
    except (ValidationError, FieldError, ValueError, TypeError) as error:
        raise BadCursor(field="after") from error
    page = rows[:first]
    edges = [{"node": wrap(row), "cursor": _cursor(list_name, [getattr(row, key) for key in keys])} for row in page]
    return {
        "edges": edges,
        "nodes": [edge["node"] for edge in edges],
        "page_info": {"has_next_page": len(rows) > first, "end_cursor": edges[-1]["cursor"] if edges else None},
        "total_count": total.order_by().count,
    }


def _beyond(keys: tuple[str, ...], values: list[Any], descending: bool) -> Q:
    comparison = "lt" if descending else "gt"
    beyond = Q()
    for position, key in enumerate(keys):
        same = {earlier: values[n] for n, earlier in enumerate(keys[:position])}
        beyond |= Q(**same, **{f"{key}__{comparison}": values[position]})
    return beyond


def _cursor(list_name: str, values: list[Any]) -> str:
    parts = [value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps([_signature(list_name), *parts]).encode()).decode()


def _read_cursor(text: str, list_name: str, length: int) -> list[Any]:
    try:
        signature, *values = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor(field="after") from None
    if signature != _signature(list_name) or len(values) != length:
        raise BadCursor(field="after")
    return [_moment(value) or value for value in values]


def _moment(value: Any) -> Any:
    try:
        return parse_datetime(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None


def _signature(list_name: str) -> str:
    return f"{scope.current().schema}/{list_name}"
