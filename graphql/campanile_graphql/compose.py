"""Builds the one schema from what the kernel and each module declare."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case
from graphql import print_schema

from campanile_graphql.gate import guarded
from campanile_tenants.contract.access import Policy
from campanile_tenants.contract.errors import DeclarationError
from campanile_tenants.contract.module import ModuleConfig
from campanile_tenants.contract.registry import registry
from campanile_tenants.kit.api import RowType

KINDS = ("Query", "Mutation", "Subscription")
HOUSE = (
    "campanile_graphql.kernel",
    "campanile_graphql.objects",
    "campanile_graphql.bulk.schema",
    "campanile_graphql.across",
)
"""Parts that belong to no module; by name, because they ask for the schema when they run."""


@dataclass(frozen=True)
class Root:
    """A root field as it was declared: who may ask, of which module, and the field itself."""

    kind: str
    policy: Policy
    module: ModuleConfig | None
    field: Any


def _declared() -> list[tuple[ModuleConfig | None, ModuleType]]:
    parts: list[tuple[ModuleConfig | None, ModuleType]] = [(None, import_module(name)) for name in HOUSE]
    return parts + module_parts()


def module_parts() -> list[tuple[ModuleConfig | None, ModuleType]]:
    """Each module's `schema.py`."""
    return [
        (module, import_module(f"{module.name}.schema")) for module in registry if find_spec(f"{module.name}.schema")
    ]


def _root(name: str) -> type[graphene.ObjectType] | None:
    """`Query`, `Mutation` or `Subscription` of all parts, every field behind the gate. Raises DeclarationError."""
    fields: dict[str, Any] = {}
    for module, part in _declared():
        root = getattr(part, name, None)
        if root is None:
            continue
        policies: dict[str, Policy] = getattr(root, "policies", {})
        for field_name, field in root._meta.fields.items():
            where = f"{part.__name__}.{name}.{field_name}"
            if module is not None and not field_name.startswith(f"{module.code}_"):
                raise DeclarationError(f"{where}: the name of a module's root field starts with '{module.code}_'.")
            if field_name in fields:
                raise DeclarationError(f"{where}: declared twice.")
            if not isinstance(policies.get(field_name), Policy):
                raise DeclarationError(f"{where}: has no policy; add it to `policies` of {part.__name__}.{name}.")
            resolver = field.resolver or getattr(root, f"resolve_{field_name}", None)
            if resolver is None and name != "Subscription":
                raise DeclarationError(f"{where}: has no resolver; write resolve_{field_name}.")
            if not field.description:
                raise DeclarationError(f"{where}: has no description.")
            if resolver is not None:
                field.resolver = guarded(policies[field_name], module, resolver)
            fields[field_name] = field
            _roots[to_camel_case(field_name)] = Root(name, policies[field_name], module, field)
    if not fields:
        return None
    doc = {"Query": "Reading.", "Mutation": "Writing.", "Subscription": "Listening (graphql-sse)."}[name]
    return type(name, (graphene.ObjectType,), {"__doc__": doc, **fields})


_roots: dict[str, Root] = {}


def roots() -> dict[str, Root]:
    """Every root field by its name in the API."""
    schema()
    return _roots


def policies() -> dict[str, Policy]:
    """The policy of every root field, by its name in the API (camelCase)."""
    return {name: root.policy for name, root in roots().items()}


@lru_cache(maxsize=1)
def object_types() -> dict[str, tuple[type[RowType], Policy, ModuleConfig | None]]:
    """What `node` finds, by type name: what the parts list in `nodes`. Raises DeclarationError."""
    found: dict[str, tuple[type[RowType], Policy, ModuleConfig | None]] = {}
    for module, part in _declared():
        for type_, policy in getattr(part, "nodes", {}).items():
            if type_.objects.__func__ is RowType.objects.__func__:  # type: ignore[attr-defined]
                raise DeclarationError(f"{part.__name__}: {type_.__name__} is in `nodes`; write its objects(context).")
            found[type_._meta.name] = (type_, policy, module)
    return found


@lru_cache(maxsize=1)
def schema() -> graphene.Schema:
    """The schema, built once a process. Raises DeclarationError when a part is declared wrongly."""
    _roots.clear()
    built = graphene.Schema(
        query=_root("Query"), mutation=_root("Mutation"), subscription=_root("Subscription"),
        types=[type_ for type_, _policy, _module in object_types().values()],
    )  # fmt: skip
    _check_descriptions(built)
    return built


def _check_descriptions(built: graphene.Schema) -> None:
    """Raises DeclarationError for a type or a field that nobody described."""
    for name, type_ in built.graphql_schema.type_map.items():
        if name.startswith("__"):
            continue
        if not type_.description:
            raise DeclarationError(f"{name} has no description; write a docstring.")
        for field_name, field in getattr(type_, "fields", {}).items():
            if not field.description:
                raise DeclarationError(f"{name}.{field_name} has no description.")


def sdl() -> str:
    """The schema as text, as committed in `schema.graphql`."""
    return print_schema(schema().graphql_schema) + "\n"
