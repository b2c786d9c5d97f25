"""graphql-core's executor, with a short way for objects that are rows.

graphql-core visits each field of each object in some ten calls. A `Row` has nothing to wait for and nothing to ask:
its fields are columns. For one selection the way each field is made is found once and then walked for every row. What
is no column (a list inside, an interface), and every error, goes graphql-core's way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import ExecutionContext, GraphQLEnumType, GraphQLNonNull, GraphQLObjectType, GraphQLScalarType

from campanile_graphql.visits import AT_HOME, Visit
from campanile_tenants.kit.api.rows import Column, Related, Row

_Step = tuple[str, Callable[[Row], Any], Any, bool]


class _NullWhereNoneMayBe(Exception):
    """graphql-core says it with the right path."""


class RowExecution(ExecutionContext):
    """Executes one operation."""

    def execute_fields(self, parent_type: GraphQLObjectType, source_value: Any, path: Any, fields: Any) -> Any:
        """The fields of one object."""
        if type(source_value) is Row:
            steps = self._steps(parent_type, source_value, fields)
            if steps is not None:
                try:
                    return _walk(steps, source_value)
                except Exception:  # noqa: BLE001, S110 - graphql-core meets it again below and puts it where it belongs
                    pass
        return super().execute_fields(parent_type, source_value, path, fields)

    def execute_field(self, parent_type: GraphQLObjectType, source: Any, field_nodes: Any, path: Any) -> Any:
        """One field; what belongs to another town runs there, with all that is below it."""
        if type(source) is Visit and source.is_open and field_nodes[0].name.value not in AT_HOME:
            return self._elsewhere(source, parent_type, field_nodes, path)
        return super().execute_field(parent_type, source, field_nodes, path)

    def _elsewhere(self, visit: Visit, parent_type: GraphQLObjectType, field_nodes: Any, path: Any) -> Any:
        here, steps = self.context_value, self.__dict__.pop("_known_steps", {})
        try:
            with visit.inside() as there:
                self.context_value = there
                return super().execute_field(parent_type, visit, field_nodes, path)
        finally:
            self.context_value = here
            self.__dict__["_known_steps"] = steps

    def _steps(self, parent_type: GraphQLObjectType, row: Row, fields: Any) -> list[_Step] | None:
        """How each field of a selection is made; None when one of them is more than a column."""
        known: dict[int, Any] = self.__dict__.setdefault("_known_steps", {})
        key = id(fields)  # graphql-core keeps one dict a selection for the whole operation
        if key not in known:
            known[key] = (fields, self._make_steps(parent_type, row, fields))
        return known[key][1]

    def _make_steps(self, parent_type: GraphQLObjectType, row: Row, fields: Any) -> list[_Step] | None:
        declared_fields = row.type.fields_by_name()
        steps: list[_Step] = []
        for key, nodes in fields.items():
            name = nodes[0].name.value
            declared = declared_fields.get(name)
            if name == "__typename":
                steps.append((key, lambda _row, name=parent_type.name: name, None, True))  # type: ignore[misc]
                continue
            type_ = parent_type.fields[name].type
            required = isinstance(type_, GraphQLNonNull)
            inner = type_.of_type if required else type_
            if isinstance(declared, Column) and isinstance(inner, GraphQLScalarType | GraphQLEnumType):
                steps.append((key, self._of_column(declared), inner.serialize, required))
            elif isinstance(declared, Related):
                below = self._below(inner, declared, nodes)
                if below is None:
                    return None
                steps.append((key, below, None, required))
            else:
                return None
        return steps

    def _of_column(self, column: Column) -> Callable[[Row], Any]:
        paths = column.paths
        if column.is_plain:
            only = paths[0]
            return lambda row: row.values[row.prefix + only]
        make = column.maker(self.context_value)
        return lambda row: make(*[row.values[row.prefix + path] for path in paths])

    def _below(self, type_: GraphQLObjectType, related: Related, nodes: Any) -> Callable[[Row], Any] | None:
        fields = self.collect_subfields(type_, nodes)
        steps = self._steps(type_, Row(related.row_type, {}), fields)
        if steps is None:
            return None
        key, more, below = related.paths[0], f"{related.path}__", related.row_type

        def of(row: Row) -> Any:
            if row.values[row.prefix + key] is None:
                return None
            return _walk(steps, Row(below, row.values, row.prefix + more, row.children))

        return of


def _walk(steps: list[_Step], row: Row) -> dict[str, Any]:
    made = {}
    for key, of, serialize, required in steps:
        value = of(row)
        if value is None:
            if required:
                raise _NullWhereNoneMayBe
        elif serialize is not None:
            value = serialize(value)
        made[key] = value
    return made
