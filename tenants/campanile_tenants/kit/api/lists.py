"""Relay connections over columns: lists of the root, and lists inside objects read for all parents at once."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import graphene
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.dateparse import parse_datetime
from graphql.execution.values import get_argument_values

from campanile_infra.database import scope
from campanile_tenants.kit.api.errors import BadCursor, BadPageSize
from campanile_tenants.kit.api.rows import Picked, Row, RowType, pick, read, wanted

MOST_PER_PAGE = 100
Source = Callable[..., QuerySet]


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


_connections: dict[str, type[graphene.ObjectType]] = {}
_orders: dict[str, type[graphene.InputObjectType]] = {}


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


@dataclass(frozen=True)
class Order:
    """Paths to sort by, the last of them unique."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class PageArguments:
    """`first`/`after` or `last`/`before`, checked. Raises BadPageSize."""

    size: int
    backwards: bool = False
    cursor: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> PageArguments:
        """From the arguments of a field."""
        first, last = given.get("first"), given.get("last")
        size = last if first is None else first
        if size is None or (first is not None and last is not None) or not 1 <= size <= MOST_PER_PAGE:
            raise BadPageSize(most=MOST_PER_PAGE, field="first" if last is None else "last")
        backwards = last is not None
        return cls(size, backwards, given.get("before" if backwards else "after"))


@dataclass
class Listing:
    """A queryset in an order, with a name that its cursors carry."""

    queryset: QuerySet
    name: str
    keys: tuple[str, ...]
    descending: bool = False


@dataclass
class Page:
    """Rows of values; `index` says where each path stands in them."""

    rows: list[tuple[Any, ...]]
    index: dict[str, int]
    has_next: bool
    has_previous: bool
    listing: Listing
    _cursor_of: list[int] = field(default_factory=list)

    def cursor(self, row: tuple[Any, ...]) -> str:
        """The place of a row in the list."""
        return cursor_of(self.listing, [row[place] for place in self._cursor_of])

    def total(self) -> int:
        """How many on all pages. 1 query."""
        return self.listing.queryset.order_by().count()


def fetch(listing: Listing, paths: Iterable[str], page: PageArguments) -> Page:
    """One page of a list with these columns. 1 query. Raises BadCursor."""
    columns = list(dict.fromkeys([*paths, *listing.keys]))
    descending = listing.descending is not page.backwards
    found = listing.queryset.order_by(*(f"-{key}" if descending else key for key in listing.keys))
    if page.cursor is not None:
        found = found.filter(_beyond(listing, _read_cursor(listing, page.cursor), descending))
    rows = list(found.values_list(*columns)[: page.size + 1])
    more = len(rows) > page.size
    rows = rows[: page.size]
    if page.backwards:
        rows.reverse()
    index = {path: place for place, path in enumerate(columns)}
    beyond, before = (page.cursor is not None, more) if page.backwards else (more, page.cursor is not None)
    return Page(rows, index, beyond, before, listing, [index[key] for key in listing.keys])


class Connection(graphene.Field):
    """A root list. `source(context, **filters)` gives the queryset that this person may see.

    `orders`: what `orderBy` may name, each with its paths (the last one unique); the first is the order without
    `orderBy`, descending when `newest_first`. `filters`: an input type for `filterBy`, given to
    the source as keywords.
    """

    def __init__(
        self, type_: type[RowType], source: Source, *, orders: dict[str, tuple[str, ...]], description: str,
        filters: type[graphene.InputObjectType] | None = None, newest_first: bool = False,
    ) -> None:  # fmt: skip
        arguments = page_arguments()
        if filters is not None:
            arguments["filter_by"] = graphene.Argument(filters, description="Only what fits all of these.")
        if len(orders) > 1:
            arguments["order_by"] = graphene.Argument(
                order_input(type_._meta.name, tuple(orders)), description="Order."
            )
        connection = graphene.NonNull(connection_type(type_))
        super().__init__(connection, resolver=self.resolve, description=description, **arguments)
        self.row_type, self.source, self.orders, self.newest_first = type_, source, orders, newest_first

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
        connection = self._type_name()
        asked = pick(connection, info.field_nodes, info.fragments)
        inner = node_selections(connection, asked, info.fragments)
        needed = wanted(self.row_type, inner, info.fragments)
        parents = [f"{prefix}{child.parent}" for _key, child, _nodes, prefix in needed.children]
        found = fetch(self.listing(info.context, given), [*needed.paths, *parents], page)
        rows = [Row(self.row_type, dict(zip(found.index, values, strict=True))) for values in found.rows]
        load_children(rows, needed.children, info)
        return shape(found, rows)

    def _type_name(self) -> str:
        return f"{self.row_type._meta.name}Connection"


def shape(page: Page, rows: list[Row]) -> dict[str, Any]:
    """A page as the connection type reads it."""
    cursors = [page.cursor(row) for row in page.rows]
    return {
        "edges": [{"node": row, "cursor": cursor} for row, cursor in zip(rows, cursors, strict=True)],
        "nodes": rows,
        "page_info": {
            "has_next_page": page.has_next, "has_previous_page": page.has_previous,
            "start_cursor": cursors[0] if cursors else None, "end_cursor": cursors[-1] if cursors else None,
        },
        "total_count": page.total,
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
        connection = graphene.NonNull(connection_type(type_))
        super().__init__(connection, resolver=self._resolve, description=description, **arguments)
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
        connection = f"{self.row_type._meta.name}Connection"
        asked = pick(connection, nodes, info.fragments)
        needed = wanted(self.row_type, node_selections(connection, asked, info.fragments), info.fragments)
        inner = [f"{prefix}{child.parent}" for _key, child, _nodes, prefix in needed.children]
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
            everything = everything.filter(_beyond(listing, _read_cursor(listing, page.cursor), self.descending))
        number = Window(RowNumber(), partition_by=[F(self.link)], order_by=order)
        numbered = everything.annotate(_number=number).filter(_number__lte=page.size + 1)
        return list(numbered.order_by(self.link, "_number").values_list(*columns))

    def _name(self, parent: Any) -> str:
        return f"{self.row_type._meta.name}/{self.link}/{parent}"


def load_children(rows: list[Row], children: list[tuple[str, Any, list[Any], str]], info: Any) -> None:
    """Reads the lists inside `rows`, each kind once for all of them."""
    for key, child, nodes, prefix in children:
        parents = list(dict.fromkeys(row.values[prefix + child.parent] for row in rows))
        parents = [parent for parent in parents if parent is not None]
        if not parents:
            continue
        holder = next(iter(rows)).type
        for part in prefix.split("__")[:-1]:
            holder = holder.fields_by_name()[part].row_type
        definition = info.schema.type_map[holder._meta.name].fields[nodes[0].name.value]
        given = get_argument_values(definition, nodes[0], info.variable_values)
        pages = child.load(parents, nodes, given, info)
        for row in rows:
            row.children[prefix + key] = pages.get(row.values[prefix + child.parent])


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


def _beyond(listing: Listing, values: list[Any], descending: bool) -> Q:
    """Rows after a cursor: its keys compared one after another, as a row comparison would."""
    comparison = "lt" if descending else "gt"
    beyond = Q()
    for position, key in enumerate(listing.keys):
        same = {earlier: values[n] for n, earlier in enumerate(listing.keys[:position])}
        beyond |= Q(**same, **{f"{key}__{comparison}": values[position]})
    return beyond


def cursor_of(listing: Listing, values: list[Any]) -> str:
    """An opaque cursor that names town, list and order."""
    parts = [value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps([_signature(listing), *parts]).encode()).decode()


def _read_cursor(listing: Listing, text: str) -> list[Any]:
    try:
        signature, *parts = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, TypeError, binascii.Error):
        raise BadCursor(field="after") from None
    if signature != _signature(listing) or len(parts) != len(listing.keys):
        raise BadCursor(field="after")
    try:
        return [_value(listing, key, part) for key, part in zip(listing.keys, parts, strict=True)]
    except (ValidationError, ValueError, TypeError):
        raise BadCursor(field="after") from None


def _value(listing: Listing, key: str, part: Any) -> Any:
    """A cursor's text as the column's own type. Raises ValidationError."""
    if not isinstance(part, str) or "\0" in part:
        raise TypeError(key)
    column: Any = listing.queryset.model
    for step in key.split("__")[:-1]:
        column = column._meta.get_field(step).related_model
    value = column._meta.get_field(key.rsplit("__", 1)[-1]).to_python(part)
    return parse_datetime(part) if value is None else value


def _signature(listing: Listing) -> str:
    return f"{scope.current().schema}/{listing.name}"
