"""`node` and `nodes`: any object by its global id, with just the columns that are asked for."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene

from campanile_graphql.compose import object_types
from campanile_graphql.gate import TimeIsUp, admit
from campanile_tenants.contract.access import EVERYWHERE
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.kit.api import MOST_PER_PAGE, BadId, BadPageSize, Node, Row, split_id
from campanile_tenants.kit.api.lists import rows_of


class Query(graphene.ObjectType):
    """Objects by id."""

    policies: ClassVar = {"node": EVERYWHERE, "nodes": EVERYWHERE}
    node = graphene.Field(
        Node, id=graphene.Argument(graphene.NonNull(graphene.ID), description="A global id."),
        description="The object with this id; null when there is none here that you may see.",
    )  # fmt: skip
    nodes = graphene.Field(
        graphene.NonNull(graphene.List(Node)),
        ids=graphene.Argument(
            graphene.NonNull(graphene.List(graphene.NonNull(graphene.ID))), description="Global ids, 100 at most."
        ),
        description="The objects with these ids, in this order; null for each that is not here for you to see.",
    )

    @staticmethod
    def resolve_node(root: Any, info: Any, **arguments: str) -> Row | None:
        return _find([arguments["id"]], info)[0]

    @staticmethod
    def resolve_nodes(root: Any, info: Any, ids: list[str]) -> list[Row | None]:
        if len(ids) > MOST_PER_PAGE:
            raise BadPageSize(most=MOST_PER_PAGE, field="ids")
        return _find(ids, info)


def _find(ids: list[str], info: Any) -> list[Row | None]:
    """Rows by id: one query for each type among them, and one for each kind of list inside."""
    places: list[tuple[str, str] | None] = []
    wanted_keys: dict[str, list[str]] = {}
    for value in ids:
        try:
            type_name, key = split_id(value)
        except BadId:
            places.append(None)
            continue
        places.append((type_name, key))
        wanted_keys.setdefault(type_name, []).append(key)
    found: dict[tuple[str, str], Row] = {}
    for type_name, keys in wanted_keys.items():
        for key, row in _of_type(type_name, keys, info).items():
            found[(type_name, key)] = row
    return [found.get(place) if place is not None else None for place in places]


def _of_type(type_name: str, keys: list[str], info: Any) -> dict[str, Row]:
    declared = object_types().get(type_name)
    if declared is None:
        return {}
    type_, policy, module = declared
    try:
        admit(policy, module, info.context)
    except TimeIsUp:
        raise
    except CampanileError:  # who may not see it does not learn that it is there
        return {}
    return rows_of(type_, keys, info)
