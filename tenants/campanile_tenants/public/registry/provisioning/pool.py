"""Spare schemas: built ahead, taken by renaming."""

from __future__ import annotations

import secrets
from functools import lru_cache

from django.db import connection, transaction

from campanile_infra.database.names import (
    APP_ROLE,
    PUBLIC_SCHEMA,
    TEMPLATE_SCHEMA,
    TOWN_GROUP,
    check_town,
    quote,
)
from campanile_infra.database.scope import as_owner, in_schema
from campanile_tenants.public.registry.models import SpareSchema
from campanile_tenants.public.registry.provisioning.catalogue import ddl
from campanile_tenants.public.registry.provisioning.template import current_version, ensure_template

TARGET = 4
"""How many spares wait, unless a batch asks for more."""
_TAKE = """
DELETE FROM public.registry_spareschema WHERE id = (
    SELECT id FROM public.registry_spareschema WHERE version = %s ORDER BY made_at LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING schema_name, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)
"""


@lru_cache(maxsize=2)
def _template_ddl(version: str) -> str:
    return ddl(TEMPLATE_SCHEMA)


def grants(schema: str, role: str) -> str:
    """Statements that let `role` use `schema` and nothing else: rows of all tables, not their structure."""
    schema, role = quote(schema), quote(role)
    return f"""
    GRANT USAGE ON SCHEMA {schema} TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
    GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {role};
    REVOKE INSERT, UPDATE, DELETE ON {schema}.django_migrations FROM {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {role};
    """


def _drop_role(name: str) -> str:
    """Statements that take a role (a quoted name) away: only who inherits from it may drop what it owns and holds."""
    return f"GRANT {name} TO CURRENT_USER WITH INHERIT TRUE; DROP OWNED BY {name}; DROP ROLE {name};"


def make_spare() -> str:
    """Builds one spare from the template in one message and one transaction; returns its name."""
    ensure_template()
    name = f"campanile_spare_{secrets.token_hex(4)}"
    version = current_version()
    batch = f"""
    CREATE ROLE {quote(name)} NOLOGIN;
    GRANT {TOWN_GROUP} TO {quote(name)} WITH INHERIT TRUE;
    GRANT {quote(name)} TO SESSION_USER WITH INHERIT FALSE, SET TRUE;
    GRANT {quote(name)} TO {APP_ROLE} WITH INHERIT FALSE, SET TRUE;
    CREATE SCHEMA {quote(name)};
    {_template_ddl(version)}
    {grants(name, name)}
    INSERT INTO public.registry_spareschema (schema_name, version, made_at) VALUES ('{name}', '{version}', now());
    """
    with as_owner(), in_schema(name), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(batch)
    return name


def take(schema: str) -> bool:
    """Turns a spare into the schema and role `schema`; returns whether one was waiting.

    To be called inside the transaction that makes the town, so that both exist or neither. Builds a spare
    on the spot when none waits. Raises InvalidSchemaName.
    """
    check_town(schema)
    with as_owner(), in_schema(PUBLIC_SCHEMA), transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_TAKE, [current_version(), schema])
        found = cursor.fetchone()
        waiting = found is not None
        if found is None:
            make_spare()
            cursor.execute(_TAKE, [current_version(), schema])
            found = cursor.fetchone()
        name, role_exists = quote(found[0]), found[1]
        statements = f"ALTER SCHEMA {name} RENAME TO {quote(schema)};"
        if role_exists:  # roles belong to the server: another database of it may know this town
            statements += f"{grants(schema, schema)} {_drop_role(name)}"
        else:
            statements += f"ALTER ROLE {name} RENAME TO {quote(schema)};"
        cursor.execute(statements)
    return waiting


def waiting() -> int:
    """How many spares of the present version wait. 1 query."""
    with as_owner(), in_schema(PUBLIC_SCHEMA):
        return SpareSchema.objects.filter(version=current_version()).count()


def refill(target: int = TARGET) -> int:
    """Builds spares until `target` wait and removes those of an older version; returns how many were built."""
    discard_outdated()
    built = 0
    while waiting() < target:
        make_spare()
        built += 1
    return built


def discard_outdated() -> int:
    """Drops spares that older code prepared; returns how many."""
    dropped = 0
    with as_owner(), in_schema(PUBLIC_SCHEMA), transaction.atomic(), connection.cursor() as cursor:
        outdated = SpareSchema.objects.select_for_update(skip_locked=True).exclude(version=current_version())
        for spare in outdated:
            name = quote(spare.schema_name)
            cursor.execute(f"DROP SCHEMA {name} CASCADE; {_drop_role(name)}")
            spare.delete()
            dropped += 1
    return dropped
