"""What a request costs, told from the document before anything runs.

An object costs 1, a list as many times its objects as `first` or `last` asks for, a mutation 10; text, numbers and
the wrappers of a list (edges, pageInfo) cost nothing. The shape has limits of its own, looked at before validation:
its time grows with the square of the fields that share a name.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_leaf_type,
    is_list_type,
)

from campanile_graphql.errors import RequestError
from campanile_tenants.kit.api import MOST_PER_PAGE

DEEPEST, MOST_ALIASES, MOST_DIRECTIVES, MOST_ROOTS, MOST_FIELDS = 15, 50, 50, 20, 2_000
MOST_VARIABLE_BYTES = 64_000
_MUTATION, _PLAIN_LIST = 10, 20


class TooLarge(RequestError):
    """Over a limit; `extensions.cost` says by how much."""

    def __init__(self, code: str, message: str, cost: dict[str, Any], status: int = 400) -> None:
        super().__init__(code, message, status=status, cost=cost)


@dataclass(frozen=True)
class Shape:
    """What can be counted without knowing the schema, fragments spread out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0


@dataclass(frozen=True)
class Measures:
    """The price of one operation."""

    requested: int


def syntactic_limits(operations: list[OperationDefinitionNode], fragments: dict[str, FragmentDefinitionNode]) -> None:
    """Raises TooLarge for a document too deep, too wide, or whose fragments go in circles."""
    known: dict[str, Shape] = {}
    for operation in operations:
        total = _shape(operation.selection_set, fragments, known, (), len(operation.directives))
        for value, limit, code, what in (
            (total.depth, DEEPEST, "TOO_DEEP", "levels"), (total.aliases, MOST_ALIASES, "TOO_MANY_ALIASES", "aliases"),
            (total.directives, MOST_DIRECTIVES, "TOO_MANY_DIRECTIVES", "directives"),
            (total.roots, MOST_ROOTS, "TOO_MANY_ROOT_FIELDS", "root fields"),
            (total.fields, MOST_FIELDS, "TOO_MANY_FIELDS", "fields"),
        ):  # fmt: skip
            if value > limit:
                raise TooLarge(code, f"A query has at most {limit} {what}; this one has {value}.", asdict(total))


def _shape(
    selections: SelectionSetNode | None, fragments: dict[str, FragmentDefinitionNode], known: dict[str, Shape],
    inside: tuple[str, ...], directives: int = 0,
) -> Shape:  # fmt: skip
    depth = fields = aliases = roots = 0
    for selection in selections.selections if selections is not None else ():
        directives += len(selection.directives or ())
        if isinstance(selection, FragmentSpreadNode):
            inner = _of_fragment(selection.name.value, fragments, known, inside)
        else:
            inner = _shape(selection.selection_set, fragments, known, inside)  # type: ignore[attr-defined]
        if isinstance(selection, FieldNode):
            fields += 1
            aliases += selection.alias is not None
            inner = Shape(inner.depth + 1, inner.fields, inner.aliases, inner.directives, 1)
        depth, roots = max(depth, inner.depth), roots + inner.roots
        fields, aliases, directives = fields + inner.fields, aliases + inner.aliases, directives + inner.directives
    return Shape(depth, fields, aliases, directives, roots)


def _of_fragment(
    name: str, fragments: dict[str, FragmentDefinitionNode], known: dict[str, Shape], inside: tuple[str, ...]
) -> Shape:
    if name in inside:
        raise TooLarge("FRAGMENT_CYCLE", "A fragment contains itself.", {"fragments": len(fragments)})
    fragment = fragments.get(name)
    if fragment is None:  # validation names it
        return Shape()
    if name not in known:
        known[name] = _shape(fragment.selection_set, fragments, known, (*inside, name), len(fragment.directives or ()))
    return known[name]


def measure(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode],
    variables: dict[str, Any],
) -> Measures:  # fmt: skip
    """The price of a valid operation. Its variables are not checked yet: what is no number counts as the most."""
    root = {
        OperationType.QUERY: schema.query_type,
        OperationType.MUTATION: schema.mutation_type,
        OperationType.SUBSCRIPTION: schema.subscription_type,
    }[operation.operation]
    assert root is not None
    defaults = {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions
        if isinstance(definition.default_value, IntValueNode)
    }
    walker = _Price(schema, fragments, defaults | variables)
    price = walker.of(root, operation.selection_set)
    if operation.operation is OperationType.MUTATION:
        price += _MUTATION * _shape(operation.selection_set, fragments, {}, ()).roots
    return Measures(max(1, price))


class _Price:
    def __init__(self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], variables: dict[str, Any]):
        self.schema, self.fragments, self.variables = schema, fragments, variables
        self.known: dict[tuple[str, str], int] = {}

    def of(self, type_: Any, selections: SelectionSetNode | None) -> int:
        """The price of a selection on one object of this type."""
        total = 0
        for selection in selections.selections if selections is not None else ():
            if isinstance(selection, FieldNode):
                total += self._field(type_, selection)
            elif isinstance(selection, FragmentSpreadNode):
                key = (type_.name, selection.name.value)
                if key not in self.known:
                    fragment = self.fragments[selection.name.value]
                    self.known[key] = self.of(
                        self.schema.type_map[fragment.type_condition.name.value], fragment.selection_set
                    )
                total += self.known[key]
            else:
                condition = selection.type_condition  # type: ignore[attr-defined]
                inner = self.schema.type_map[condition.name.value] if condition else type_
                total += self.of(inner, selection.selection_set)  # type: ignore[attr-defined]
        return total

    def _field(self, type_: Any, node: FieldNode) -> int:
        name = node.name.value
        if name.startswith("__"):
            return 1 if name != "__typename" else 0
        field = type_.fields[name]
        inner = get_named_type(field.type)
        if is_leaf_type(inner) or not is_composite_type(inner):
            return 0
        if inner.name.endswith("Connection"):
            return 1 + self._size(node) * self._inside_connection(inner, node.selection_set)
        price = 1 + self.of(inner, node.selection_set)
        if not is_list_type(get_nullable_type(field.type)):
            return price
        ids = next((argument for argument in node.arguments or () if argument.name.value == "ids"), None)
        return price * (self._length(ids.value) if ids is not None else _PLAIN_LIST)

    def _inside_connection(self, connection: GraphQLObjectType, selections: SelectionSetNode | None) -> int:
        """The price of one item, wherever the selection speaks of it; pageInfo and totalCount are one together."""
        total = 0
        for selection in selections.selections if selections is not None else ():
            if isinstance(selection, FragmentSpreadNode):
                total += self._inside_connection(connection, self.fragments[selection.name.value].selection_set)
            elif not isinstance(selection, FieldNode):
                total += self._inside_connection(connection, selection.selection_set)  # type: ignore[attr-defined]
            elif selection.name.value in ("nodes", "edges"):
                inner = get_named_type(connection.fields[selection.name.value].type)
                total += 1 + self.of(inner, selection.selection_set)
        return total

    def _size(self, node: FieldNode) -> int:
        """What `first` or `last` asks for; the most there can be when it cannot be told."""
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                if isinstance(value, IntValueNode):
                    return max(1, int(value.value))
                if isinstance(value, VariableNode):
                    told = self.variables.get(value.name.value, MOST_PER_PAGE)
                    return max(1, told) if type(told) is int else MOST_PER_PAGE
        return MOST_PER_PAGE

    def _length(self, value: Any) -> int:
        if isinstance(value, VariableNode):
            told = self.variables.get(value.name.value)
            return len(told) if isinstance(told, list) else MOST_PER_PAGE
        return len(getattr(value, "values", ())) or 1
