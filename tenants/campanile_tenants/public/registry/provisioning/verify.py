"""Is a town's schema whole? Compared with the template, and the template with the models."""

from __future__ import annotations

from functools import lru_cache

from django.apps import apps
from django.conf import settings
from django.db import connection

from campanile_infra.database.names import TEMPLATE_SCHEMA
from campanile_infra.database.scope import as_owner, in_schema
from campanile_tenants.public.registry.provisioning.catalogue import Fact, facts
from campanile_tenants.public.registry.provisioning.template import current_version


@lru_cache(maxsize=2)
def _template_facts(version: str) -> frozenset[Fact]:
    return frozenset(facts(TEMPLATE_SCHEMA))


def verify(schema: str) -> list[str]:
    """What is wrong with a town's schema, one line each; empty when it is whole. 3 queries.

    Every table, column, constraint, index, sequence, function, trigger and view must be as in the template,
    and the town's role must be able to use each table.
    """
    expected = {fact.canonical() for fact in _template_facts(current_version())}
    found = {fact.canonical() for fact in facts(schema)}
    problems = [f"{schema}: {fact.kind} {_where(fact)} is missing or differs" for fact in sorted(expected - found)]
    problems += [f"{schema}: {fact.kind} {_where(fact)} is not expected" for fact in sorted(found - expected)]
    with as_owner(), in_schema("public"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'r' "
            "AND NOT (has_schema_privilege(%s, c.relnamespace, 'USAGE') AND has_table_privilege(%s, c.oid, 'SELECT'))",
            [schema, schema, schema],
        )
        problems += [f"{schema}: role {schema} may not read {table}" for (table,) in cursor.fetchall()]
    return problems


def verify_template() -> list[str]:
    """Where the template differs from the models of the town's apps, one line each."""
    held = _template_facts(current_version())
    columns = {(fact.table, fact.name): fact.definition for fact in held if fact.kind == "column"}
    named = {(fact.table, fact.name) for fact in held if fact.kind in ("constraint", "index")}
    definitions = [fact for fact in held if fact.kind in ("constraint", "foreign key")]
    problems = []
    models = [
        model
        for app in apps.get_app_configs()
        if app.name in settings.TENANT_APPS
        for model in app.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    for model in models:
        table = model._meta.db_table
        for field in model._meta.local_concrete_fields:
            definition = columns.get((table, field.column))
            wanted = _type_name(field.db_parameters(connection)["type"] or "")
            if definition is None:
                problems.append(f"{table}.{field.column} is missing")
                continue
            if not definition.startswith(wanted):
                problems.append(f"{table}.{field.column} is {definition}, the model says {wanted}")
            if (" NOT NULL" in definition) != (not field.null):
                problems.append(f"{table}.{field.column}: NOT NULL differs from the model")
            if (
                field.remote_field
                and getattr(field, "db_constraint", False)
                and not _has(definitions, table, f"FOREIGN KEY ({_quoted(field.column)})")
            ):
                problems.append(f"{table}.{field.column} has no foreign key")
            if (
                field.unique
                and not field.primary_key
                and not _has(definitions, table, f"UNIQUE ({_quoted(field.column)})")
            ):
                problems.append(f"{table}.{field.column} is not unique")
        declared = (*model._meta.constraints, *model._meta.indexes)
        problems += [f"{table}: {item.name} is missing" for item in declared if (table, item.name) not in named]
    return problems


def _has(definitions: list[Fact], table: str, start: str) -> bool:
    return any(fact.table == table and fact.definition.startswith(start) for fact in definitions)


def _quoted(column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(%s)", [column])
        return str(cursor.fetchone()[0])


def _where(fact: Fact) -> str:
    return f"{fact.table}.{fact.name}" if fact.table and fact.table != fact.name else fact.name


def _type_name(django_type: str) -> str:
    name = django_type.replace("varchar", "character varying").replace(", ", ",")
    for short, full in (("serial", "integer"), ("bigserial", "bigint")):
        name = full if name == short else name
    return "character varying" if name == "character varying(None)" else name
