"""Types that are made of columns: what a list selects is read in one query, and no row can ask for more.

A field of a `RowType` says which columns it is made of. Before a list is read, the selection is looked through and
exactly those columns are fetched as plain values; rows are no model instances, so a resolver cannot reach the
database behind a list's back. Lists inside lists are fetched for all parents at once (`Children`). The compiler of
the API reads the same declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Any, ClassVar

import graphene
from django.db.models import QuerySet
from graphene.utils.str_converters import to_camel_case
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from campanile_tenants.kit.api.ids import id_maker

Make = Callable[..., Any]
Fragments = Mapping[str, FragmentDefinitionNode]


class Row:
    """Values by path, seen from `prefix`; `children` holds the lists inside it, by prefix and response key."""

    __slots__ = ("children", "prefix", "type", "values")

    def __init__(
        self, type_: type[RowType], values: Mapping[str, Any], prefix: str = "", children: dict[str, Any] | None = None
    ) -> None:
        self.type, self.values, self.prefix = type_, values, prefix
        self.children: dict[str, Any] = {} if children is None else children

    def __getitem__(self, path: str) -> Any:
        return self.values[self.prefix + path]


class Column(graphene.Field):
    """A field made of columns: the first path's value, or what a function makes of them all.

    Paths are those of the ORM (`category__name`). `make(context, *values)` gets the request; `make_for(context)` is
    asked once a request and returns the function for the values. Neither may touch the database for a row.
    """

    def __init__(
        self, type_: Any, *paths: str, make: Make | None = None, make_for: Callable[[Any], Make] | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(type_, resolver=self._resolve, **options)
        self.paths = paths
        self._make_for = (lambda context: partial(make, context)) if make is not None else make_for

    @property
    def is_plain(self) -> bool:
        """Whether the field shows the first path's value as it is."""
        return self._make_for is None

    def maker(self, context: Any) -> Make:
        """The function that makes the field of its values, for this request."""
        assert self._make_for is not None
        known: dict[Any, Make] = context.__dict__.setdefault("campanile_makers", {})
        if self not in known:
            known[self] = self._make_for(context)
        return known[self]

    def _resolve(self, root: Any, info: Any) -> Any:
        values = [read(root, path) for path in self.paths]
        return values[0] if self.is_plain else self.maker(info.context)(*values)


class GlobalId(Column):
    """The object's id, with type and town."""

    def __init__(self, type_name: str, path: str = "id") -> None:
        super().__init__(
            graphene.NonNull(graphene.ID), path, make_for=lambda _context: id_maker(type_name),
            description="Global id: carries type and town, and is refused in another town.",
        )  # fmt: skip
        self.type_name = type_name


class Related(graphene.Field):
    """The one object behind a foreign key, read in the same query."""

    def __init__(self, type_: type[RowType], path: str, *, required: bool = False, **options: Any) -> None:
        super().__init__(graphene.NonNull(type_) if required else type_, resolver=self._resolve, **options)
        self.path, self.row_type = path, type_
        self.paths = (f"{path}_id",)

    def _resolve(self, root: Any, info: Any) -> Any:
        if not isinstance(root, Row):
            return getattr(root, self.path)
        if root[self.paths[0]] is None:
            return None
        return Row(self.row_type, root.values, f"{root.prefix}{self.path}__", root.children)


class Node(graphene.Interface):
    """Anything with a global id (Relay)."""

    id = graphene.NonNull(graphene.ID, description="Global id: carries type and town, and is refused in another town.")

    @classmethod
    def resolve_type(cls, instance: Any, info: Any) -> type[graphene.ObjectType]:
        """The type that a row says."""
        return instance.type


class RowType(graphene.ObjectType):
    """A type made of `Column`, `GlobalId`, `Related` and `Children` only."""

    class Meta:
        abstract = True

    _fields_by_name: ClassVar[dict[str, Any] | None] = None

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Everything of this type that this person may see: for `node`, and to answer a mutation again."""
        raise NotImplementedError(f"{cls.__name__} has no objects(context)")

    @classmethod
    def id_path(cls) -> str:
        """The path of the key in the object's id."""
        declared = cls._meta.fields["id"]
        assert isinstance(declared, GlobalId)
        return declared.paths[0]

    @classmethod
    def fields_by_name(cls) -> dict[str, Any]:
        """The declared fields by their names in the API."""
        known: dict[str, Any] | None = cls.__dict__.get("_fields_by_name")
        if known is None:
            known = {field.name or to_camel_case(name): field for name, field in cls._meta.fields.items()}
            cls._fields_by_name = known
        return known


def read(root: Any, path: str) -> Any:
    """The value at a path of a row, or of a model instance (a single object, as mutations return it)."""
    if isinstance(root, Row):
        return root[path]
    for part in path.split("__"):
        root = getattr(root, part) if root is not None else None
    return root.value if isinstance(root, Enum) else root  # a choice that was set and not read back


@dataclass
class Picked:
    """One field of a selection: its response key, its name, and all nodes that ask for it."""

    key: str
    name: str
    nodes: list[FieldNode] = field(default_factory=list)


def pick(
    type_name: str, nodes: Iterable[Any], fragments: Fragments, abstract: tuple[str, ...] = ("Node",)
) -> dict[str, Picked]:
    """The fields that the selections of `nodes` ask of an object of this type, merged by response key.

    Directives are not looked at: a field that might be asked for counts.
    """
    found: dict[str, Picked] = {}
    for node in _flat(type_name, (node.selection_set for node in nodes), fragments, abstract):
        key = node.alias.value if node.alias else node.name.value
        found.setdefault(key, Picked(key, node.name.value)).nodes.append(node)
    return found


def _flat(
    type_name: str, sets: Iterable[SelectionSetNode | None], fragments: Fragments, abstract: tuple[str, ...]
) -> Iterator[FieldNode]:
    for selections in sets:
        for selection in selections.selections if selections is not None else ():
            if isinstance(selection, FieldNode):
                yield selection
                continue
            if isinstance(selection, FragmentSpreadNode):
                inner: Any = fragments[selection.name.value]
            else:
                assert isinstance(selection, InlineFragmentNode)
                inner = selection
            condition = inner.type_condition.name.value if inner.type_condition else type_name
            if condition == type_name or condition in abstract:
                yield from _flat(type_name, [inner.selection_set], fragments, abstract)


@dataclass
class Wanted:
    """What a selection needs: columns, and lists inside each object."""

    paths: dict[str, None] = field(default_factory=dict)
    children: list[tuple[str, Any, list[FieldNode], str, str]] = field(default_factory=list)
    """Response key, `Children`, its nodes, the prefix of the parent, and the name of the parent's type."""


def wanted(type_: type[RowType], nodes: Iterable[Any], fragments: Fragments) -> Wanted:
    """The columns and inner lists of a selection on `type_`."""
    result = Wanted()
    _gather(type_, nodes, fragments, "", result)
    return result


def _gather(type_: type[RowType], nodes: Iterable[Any], fragments: Fragments, prefix: str, result: Wanted) -> None:
    fields = type_.fields_by_name()
    for picked in pick(type_._meta.name, nodes, fragments).values():
        declared = fields.get(picked.name)
        if declared is None:  # __typename
            continue
        for path in declared.paths:
            result.paths[prefix + path] = None
        if isinstance(declared, Related):
            _gather(declared.row_type, picked.nodes, fragments, f"{prefix}{declared.path}__", result)
        elif not isinstance(declared, Column):
            result.children.append((picked.key, declared, picked.nodes, prefix, type_._meta.name))
