"""Documents that were parsed, validated and measured once; kept in the process by their text."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    Source,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    parse,
    validate,
    visit,
)

from campanile_graphql.compose import schema
from campanile_graphql.cost import Measures, TooLarge, measure, syntactic_limits
from campanile_graphql.errors import NULL_BYTE, RequestError

LONGEST = 50_000
MOST_TOKENS = 2_000
_MOST_KEPT = 1_000
_MOST_CHARACTERS = 1_000_000  # a parsed document takes some fifty bytes for each of its characters


@dataclass
class Document:
    """A document that may run: nothing in it is wrong, and its size is known."""

    text: str
    ast: DocumentNode
    operations: dict[str, OperationDefinitionNode]
    fragments: dict[str, FragmentDefinitionNode]
    deprecated: dict[str, str] = field(default_factory=dict)
    """Deprecated fields in it, with the advice that they bear."""
    introspects: bool = False
    plans: dict[str, Any] = field(default_factory=dict)
    """What the compiler made of each operation, by its name; None where it makes nothing."""
    _measures: dict[Any, Measures] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run. Raises RequestError for an unknown name, or none where there are several."""
        if name is None:
            if len(self.operations) == 1:
                return next(iter(self.operations.values()))
            raise RequestError(
                "OPERATION_NAME_MISSING", "The document has several operations: name one in “operationName”."
            )
        found = self.operations.get(name)
        if found is None:
            raise RequestError("OPERATION_UNKNOWN", "The document has no operation of this name.")
        return found

    def measures(self, operation: OperationDefinitionNode, variables: dict[str, Any]) -> Measures:
        """What the operation costs with these variables; remembered for the variables that matter."""
        name = operation.name.value if operation.name else ""
        names = (one.variable.name.value for one in operation.variable_definitions)
        numbers = tuple(_weight(variables.get(one)) for one in names)
        key = (name, numbers)
        known = self._measures.get(key)
        if known is None:
            known = measure(schema().graphql_schema, operation, self.fragments, variables)
            if len(self._measures) >= 200:
                self._measures.clear()
            self._measures[key] = known
        return known

    def is_query(self, operation: OperationDefinitionNode) -> bool:
        """Whether it only reads."""
        return operation.operation is OperationType.QUERY


def _weight(value: Any) -> Any:
    """What of a variable can change the price: a number, or the length of a list."""
    if isinstance(value, list):
        return ("list", len(value))
    return value if type(value) is int else None


class Documents:
    """The last good documents of this process: a thousand, or a million characters."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0
        self._guard = threading.Lock()

    def get(self, text: str) -> Document:
        """The document of a text. Raises RequestError with all that is wrong with it."""
        with self._guard:
            known = self._kept.get(text)
            if known is not None:
                self._kept.move_to_end(text)
                return known
        made = _read(text)
        with self._guard:
            if text not in self._kept:
                self._characters += len(text)
            self._kept[text] = made
            while len(self._kept) > _MOST_KEPT or self._characters > _MOST_CHARACTERS:
                self._characters -= len(self._kept.popitem(last=False)[0])
        return made

    def clear(self) -> None:
        """Forgets all."""
        with self._guard:
            self._kept.clear()
            self._characters = 0


documents = Documents()


_TOKEN = re.compile(
    r'"""(?:\\"""|(?!""").)*"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|[_A-Za-z0-9.+-]+|[!$&()\[\]{}:=|@]', re.DOTALL
)


def _count(text: str) -> int:
    """How many tokens, roughly and fast: the parser would take ten microseconds for each before it stops."""
    return sum(1 for found in _TOKEN.finditer(text) if text[found.start()] != "#")


class _NullBytes(Visitor):
    """PostgreSQL takes no U+0000 in a text, written as it is or as an escape."""

    def enter_string_value(self, node: StringValueNode, *_place: Any) -> None:
        """Raises RequestError."""
        if "\0" in node.value:
            raise RequestError("BAD_CHARACTER", NULL_BYTE)


def _read(text: str) -> Document:
    """Parses with limits, looks at the shape, and only then validates, whose time grows with the shape."""
    if len(text) > LONGEST:
        raise TooLarge("QUERY_TOO_LONG", f"A query has at most {LONGEST} characters.", {"characters": len(text)})
    if (tokens := _count(text)) > MOST_TOKENS:
        raise TooLarge("TOO_MANY_TOKENS", f"A query has at most {MOST_TOKENS} tokens.", {"tokens": tokens})
    try:
        ast = parse(Source(text, "request"), max_tokens=MOST_TOKENS)
    except GraphQLError as error:
        if "tokens" in error.message:
            raise TooLarge(
                "TOO_MANY_TOKENS", f"A query has at most {MOST_TOKENS} tokens.", {"characters": len(text)}
            ) from None
        if "nested too deeply" in error.message:
            raise TooLarge("TOO_DEEP", "The query is nested too deeply.", {"characters": len(text)}) from None
        raise RequestError("GRAPHQL_PARSE_FAILED", error.message, errors=[error]) from None
    operations: dict[str, OperationDefinitionNode] = {}
    fragments: dict[str, FragmentDefinitionNode] = {}
    for definition in ast.definitions:
        if isinstance(definition, OperationDefinitionNode):
            operations[definition.name.value if definition.name else ""] = definition
        elif isinstance(definition, FragmentDefinitionNode):
            fragments[definition.name.value] = definition
    if "\0" in text or "\\u" in text:
        visit(ast, _NullBytes())
    syntactic_limits(list(operations.values()), fragments)
    graphql_schema = schema().graphql_schema
    errors = validate(graphql_schema, ast, max_errors=10, hide_suggestions=not settings.GRAPHQL_SUGGESTIONS)
    if errors:
        raise RequestError("GRAPHQL_VALIDATION_FAILED", errors[0].message, errors=list(errors))
    if not operations:
        raise RequestError("OPERATION_NAME_MISSING", "The document has no operation.")
    looked = _Look(TypeInfo(graphql_schema))
    visit(ast, TypeInfoVisitor(looked.types, looked))
    return Document(text, ast, operations, fragments, looked.deprecated, looked.introspects)


class _Look(Visitor):
    """Finds deprecated fields and introspection."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types, self.introspects = types, False
        self.deprecated: dict[str, str] = {}

    def enter_field(self, node: Any, *_: Any) -> None:
        self.introspects |= node.name.value in ("__schema", "__type")
        field_def, parent = self.types.get_field_def(), self.types.get_parent_type()
        if field_def is not None and parent is not None and field_def.deprecation_reason is not None:
            self.deprecated[f"{parent.name}.{node.name.value}"] = field_def.deprecation_reason
