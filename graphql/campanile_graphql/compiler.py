"""Operations that are nothing but lists of columns, made into one query and one loop each.

Most traffic is a page of a list. The executor visits every field of every object; a plan knows beforehand which
columns go where. A plan is made from the same declarations that the executor reads (`kit.api.rows`), it asks the same
gate, and for whatever it does not understand, and for every error, the executor answers instead. Both give the same
bytes: `tests/test_compiler.py` asks both a hundred thousand random questions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Func
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    OperationDefinitionNode,
    Visitor,
    visit,
)
from graphql.execution.values import get_argument_values, get_variable_values

from campanile_graphql.compose import Root, roots, schema
from campanile_graphql.documents import Document
from campanile_graphql.gate import admit
from campanile_tenants.kit.api.lists import Connection, node_selections, wants_cursors
from campanile_tenants.kit.api.pages import PageArguments, page_of, statement
from campanile_tenants.kit.api.rows import Column, Related, RowType, pick, wanted

_MOST_STATEMENTS = 8  # a list and its usual page sizes; whoever tries all sizes fills no memory
_TEXT = (models.CharField, models.TextField)


class NotSimple(Exception):
    """The executor has to answer."""


def run(
    document: Document, operation: OperationDefinitionNode, variables: dict[str, Any], context: Any
) -> dict[str, Any]:
    """The `data` of the answer. Raises NotSimple, and whatever goes wrong: the executor then says it properly."""
    name = operation.name.value if operation.name else ""
    if name not in document.plans:
        try:
            document.plans[name] = _Plan.of(document, operation)
        except NotSimple:
            document.plans[name] = None
    plan: _Plan | None = document.plans[name]
    if plan is None:
        raise NotSimple
    return plan.run(variables, context)


@dataclass
class _Plan:
    operation: OperationDefinitionNode
    lists: list[_List]

    @classmethod
    def of(cls, document: Document, operation: OperationDefinitionNode) -> _Plan:
        if not document.is_query(operation):
            raise NotSimple
        finder = _Directives()
        visit(document.ast, finder)
        if finder.found:
            raise NotSimple
        known = roots()
        picked = pick("Query", [operation], document.fragments, abstract=())
        lists = [_List(one.key, known.get(one.name), one.nodes, document.fragments) for one in picked.values()]
        return cls(operation, lists)

    def run(self, variables: dict[str, Any], context: Any) -> dict[str, Any]:
        coerced: Any = {}
        if self.operation.variable_definitions:
            coerced = get_variable_values(schema().graphql_schema, self.operation.variable_definitions, variables)
            if isinstance(coerced, list):
                raise NotSimple
        return {one.key: one.run(coerced, context) for one in self.lists}


class _Directives(Visitor):
    found = False

    def enter_directive(self, *_: Any) -> None:
        self.found = True


@dataclass
class _List:
    """One root list: what its parts are is known at once, how objects are built when its model is first seen."""

    key: str
    root: Root | None
    nodes: list[FieldNode]
    fragments: Any
    paths: list[str] = field(default_factory=list)
    cursors: bool = False
    instead: dict[str, Any] = field(default_factory=dict)
    makers: list[Column] = field(default_factory=list)
    statements: dict[Any, Any] = field(default_factory=dict)
    build: Callable[..., dict[str, Any]] | None = None

    def __post_init__(self) -> None:
        if self.root is None or not isinstance(self.root.field, Connection):
            raise NotSimple
        declared = self.root.field
        self.name = f"{declared.row_type._meta.name}Connection"
        self.definition = schema().graphql_schema.query_type.fields[self.nodes[0].name.value]
        asked = pick(self.name, self.nodes, self.fragments)
        needed = wanted(declared.row_type, node_selections(self.name, asked, self.fragments), self.fragments)
        if needed.children:
            raise NotSimple
        self.paths = list(needed.paths)
        self.cursors = wants_cursors(self.name, asked, self.fragments)

    def run(self, variables: Any, context: Any) -> dict[str, Any]:
        assert self.root is not None
        declared: Any = self.root.field
        admit(self.root.policy, self.root.module, context)
        given = get_argument_values(self.definition, self.nodes[0], variables)
        page = PageArguments.of(given)
        listing = declared.listing(context, given)
        if self.build is None:
            self._prepare(listing.queryset.model, declared)
            assert self.build is not None
        columns = list(dict.fromkeys([*self.paths, *listing.keys] if self.cursors else self.paths)) or ["pk"]
        kept = declared.same_for_all and not given.get("filter_by") and page.cursor is None
        key = (page.size, page.backwards, listing.name)
        made = self.statements.get(key) if kept else None
        if made is None:
            made = statement(listing, columns, page, self.instead)
            if kept and len(self.statements) < _MOST_STATEMENTS:
                self.statements[key] = made
        found = page_of(made.rows(), columns, listing, page, cursors=self.cursors)
        return self.build(found.rows, found, *[column.maker(context) for column in self.makers])

    def _prepare(self, model: type[models.Model], declared: Connection) -> None:
        """Writes the function that builds pages. Moments that nothing else needs are read as text: see `_AsText`."""
        keys = {path for order in declared.orders.values() for path in order} if self.cursors else set()
        first = _Writer(self.paths, self.fragments, model)
        first.connection(declared.row_type, self.name, self.nodes)
        self.instead = {path: _AsText(path) for path in first.moments - first.made - keys}
        writer = _Writer(self.paths, self.fragments, model, frozenset(self.instead))
        self.build = writer.connection(declared.row_type, self.name, self.nodes)
        self.makers = writer.makers


class _AsText(Func):
    """A moment as the scalar `DateTime` writes it, made by PostgreSQL: reading and writing it again costs more."""

    template = """to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""

    def __init__(self, path: str) -> None:
        super().__init__(F(path), output_field=models.TextField())


class _Writer:
    """Writes the source of a function that makes a page's answer from tuples: `r` is a row, `p` the page."""

    def __init__(
        self, paths: list[str], fragments: Any, model: type[models.Model], texts: frozenset[str] = frozenset()
    ) -> None:
        self.index = {path: place for place, path in enumerate(paths)}
        self.fragments, self.model, self.texts = fragments, model, texts
        self.moments: set[str] = set()
        self.made: set[str] = set()
        self.makers: list[Column] = []
        self.names: dict[str, Any] = {}
        self.types = schema().graphql_schema.type_map

    def connection(self, type_: type[RowType], name: str, nodes: list[FieldNode]) -> Any:
        parts = []
        for picked in pick(name, nodes, self.fragments).values():
            if picked.name == "nodes":
                value = f"[{self._object(type_, picked.nodes, '')} for r in rows]"
            elif picked.name == "edges":
                value = f"[{self._edge(type_, name, picked.nodes)} for r in rows]"
            elif picked.name == "pageInfo":
                value = self._page_info(picked.nodes)
            else:
                value = {"totalCount": "p.total()", "__typename": repr(name)}[picked.name]
            parts.append(f"{picked.key!r}: {value}")
        makers = "".join(f", m{number}" for number in range(len(self.makers)))
        source = f"lambda rows, p{makers}: {{{', '.join(parts)}}}"
        # Only GraphQL names (letters, digits, underscores), numbers and our own names stand in this source.
        return eval(compile(source, "<plan>", "eval"), self.names)  # noqa: S307

    def _edge(self, type_: type[RowType], name: str, nodes: list[FieldNode]) -> str:
        edge = f"{name.removesuffix('Connection')}Edge"
        parts = []
        for picked in pick(edge, nodes, self.fragments).values():
            if picked.name == "node":
                value = self._object(type_, picked.nodes, "")
            else:
                value = {"cursor": "p.cursor(r)", "__typename": repr(edge)}[picked.name]
            parts.append(f"{picked.key!r}: {value}")
        return f"{{{', '.join(parts)}}}"

    def _page_info(self, nodes: list[FieldNode]) -> str:
        values = {
            "hasNextPage": "p.has_next", "hasPreviousPage": "p.has_previous", "__typename": "'PageInfo'",
            "startCursor": "(p.cursor(rows[0]) if rows else None)",
            "endCursor": "(p.cursor(rows[-1]) if rows else None)",
        }  # fmt: skip
        picked = pick("PageInfo", nodes, self.fragments).values()
        return "{" + ", ".join(f"{one.key!r}: {values[one.name]}" for one in picked) + "}"

    def _object(self, type_: type[RowType], nodes: list[FieldNode], prefix: str) -> str:
        fields, definition = type_.fields_by_name(), self.types[type_._meta.name]
        assert isinstance(definition, GraphQLObjectType)
        parts = []
        for picked in pick(type_._meta.name, nodes, self.fragments).values():
            declared = fields.get(picked.name)
            if picked.name == "__typename":
                value = repr(type_._meta.name)
            elif isinstance(declared, Column):
                value = self._column(declared, definition.fields[picked.name].type, prefix)
            elif isinstance(declared, Related):
                value = self._object(declared.row_type, picked.nodes, f"{prefix}{declared.path}__")
                if not isinstance(definition.fields[picked.name].type, GraphQLNonNull):
                    value = f"(None if {self._at(prefix + declared.paths[0])} is None else {value})"
            else:
                raise NotSimple
            parts.append(f"{picked.key!r}: {value}")
        return f"{{{', '.join(parts)}}}"

    def _at(self, path: str) -> str:
        return f"r[{self.index[path]}]"

    def _column(self, column: Column, type_: Any, prefix: str) -> str:
        places = [self._at(prefix + path) for path in column.paths]
        required = isinstance(type_, GraphQLNonNull)
        leaf = type_.of_type if required else type_
        if not isinstance(leaf, GraphQLScalarType | GraphQLEnumType):
            raise NotSimple
        path = prefix + column.paths[0]
        if column.is_plain:
            kept = self._as_it_is(leaf, path, places[0], required=required)
            if kept is not None:
                return kept
            return f"{self._name('s', _serializer(leaf, required=required))}({places[0]})"
        self.made.update(prefix + path for path in column.paths)
        if column not in self.makers:
            self.makers.append(column)
        value = f"m{self.makers.index(column)}({', '.join(places)})"
        if leaf is GraphQLString or leaf is GraphQLID:
            slow = self._name("s", _serializer(leaf, required=required))
            return f"(v if type(v := {value}) is str else {slow}(v))"
        return f"{self._name('s', _serializer(leaf, required=required))}({value})"

    def _as_it_is(self, leaf: Any, path: str, place: str, *, required: bool) -> str | None:
        """The value without a call, where the column's own type says that serialising changes nothing."""
        column = self._model_field(path)
        if column is None or (required and column.null):
            return None
        if leaf in (GraphQLString, GraphQLID) and isinstance(column, _TEXT):
            return place
        if leaf is GraphQLInt and type(column) in (models.PositiveSmallIntegerField, models.SmallIntegerField):
            return place
        if leaf is GraphQLFloat and isinstance(column, models.DecimalField):
            return f"float({place})" if not column.null else f"(None if {place} is None else float({place}))"
        if leaf.name == "DateTime" and isinstance(column, models.DateTimeField):
            self.moments.add(path)
            return place if path in self.texts else None
        return None

    def _model_field(self, path: str) -> Any:
        """The column behind a path; None for one that the queryset added, and below a key that may be null."""
        model: Any = self.model
        *steps, last = path.split("__")
        try:
            for step in steps:
                model = model._meta.get_field(step).related_model
            return model._meta.get_field(last)
        except FieldDoesNotExist:
            return None

    def _name(self, kind: str, value: Any) -> str:
        name = f"_{kind}{len(self.names)}"
        self.names[name] = value
        return name


def _serializer(leaf: GraphQLScalarType | GraphQLEnumType, *, required: bool) -> Callable[[Any], Any]:
    """The executor's serialisation of one leaf; what it would refuse, it shall refuse itself."""
    known: dict[Any, Any] = {}
    is_enum = isinstance(leaf, GraphQLEnumType)

    def serialize(value: Any) -> Any:
        if value is None:
            if required:
                raise NotSimple
            return None
        if not is_enum:
            return leaf.serialize(value)
        if value not in known:
            known[value] = leaf.serialize(value)
        return known[value]

    return serialize
