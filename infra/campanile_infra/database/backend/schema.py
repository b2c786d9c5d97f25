"""Schema editor: leaves out the `varchar_pattern_ops` twins.

Databases are created with the C collation, under which a plain btree index serves LIKE 'prefix%';
the second index that Django adds for it would only cost time at each onboarding and each write.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.schema import DatabaseSchemaEditor as PostgreSQLSchemaEditor


class DatabaseSchemaEditor(PostgreSQLSchemaEditor):
    """Django's schema editor without LIKE indexes."""

    def _create_like_index_sql(self, model: Any, field: Any) -> None:
        return None
