"""Relay connections over columns: lists of the root, and lists inside objects read for all parents at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import graphene
from django.core.exceptions import ValidationError
from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from graphql.execution.values import get_argument_values

from campanile_tenants.kit.api.errors import BadCursor
from campanile_tenants.kit.api.pages import Listing, Page, PageArguments, beyond, fetch, read_cursor
from campanile_tenants.kit.api.rows import Picked, Row, RowType, pick, read, wanted
from campanile_tenants.kit.api.shapes import connection_type, order_input, page_arguments

Source = Callable[..., QuerySet]


class Connection(graphene.Field):
    """A root list. `source(context, **filters)` gives the queryset that this person may see.

    `orders`: what `orderBy` may name, each with its paths (the last one unique); the first is the order without
    `orderBy`, descending when `newest_first`. `filters`: an input type for `filterBy`, given to
    the source as keywords. `same_for_all`: the source looks at nobody, so that its SQL can be kept.
    """

    def __init__(
        self, type_: type[RowType], source: Source, *, orders: dict[str, tuple[str, ...]], description: str,
        filters: type[graphene.InputObjectType] | None = None, newest_first: bool = False, same_for_all: bool = False,
    ) -> None:  # fmt: skip
        arguments = page_arguments()
        if filters is not None:
            arguments["filter_by"] = graphene.Argument(filters, description="Only what fits all of these.")
        if len(orders) > 1:
            arguments["order_by"] = graphene.Argument(
                order_input(type_._meta.name, tuple(orders)), description="Order."
            )
        made = graphene.NonNull(connection_type(type_))
        super().__init__(made, resolver=self.resolve, description=description, **arguments)
        self.row_type, self.source, self.orders, self.newest_first = type_, source, orders, newest_first
        self.same_for_all = same_for_all

    def listing(self, context: Any, given: Mapping[str, Any]) -> Listing:
        """The list that these arguments ask for."""
        name = next(iter(self.orders))
        descending = self.newest_first
        if (order := given.get("order_by")) is not None:
            name = getattr(order["field"], "value", order["field"])
            descending = getattr(order["direction"], "value", order["direction"]) == "desc"
        queryset = self.source(context, **(given.get("filter_by") or {}))
        signature = f"{self.row_type._meta.name}/{name}/{'-' if descending else '+'}"
        return Listing(queryset, signature, self.orders[name], descending)

    def resolve(self, root: Any, info: Any, **given: Any) -> dict[str, Any]:
        """The page, with just the columns that the selection needs. 1 query, and one for each kind of inner list."""
        page = PageArguments.of(given)
        name = self._type_name()
        asked = pick(name, info.field_nodes, info.fragments)
        inner = node_selections(name, asked, info.fragments)
        needed = wanted(self.row_type, inner, info.fragments)
        parents = [f"{prefix}{child.parent}" for _key, child, _nodes, prefix, _holder in needed.children]
        cursors = wants_cursors(name, asked, info.fragments)
        found = fetch(self.listing(info.context, given), [*needed.paths, *parents], page, cursors=cursors)
        rows = [Row(self.row_type, dict(zip(found.index, values, strict=True))) for values in found.rows]
        load_children(rows, needed.children, info)
        return shape(found, rows, cursors=cursors)

    def _type_name(self) -> str:
        return f"{self.row_type._meta.name}Connection"


def wants_cursors(connection: str, asked: dict[str, Picked], fragments: Any) -> bool:
    """Whether a selection on a connection asks for any cursor."""
    for picked in asked.values():
        if picked.name == "edges":
            edge = f"{connection.removesuffix('Connection')}Edge"
            if any(below.name == "cursor" for below in pick(edge, picked.nodes, fragments).values()):
                return True
        elif picked.name == "pageInfo":
            below_info = pick("PageInfo", picked.nodes, fragments).values()
            if any(below.name.endswith("Cursor") for below in below_info):
                return True
    return False


def shape(page: Page, rows: list[Row], *, cursors: bool = True) -> dict[str, Any]:
    """A page as the connection type reads it; without cursors their places are empty."""
    marks = [page.cursor(row) for row in page.rows] if cursors else [""] * len(rows)
    return shape_of(rows, marks, page.total, has_next=page.has_next, has_previous=page.has_previous)


def shape_of(
    nodes: list[Any], marks: list[str], total: Callable[[], int], *, has_next: bool, has_previous: bool
) -> dict[str, Any]:
    """Objects with their cursors as a connection type reads them; `total` is asked only when it is wanted."""
    return {
        "edges": [{"node": node, "cursor": cursor} for node, cursor in zip(nodes, marks, strict=True)],
        "nodes": nodes,
        "page_info": {
            "has_next_page": has_next, "has_previous_page": has_previous,
            "start_cursor": marks[0] if marks else None, "end_cursor": marks[-1] if marks else None,
        },
        "total_count": total,
    }  # fmt: skip


def node_selections(connection: str, asked: dict[str, Picked], fragments: Any) -> list[Any]:
    """The nodes whose selections are about the objects: below `nodes`, and below `edges { node }`."""
    inner: list[Any] = []
    for picked in asked.values():
        if picked.name == "nodes":
            inner += picked.nodes
        elif picked.name == "edges":
            edge = pick(f"{connection.removesuffix('Connection')}Edge", picked.nodes, fragments)
            inner += [node for below in edge.values() if below.name == "node" for node in below.nodes]
    return inner


class Children(graphene.Field):
    """A list inside an object, read for all parents of a list in one query.

    `source(context)` gives everything this person may see; `link` is its column that names the parent, `parent` the
    parent's path to compare with. `after` works where there is one parent.
    """

    def __init__(
        self, type_: type[RowType], source: Source, *, link: str, keys: tuple[str, ...], description: str,
        parent: str = "id", descending: bool = False,
    ) -> None:  # fmt: skip
        arguments = {name: argument for name, argument in page_arguments().items() if name in ("first", "after")}
        made = graphene.NonNull(connection_type(type_))
        super().__init__(made, resolver=self._resolve, description=description, **arguments)
        self.row_type, self.source, self.link, self.parent = type_, source, link, parent
        self.keys, self.descending, self.paths = keys, descending, (parent,)

    def _resolve(self, root: Any, info: Any, **given: Any) -> Any:
        if isinstance(root, Row):
            return root.children[root.prefix + info.path.key]
        parent = read(root, self.parent)
        return self.load([parent], info.field_nodes, given, info)[parent]

    def load(self, parents: list[Any], nodes: list[Any], given: Mapping[str, Any], info: Any) -> dict[Any, Any]:
        """A page for each parent. 1 query, one more for totalCount, and one for each kind of list inside."""
        page = PageArguments.of(given)
        name = f"{self.row_type._meta.name}Connection"
        asked = pick(name, nodes, info.fragments)
        needed = wanted(self.row_type, node_selections(name, asked, info.fragments), info.fragments)
        inner = [f"{prefix}{child.parent}" for _key, child, _nodes, prefix, _holder in needed.children]
        everything = self.source(info.context).filter(**{f"{self.link}__in": parents})
        columns = list(dict.fromkeys([self.link, *needed.paths, *inner, *self.keys]))
        rows = self._read(everything, columns, page, parents)
        counted: dict[Any, int] = {}
        if any(picked.name == "totalCount" for picked in asked.values()):
            counted = dict(everything.order_by().values_list(self.link).annotate(Count("pk")))
        pages: dict[Any, Any] = {}
        every: list[Row] = []
        for parent in parents:
            mine = [row for row in rows if row[0] == parent]
            made = [Row(self.row_type, dict(zip(columns, row, strict=True))) for row in mine[: page.size]]
            every += made
            listing = Listing(everything, self._name(parent), self.keys, self.descending)
            index = {path: place for place, path in enumerate(columns)}
            found = Page(mine[: page.size], index, len(mine) > page.size, page.cursor is not None, listing,
                         [index[key] for key in self.keys])  # fmt: skip
            pages[parent] = shape(found, made) | {"total_count": partial(counted.get, parent, 0)}
        load_children(every, needed.children, info)
        return pages

    def _read(self, everything: QuerySet, columns: list[str], page: PageArguments, parents: list[Any]) -> list[Any]:
        order = [F(key).desc() if self.descending else F(key).asc() for key in self.keys]
        if page.cursor is not None:
            if len(parents) != 1:
                raise BadCursor(field="after")
            listing = Listing(everything, self._name(parents[0]), self.keys, self.descending)
            everything = everything.filter(beyond(listing, read_cursor(listing, page.cursor), self.descending))
        number = Window(RowNumber(), partition_by=[F(self.link)], order_by=order)
        numbered = everything.annotate(_number=number).filter(_number__lte=page.size + 1)
        return list(numbered.order_by(self.link, "_number").values_list(*columns))

    def _name(self, parent: Any) -> str:
        return f"{self.row_type._meta.name}/{self.link}/{parent}"


def load_children(rows: list[Row], children: list[tuple[str, Any, list[Any], str, str]], info: Any) -> None:
    """Reads the lists inside `rows`, each kind once for all of them."""
    for key, child, nodes, prefix, holder in children:
        parents = list(dict.fromkeys(row.values[prefix + child.parent] for row in rows))
        parents = [parent for parent in parents if parent is not None]
        if not parents:
            continue
        definition = info.schema.type_map[holder].fields[nodes[0].name.value]
        given = get_argument_values(definition, nodes[0], info.variable_values)
        pages = child.load(parents, nodes, given, info)
        for row in rows:
            row.children[prefix + key] = pages.get(row.values[prefix + child.parent])


def rows_of(type_: type[RowType], keys: list[str], info: Any, *, queryset: QuerySet | None = None) -> dict[str, Row]:
    """Rows by the key in their id, with the columns and lists that the field's selection asks for; unknown keys are
    left out. 1 query, and one for each kind of list inside.
    """
    path = type_.id_path()
    needed = wanted(type_, info.field_nodes, info.fragments)
    parents = [f"{prefix}{child.parent}" for _key, child, _nodes, prefix, _holder in needed.children]
    columns = list(dict.fromkeys([path, *needed.paths, *parents]))
    source = type_.objects(info.context) if queryset is None else queryset
    try:
        values = list(source.filter(**{f"{path}__in": keys}).values_list(*columns))
    except (ValidationError, ValueError):  # one of them is no key of this type
        values = [row for key in keys for row in _one(source, path, key, columns)]
    rows = {str(row[0]): Row(type_, dict(zip(columns, row, strict=True))) for row in values}
    load_children(list(rows.values()), needed.children, info)
    return rows


def _one(source: QuerySet, path: str, key: str, columns: list[str]) -> list[Any]:
    try:
        return list(source.filter(**{path: key}).values_list(*columns))
    except (ValidationError, ValueError):
        return []
