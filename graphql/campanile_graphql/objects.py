"""`node` and `nodes`: any object by its global id, with just the columns that are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import graphene
from django.core.exceptions import ValidationError

from campanile_graphql.gate import TimeIsUp, admit
from campanile_tenants.contract.access import EVERYWHERE
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.kit.api import MOST_PER_PAGE, BadId, BadPageSize, GlobalId, Node, Row, RowType, split_id
from campanile_tenants.kit.api.lists import load_children
from campanile_tenants.kit.api.rows import wanted

_types: list[Callable[[], dict[str, Any]]] = []


def find_types_with(finder: Callable[[], dict[str, Any]]) -> None:
    """Says where the types are that have ids: they are known when the schema is composed."""
    _types[:] = [finder]


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
    declared = _types[0]().get(type_name)
    if declared is None:
        return {}
    type_, policy, module = declared
    try:
        admit(policy, module, info.context)
    except TimeIsUp:
        raise
    except CampanileError:  # who may not see it does not learn that it is there
        return {}
    path = _id_path(type_)
    needed = wanted(type_, info.field_nodes, info.fragments)
    parents = [f"{prefix}{child.parent}" for _key, child, _nodes, prefix, _holder in needed.children]
    columns = list(dict.fromkeys([path, *needed.paths, *parents]))
    try:
        values = list(type_.objects(info.context).filter(**{f"{path}__in": keys}).values_list(*columns))
    except (ValidationError, ValueError):  # one of them is no key of this type
        values = [row for key in keys for row in _one(type_, info, path, key, columns)]
    rows = {str(row[0]): Row(type_, dict(zip(columns, row, strict=True))) for row in values}
    load_children(list(rows.values()), needed.children, info)
    return rows


def _one(type_: type[RowType], info: Any, path: str, key: str, columns: list[str]) -> list[Any]:
    try:
        return list(type_.objects(info.context).filter(**{path: key}).values_list(*columns))
    except (ValidationError, ValueError):
        return []


def _id_path(type_: type[RowType]) -> str:
    declared = type_._meta.fields["id"]
    assert isinstance(declared, GlobalId)
    return declared.paths[0]
