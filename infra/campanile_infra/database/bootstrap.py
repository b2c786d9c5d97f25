"""Prepares a PostgreSQL database for Campanile: roles, schemas, extensions, default privileges.

Idempotent. Needs a login that may create roles and, in the database, create schemas and extensions
(all four extensions are trusted, so no superuser is needed). Everything is owned by `campanile_owner`.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from campanile_infra.database.names import APP_ROLE, CENTRE_ROLE, EXTENSIONS_SCHEMA, OWNER_ROLE, TOWN_GROUP
from campanile_infra.errors import OperationalProblem

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist", "citext")
LEAST_VERSION = 160000
_TOWNS_WITHOUT_APP = """
SELECT rolname::text FROM pg_roles town WHERE rolname ~ '^(c_[0-9]{6}|campanile_spare_[0-9a-f]{8})$'
AND NOT EXISTS (SELECT 1 FROM pg_auth_members m JOIN pg_roles app ON app.oid = m.member
                WHERE m.roleid = town.oid AND app.rolname = %s)
"""
_PRIVILEGES = "SELECT, INSERT, UPDATE, DELETE"


def bootstrap(conninfo: str) -> None:
    """Makes the database behind `conninfo` ready for the first migration.

    Raises OperationalProblem with one line when the server is unreachable, too old, lacks an extension
    or does not let this login do it.
    """
    try:
        with psycopg.connect(conninfo, connect_timeout=10) as connection:
            _check_version(connection)
            _check_extensions(connection)
            with connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(hashtext('campanile bootstrap'))")
                _make_roles(connection)
                _make_schemas(connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise OperationalProblem(
            f"The database login may not prepare the database ({_first_line(error)}). "
            "Give it CREATEROLE and CREATE on the database, or run `campanile migrate` once as its owner."
        ) from error
    except psycopg.OperationalError as error:
        raise OperationalProblem(
            f"The database does not answer ({_first_line(error)}). Check DATABASE_URL, or unset it to use "
            "the embedded PostgreSQL."
        ) from error


def ensure_web_login(conninfo: str, login: str, password: str) -> None:
    """Makes the login of processes that only answer: it may become the centre or a town, never the owner.

    An existing login keeps its password. Raises OperationalProblem when the login behind `conninfo` may not do it.
    """
    try:
        with psycopg.connect(conninfo, connect_timeout=10) as connection, connection.transaction():
            name = sql.Identifier(login)
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login]).fetchone() is None:
                statement = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}")
                connection.execute(statement.format(name, sql.Literal(password)))
            grant = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE")
            connection.execute(grant.format(sql.Identifier(APP_ROLE), name))
    except psycopg.errors.InsufficientPrivilege as error:
        raise OperationalProblem(
            f"The login of DATABASE_WEB_URL could not be made ({_first_line(error)}). Make it by hand: "
            f"CREATE ROLE {login} LOGIN NOINHERIT; GRANT {APP_ROLE} TO {login} WITH INHERIT FALSE, SET TRUE;"
        ) from error


def _check_version(connection: psycopg.Connection) -> None:
    version = connection.info.server_version
    if version < LEAST_VERSION:
        raise OperationalProblem(f"PostgreSQL {version // 10000} is too old. Campanile needs PostgreSQL 16 or newer.")


def _check_extensions(connection: psycopg.Connection) -> None:
    found = {row[0] for row in connection.execute("SELECT name FROM pg_available_extensions")}
    if missing := [name for name in EXTENSIONS if name not in found]:
        raise OperationalProblem(
            f"PostgreSQL lacks the extension {', '.join(missing)}. Install the server's contrib package "
            "(postgresql-contrib) and start again."
        )


def _make_roles(connection: psycopg.Connection) -> None:
    present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role, options in (
        (OWNER_ROLE, "NOLOGIN NOINHERIT CREATEROLE"),
        (CENTRE_ROLE, "NOLOGIN NOINHERIT"),
        (APP_ROLE, "NOLOGIN NOINHERIT"),
        (TOWN_GROUP, "NOLOGIN"),
    ):
        if role not in present:
            connection.execute(f"CREATE ROLE {role} {options}")
    login = sql.Identifier(str(connection.execute("SELECT session_user").fetchone()[0]))  # type: ignore[index]
    for role in (OWNER_ROLE, CENTRE_ROLE):
        connection.execute(sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(sql.Identifier(role), login))
    connection.execute(f"GRANT {TOWN_GROUP} TO {OWNER_ROLE} WITH ADMIN OPTION")
    connection.execute(f"GRANT {CENTRE_ROLE} TO {APP_ROLE} WITH INHERIT FALSE, SET TRUE")
    connection.execute(f"SET LOCAL ROLE {OWNER_ROLE}")
    for (town,) in connection.execute(_TOWNS_WITHOUT_APP, [APP_ROLE]).fetchall():
        grant = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE")
        connection.execute(grant.format(sql.Identifier(town), sql.Identifier(APP_ROLE)))
    connection.execute("RESET ROLE")


def _make_schemas(connection: psycopg.Connection) -> None:
    database = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(database, sql.Identifier(OWNER_ROLE)))
    connection.execute(sql.SQL("REVOKE CREATE, TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    connection.execute(f"GRANT ALL ON SCHEMA public TO {OWNER_ROLE}")
    connection.execute(f"GRANT USAGE ON SCHEMA public TO {CENTRE_ROLE}, {TOWN_GROUP}")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {EXTENSIONS_SCHEMA}")
    connection.execute(f"GRANT USAGE ON SCHEMA {EXTENSIONS_SCHEMA} TO {OWNER_ROLE}, {CENTRE_ROLE}, {TOWN_GROUP}")
    for extension in EXTENSIONS:
        connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} WITH SCHEMA {EXTENSIONS_SCHEMA}")
    connection.execute(f"SET LOCAL ROLE {OWNER_ROLE}")
    for kind, privileges in (("TABLES", _PRIVILEGES), ("SEQUENCES", "USAGE, SELECT, UPDATE")):
        connection.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {privileges} ON {kind} TO {CENTRE_ROLE}")
    connection.execute("RESET ROLE")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
