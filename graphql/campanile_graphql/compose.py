"""Builds the one schema from what the kernel and each module declare."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case
from graphql import print_schema

from campanile_graphql import kernel
from campanile_graphql.gate import guarded
from campanile_tenants.contract.access import Policy
from campanile_tenants.contract.errors import DeclarationError
from campanile_tenants.contract.module import ModuleConfig
from campanile_tenants.contract.registry import registry


def _declared() -> list[tuple[ModuleConfig | None, ModuleType]]:
    parts: list[tuple[ModuleConfig | None, ModuleType]] = [(None, kernel)]
    parts += [
        (module, import_module(f"{module.name}.schema")) for module in registry if find_spec(f"{module.name}.schema")
    ]
    return parts


def _root(name: str) -> type[graphene.ObjectType] | None:
    """`Query` or `Mutation` of all parts, every field behind the gate. Raises DeclarationError."""
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
            if resolver is None:
                raise DeclarationError(f"{where}: has no resolver; write resolve_{field_name}.")
            field.resolver = guarded(policies[field_name], module, resolver)
            fields[field_name] = field
    if not fields:
        return None
    return type(name, (graphene.ObjectType,), {"__doc__": f"{name} fields, by module.", **fields})


def policies() -> dict[str, Policy]:
    """The policy of every root field, by its name in the API (camelCase)."""
    return {
        to_camel_case(name): policy
        for _module, part in _declared()
        for root in ("Query", "Mutation")
        for name, policy in getattr(getattr(part, root, None), "policies", {}).items()
    }


@lru_cache(maxsize=1)
def schema() -> graphene.Schema:
    """The schema, built once a process. Raises DeclarationError when a part is declared wrongly."""
    return graphene.Schema(query=_root("Query"), mutation=_root("Mutation"))


def sdl() -> str:
    """The schema as text, as committed in `schema.graphql`."""
    return print_schema(schema().graphql_schema) + "\n"
