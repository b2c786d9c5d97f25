"""The template schema: what a town's schema looks like at the present version, built by its migrations."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from campanile_infra.database.names import TEMPLATE_SCHEMA, quote
from campanile_infra.database.scope import as_owner, in_schema

_LOCK = "campanile template"


@lru_cache(maxsize=1)
def current_version() -> str:
    """A digest of the names of all migrations a town must have. Reads files, no database."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    labels = {app.label for app in apps.get_app_configs() if app.name in settings.TENANT_APPS}
    names = sorted(f"{label}.{name}" for label, name in loader.disk_migrations if label in labels)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def template_version() -> str | None:
    """The version of the template in the database; None when there is none, or a half-built one."""
    with as_owner(), in_schema("public"), connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", [TEMPLATE_SCHEMA])
        return str(row[0]) if (row := cursor.fetchone()) and row[0] else None


def ensure_template() -> bool:
    """Builds the template unless it is there at the present version; returns whether it was built.

    Two processes that try at once: the second waits and finds it done. A kill in the middle leaves a
    template without a version, which the next call replaces.
    """
    if template_version() == current_version():
        return False
    with as_owner(), in_schema("public"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [_LOCK])
        try:
            if template_version() == current_version():
                return False
            cursor.execute(f"DROP SCHEMA IF EXISTS {quote(TEMPLATE_SCHEMA)} CASCADE")
            cursor.execute(f"CREATE SCHEMA {quote(TEMPLATE_SCHEMA)}")
            migrate_schema(TEMPLATE_SCHEMA)
            cursor.execute(f"COMMENT ON SCHEMA {quote(TEMPLATE_SCHEMA)} IS '{current_version()}'")
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [_LOCK])
    return True


def migrate_schema(schema: str) -> None:
    """Applies to `schema` the migrations it lacks, in one transaction: all of them or none."""
    with as_owner(), in_schema(schema), transaction.atomic():
        executor = MigrationExecutor(connection)
        executor.recorder.ensure_schema()
        executor.loader.build_graph()
        executor.migrate(executor.loader.graph.leaf_nodes())
