"""Bringing the public schema, the template and the towns to the present version."""

from __future__ import annotations

from collections.abc import Callable

from rich.progress import track

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.errors import OperationalProblem


def migrate_public(say: Callable[[str], None]) -> None:
    """Applies what the public schema lacks. One query when nothing is missing."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from campanile_infra.database.scope import as_owner, in_schema
    from campanile_tenants.public.bulletins import shipped as zones
    from campanile_tenants.public.library.shipped import put_in
    from campanile_tenants.public.registry.provisioning.template import migrate_schema

    with as_owner(), in_schema(PUBLIC_SCHEMA):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            say("Preparing the public schema")
            migrate_schema(PUBLIC_SCHEMA)
    if placed := zones.put_in():
        say(f"{placed} municipalities placed in their warning zones.")
    if changed := put_in():
        say(f"Shared catalogue: {changed} descriptions of services are new")


def migrate_towns(say: Callable[[str], None]) -> None:
    """Rebuilds the template, migrates every town that lags. Raises OperationalProblem naming the bad ones."""
    from campanile_tenants.public.registry.provisioning import pool, template, towns

    if template.ensure_template():
        say("Built the template of a town's schema")
        pool.refill()
    lagging = towns.outdated()
    broken = []
    for schema, error in (
        track(towns.migrate_towns(lagging), "Migrating towns", total=len(lagging), transient=True) if lagging else ()
    ):
        if error is not None:
            broken.append(f"{schema}: {str(error).splitlines()[0]}")
    if broken:
        raise OperationalProblem(
            f"{len(lagging) - len(broken)} towns migrated, {len(broken)} not: {'; '.join(broken[:5])}. "
            "The others go on; correct these and run `campanile migrate` again."
        )
