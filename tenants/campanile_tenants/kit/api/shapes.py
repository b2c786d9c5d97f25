"""GraphQL types that every list has: connection, edge, page, order."""

from __future__ import annotations

from functools import partial
from typing import Any

import graphene

_connections: dict[str, type[graphene.ObjectType]] = {}
_orders: dict[str, type[graphene.InputObjectType]] = {}


class PageInfo(graphene.ObjectType):
    """Where a page of a list begins and ends (Relay)."""

    has_next_page = graphene.NonNull(graphene.Boolean, description="Whether there is more after it.")
    has_previous_page = graphene.NonNull(graphene.Boolean, description="Whether there is more before it.")
    start_cursor = graphene.String(description="Cursor of the first item; null on an empty page.")
    end_cursor = graphene.String(description="Cursor of the last item; null on an empty page.")


class OrderDirection(graphene.Enum):
    """Which end of a list comes first."""

    ASC = "asc"
    DESC = "desc"


def connection_type(node: type[graphene.ObjectType]) -> type[graphene.ObjectType]:
    """A Relay connection of `node`: edges, nodes, pageInfo, totalCount. One for each type."""
    name = node._meta.name
    if name not in _connections:
        _connections[name] = _make_connection(name, node)
    return _connections[name]


def _make_connection(name: str, node: type[graphene.ObjectType]) -> type[graphene.ObjectType]:
    edge = type(
        f"{name}Edge",
        (graphene.ObjectType,),
        {
            "__doc__": f"One {name} in a list.",
            "node": graphene.NonNull(node, description="The object."),
            "cursor": graphene.NonNull(graphene.String, description="Its place in the list."),
        },
    )
    return type(
        f"{name}Connection",
        (graphene.ObjectType,),
        {
            "__doc__": f"A page of a list of {name}.",
            "edges": graphene.NonNull(graphene.List(graphene.NonNull(edge)), description="Objects with cursors."),
            "nodes": graphene.NonNull(graphene.List(graphene.NonNull(node)), description="The objects alone."),
            "page_info": graphene.NonNull(PageInfo, description="Where the page begins and ends."),
            "total_count": graphene.NonNull(graphene.Int, description="How many on all pages together."),
            "resolve_total_count": staticmethod(lambda connection, info: connection["total_count"]()),
        },
    )


def page_arguments() -> dict[str, Any]:
    """`first`/`after` and `last`/`before`: one of the sizes is required, 1 to 100."""
    return {
        "first": graphene.Argument(graphene.Int, description="How many from the start, 1 to 100."),
        "after": graphene.Argument(graphene.String, description="Only what comes after this cursor."),
        "last": graphene.Argument(graphene.Int, description="How many from the end, 1 to 100."),
        "before": graphene.Argument(graphene.String, description="Only what comes before this cursor."),
    }


def _order_words(type_name: str, value: Any) -> str:
    return f"Orders of {type_name}." if value is None else f"By {value.name.lower().replace('_', ' ')}."


def order_input(type_name: str, names: tuple[str, ...]) -> type[graphene.InputObjectType]:
    """`{field, direction}` for a list of this type. One for each type."""
    if type_name not in _orders:
        _orders[type_name] = _make_order(type_name, names)
    return _orders[type_name]


def _make_order(type_name: str, names: tuple[str, ...]) -> type[graphene.InputObjectType]:
    choices = [(name, name) for name in names]
    fields = graphene.Enum(f"{type_name}OrderField", choices, description=partial(_order_words, type_name))
    return type(
        f"{type_name}Order",
        (graphene.InputObjectType,),
        {
            "__doc__": f"How to sort a list of {type_name}.",
            "field": graphene.NonNull(fields, description="By what."),
            "direction": graphene.NonNull(OrderDirection, description="Which way."),
        },
    )
