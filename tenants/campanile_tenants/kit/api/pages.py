"""Pages of a list: their size, their SQL, and the cursors that lead from one to the next."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime

from campanile_infra.database import scope
from campanile_tenants.kit.api.errors import BadCursor, BadPageSize

MOST_PER_PAGE = 100


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


def fetch(listing: Listing, paths: Iterable[str], page: PageArguments, *, cursors: bool = True) -> Page:
    """One page of a list with these columns. 1 query. Raises BadCursor.

    `cursors`: whether the page will be asked for any.
    """
    columns = list(dict.fromkeys([*paths, *listing.keys] if cursors else paths)) or ["pk"]
    return page_of(statement(listing, columns, page, {}).rows(), columns, listing, page, cursors=cursors)


def page_of(
    rows: list[tuple[Any, ...]], columns: list[str], listing: Listing, page: PageArguments, *, cursors: bool
) -> Page:
    """The page that these rows are: one more was asked for, to know whether there is more."""
    more = len(rows) > page.size
    rows = rows[: page.size]
    if page.backwards:
        rows.reverse()
    index = {path: place for place, path in enumerate(columns)}
    after, before = (page.cursor is not None, more) if page.backwards else (more, page.cursor is not None)
    return Page(rows, index, after, before, listing, [index[key] for key in listing.keys] if cursors else [])


@dataclass
class Statement:
    """A page's SQL, made once: it names no schema, so it is the same for all towns."""

    sql: str
    params: tuple[Any, ...]
    compiler: Any
    converters: Any

    def rows(self) -> list[tuple[Any, ...]]:
        """Asks PostgreSQL in the present place. 1 query."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            rows = cursor.fetchall()
        if not self.converters:
            return list(rows)
        return [tuple(row) for row in self.compiler.apply_converters(rows, self.converters)]


def statement(
    listing: Listing, columns: list[str], page: PageArguments, instead: Mapping[str, Any]
) -> Statement | _Nothing:
    """The SQL of a page with these columns. Raises BadCursor."""
    descending = listing.descending is not page.backwards
    found = listing.queryset.order_by(*(f"-{key}" if descending else key for key in listing.keys))
    if page.cursor is not None:
        found = found.filter(beyond(listing, read_cursor(listing, page.cursor), descending))
    wanted_rows = found.values_list(*(instead.get(path, path) for path in columns))[: page.size + 1]
    compiler = wanted_rows.query.get_compiler(wanted_rows.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Nothing()
    converters = compiler.get_converters([selected[0] for selected in compiler.select])
    return Statement(sql, params, compiler, converters)


class _Nothing:
    """A list that Django knows to be empty without asking."""

    @staticmethod
    def rows() -> list[tuple[Any, ...]]:
        return []


def beyond(listing: Listing, values: list[Any], descending: bool) -> Q:
    """Rows after a cursor: its keys compared one after another, as a row comparison would."""
    comparison = "lt" if descending else "gt"
    found = Q()
    for position, key in enumerate(listing.keys):
        same = {earlier: values[n] for n, earlier in enumerate(listing.keys[:position])}
        found |= Q(**same, **{f"{key}__{comparison}": values[position]})
    return found


def cursor_of(listing: Listing, values: list[Any]) -> str:
    """An opaque cursor that names town, list and order."""
    parts = [value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps([_signature(listing), *parts]).encode()).decode()


def read_cursor(listing: Listing, text: str) -> list[Any]:
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
