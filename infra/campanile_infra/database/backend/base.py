"""PostgreSQL backend with two walls: each town's role and each town's search_path.

Both are set in the same message as the first statement that needs them (psycopg's client-side binding
lets one message carry several statements), and not at all while nothing changes. A rollback, also to a
savepoint, undoes a SET in PostgreSQL, so the backend forgets what it knows and says it again.
It offers the interface that django-tenants expects of a connection.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base as postgresql
from django_tenants.postgresql_backend.introspection import DatabaseSchemaIntrospection

from campanile_infra.database import scope
from campanile_infra.database.backend.schema import DatabaseSchemaEditor
from campanile_infra.database.names import PUBLIC_SCHEMA

_IN_ONE_MESSAGE = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "(SELEC")
_NEVER_PREFIXED = ("SAVEPO", "RELEAS", "ROLLBA", "COMMIT", "BEGIN")


class TownCursor(postgresql.Cursor):  # type: ignore[name-defined]
    """A client-side binding cursor that says role and search_path in front of the first statement."""

    town_wrapper: DatabaseWrapper | None = None

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        wrapper = self.town_wrapper
        if wrapper is None:
            return super().execute(query, params, **options)
        wanted = scope.wanted()
        if wrapper.said == wanted:
            return super().execute(query, params, **options)
        start = query.lstrip()[:6].upper() if isinstance(query, str) else ""
        if start.startswith(_NEVER_PREFIXED):
            return super().execute(query, params, **options)
        if not start.startswith(_IN_ONE_MESSAGE):
            self._say(wrapper, wanted)
            return super().execute(query, params, **options)
        prefix, count = scope.statements(wrapper.said, wanted)
        plain = params is None or (not params and "%" not in query)
        text = query if plain else self.mogrify(query, params)
        try:
            super().execute(prefix + text, None, **options)
        except BaseException:
            wrapper.forget()
            raise
        for _ in range(count):
            self.nextset()
        wrapper.said = wanted
        return self

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> Any:
        self.say_place()
        return super().executemany(query, params_seq, **options)

    def copy(self, statement: Any, params: Any = None, **options: Any) -> Any:
        self.say_place()
        return super().copy(statement, params, **options)

    def say_place(self) -> None:
        """Sets role and search_path in a message of their own, if PostgreSQL was last told otherwise."""
        if self.town_wrapper is not None and self.town_wrapper.said != (wanted := scope.wanted()):
            self._say(self.town_wrapper, wanted)

    def _say(self, wrapper: DatabaseWrapper, wanted: scope.Said) -> None:
        try:
            super().execute(scope.statements(wrapper.said, wanted)[0])
        except BaseException:
            wrapper.forget()
            raise
        wrapper.said = wanted


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """Django's PostgreSQL wrapper; `said` is what the session last heard, None when unknown."""

    SchemaEditorClass = DatabaseSchemaEditor
    introspection_class = DatabaseSchemaIntrospection
    include_public_schema = False
    said: scope.Said | None = None

    # -- what django-tenants expects of a connection ------------------------------------------------

    @property
    def schema_name(self) -> str:
        """The schema of the running code."""
        return scope.current().schema

    @property
    def tenant(self) -> Any:
        """The tenant of the running code; in the public schema a stand-in with only `schema_name`."""
        place = scope.current()
        return place.tenant if place.tenant is not None else _SchemaOnly(place.schema)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Moves the running code to a town. Raises InvalidSchemaName."""
        scope.move_to(tenant.schema_name, None if isinstance(tenant, _SchemaOnly) else tenant)

    def set_schema(self, schema_name: str, include_public: bool = True, tenant_type: str | None = None) -> None:
        """Moves the running code to a schema, without a tenant object. Raises InvalidSchemaName."""
        scope.move_to(schema_name, None)

    def set_schema_to_public(self) -> None:
        """Moves the running code to the public schema."""
        scope.move_to(PUBLIC_SCHEMA, None)

    # -- forgetting -------------------------------------------------------------------------------

    def forget(self) -> None:
        """Makes the next statement say role and search_path again."""
        self.said = None

    def connect(self) -> None:
        self.said = None
        super().connect()

    def close(self) -> None:
        self.said = None
        super().close()

    def _rollback(self) -> Any:
        self.said = None
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            super()._savepoint_rollback(sid)  # type: ignore[misc]
        finally:
            self.said = None

    # -- cursors ----------------------------------------------------------------------------------

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        params["cursor_factory"] = TownCursor
        return params

    def create_cursor(self, name: str | None = None) -> Any:
        if name:  # a named cursor carries one statement only
            with super().create_cursor() as herald:
                herald.town_wrapper = self
                herald.say_place()
            return super().create_cursor(name)
        cursor = super().create_cursor()
        cursor.town_wrapper = self
        return cursor


class _SchemaOnly:
    def __init__(self, schema_name: str) -> None:
        self.schema_name = schema_name

    def get_tenant_type(self) -> None:
        return None
