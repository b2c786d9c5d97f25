"""Bringing the schemas of existing towns to the present version: resumable, town by town."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import as_owner, in_schema
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.public.registry.provisioning.template import current_version, migrate_schema


def outdated() -> list[str]:
    """Schemas of towns that lack a migration, in order. 1 query."""
    with as_owner(), in_schema(PUBLIC_SCHEMA):
        towns = Municipality.objects.exclude(schema_version=current_version()).exclude(schema_version="")
        return list(towns.order_by("istat_code").values_list("schema_name", flat=True))


def migrate_towns(schemas: list[str]) -> Iterator[tuple[str, Exception | None]]:
    """Migrates each town in a transaction of its own; yields (schema, error or None) after each.

    One town that fails does not stop the rest. Interrupted, it goes on where it was at the next call.
    """
    for schema in schemas:
        try:
            with as_owner(), transaction.atomic():
                with in_schema(PUBLIC_SCHEMA), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '5s'")
                migrate_schema(schema)
                with in_schema(PUBLIC_SCHEMA):
                    Municipality.objects.filter(schema_name=schema).update(schema_version=current_version())
        except Exception as error:  # noqa: BLE001 - the broken town is named by the caller, the others go on
            yield schema, error
        else:
            yield schema, None
