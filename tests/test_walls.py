"""Walls between towns, each tried by really breaking through."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, transaction

from campanile_infra.database.bootstrap import bootstrap, ensure_web_login
from campanile_infra.database.names import InvalidSchemaName, schema_of
from campanile_infra.database.scope import as_owner, in_schema, statement_limit
from campanile_infra.embedded.postgres import WEB_LOGIN
from campanile_modules.reporting.models import Category
from campanile_tenants.public.registry.models import Activation, Domain, Municipality, UsageEvent
from campanile_tenants.public.registry.provisioning.pool import make_spare
from campanile_tenants.public.registry.usage import record
from campanile_tenants.town.people.models import User
from tests.servers import POSTGRES
from tests.towns import Town, client, inside

THREADS, SWITCHES = 8, 5_000
SCHEMAS = ("c_097042", "c_097046", "c_097048")


def where() -> str:
    """The schema and the role that PostgreSQL believes in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema() || ' ' || current_user")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "name", ["public", "..", "information_schema", "c_12345", "c_0970421", "C_097042", "c_097042;", ""]
)
def test_only_a_towns_name_is_a_town(name: str) -> None:
    from campanile_infra.database.names import check_town

    with pytest.raises(InvalidSchemaName):
        check_town(name)


@pytest.mark.parametrize(
    "name", ["..", "information_schema", "pg_catalog", "campanile_template", 'c_097042"; DROP SCHEMA public']
)
def test_a_connection_refuses_any_other_schema(name: str) -> None:
    with pytest.raises(InvalidSchemaName):
        connection.set_schema(name)
    with pytest.raises(InvalidSchemaName):
        schema_of(name)


def test_role_and_path_come_in_the_same_message_and_only_when_they_change(lecco: Town) -> None:
    """Seen by PostgreSQL itself: each protocol message is one entry of its statistics."""
    with inside(lecco):
        Category.objects.count()
        said = connection.said
        Category.objects.count()
        assert connection.said is said
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_query()")
            assert cursor.fetchone()[0] == "SELECT current_query()"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_query()")
        message = cursor.fetchone()[0]
    place = 'SET ROLE "campanile_centre"; SET search_path = "public", "extensions"; '
    assert message.startswith(f"{place}SELECT"), "the time limit is the same as before"
    with statement_limit(1500), connection.cursor() as cursor:
        cursor.execute("SELECT current_query()")
        assert cursor.fetchone()[0].startswith("SET statement_timeout = 1500; SELECT")
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "1500ms"
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "0"


def test_from_town_to_town_one_statement_says_both(lecco: Town, merate: Town) -> None:
    """The path follows the role, so neither can be there without the other."""
    for place in (lecco, merate, lecco):
        with inside(place), connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_query(), current_schema(), current_user, 'people_user'::regclass::oid::text"
            )
            message, schema, role, table = cursor.fetchone()
            cursor.execute("SELECT to_regclass(%s)::oid::text", [f"{place.schema_name}.people_user"])
            assert (schema, role, table) == (place.schema_name, place.schema_name, cursor.fetchone()[0])
    assert message.startswith(f'SET ROLE "{lecco.schema_name}"; SELECT')


@pytest.mark.django_db
def test_raw_sql_on_another_towns_schema_is_refused_by_postgresql() -> None:
    with in_schema("c_097042"), pytest.raises(ProgrammingError, match="permission denied for schema c_097048"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM c_097048.people_user")


@pytest.mark.django_db
def test_the_centre_reads_no_towns_tables() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM c_097048.people_user")


@pytest.mark.django_db
def test_a_dropped_table_is_an_error_and_not_publics_rows() -> None:
    assert User.objects.filter(email="operatore@example.org").exists()  # public has a table of the same name
    with transaction.atomic():
        with as_owner(), in_schema("c_097042"), connection.cursor() as cursor:
            cursor.execute("DROP TABLE people_user CASCADE")
        with in_schema("c_097042"), pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
            User.objects.count()
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_town_sees_its_own_rows_of_public_tables_and_changes_none() -> None:
    with in_schema("c_097042"):
        assert [town.istat_code for town in Municipality.objects.all()] == ["097042"]
        assert {domain.domain for domain in Domain.objects.all()} == {"lecco.localhost"}
        assert {row.schema_name for row in Activation.objects.all()} == {"c_097042"}
        for change in (
            lambda: Municipality.objects.update(name="Altro"),
            lambda: Activation.objects.all().delete(),
            lambda: UsageEvent.objects.update(quantity=0),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()


@pytest.mark.django_db
def test_a_town_cannot_count_usage_on_anothers_bill(lecco: Town) -> None:
    with inside(lecco):
        record("reporting.report", key="one")
        record("reporting.report", key="one")
        assert UsageEvent.objects.filter(idempotency_key="one").count() == 1
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            UsageEvent.objects.create(schema_name="c_097048", meter="x", quantity=1, idempotency_key="two")


@pytest.mark.django_db
def test_a_towns_role_may_not_change_the_structure() -> None:
    for statement in (
        "CREATE TABLE mine (id int)",
        "ALTER TABLE people_user ADD COLUMN x int",
        "DROP TABLE people_user",
    ):
        with in_schema("c_097042"), pytest.raises(ProgrammingError), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.django_db
def test_savepoints_rollbacks_and_errors_leave_the_place_right() -> None:
    with in_schema("c_097042"):
        assert where() == "c_097042 c_097042"
        try:
            with transaction.atomic():
                with in_schema("c_097048"):
                    assert where() == "c_097048 c_097048"
                raise IntegrityError
        except IntegrityError:
            pass
        assert where() == "c_097042 c_097042"
        with pytest.raises(DatabaseError), transaction.atomic(), in_schema("c_097048"), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert where() == "c_097042 c_097042"
    assert where() == "public campanile_centre"


@pytest.mark.django_db
def test_server_side_cursors_and_bulk_statements_stay_in_the_town(lecco: Town) -> None:
    with inside(lecco):
        names = {category.code for category in Category.objects.iterator(chunk_size=2)}
        assert "roads" in names
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE reporting_category SET position = %s WHERE code = %s", [(99, "roads")])
        assert Category.objects.get(code="roads").position == 99


def _switch_about(seed: int, wrong: list[str], switches: int) -> None:
    choose = random.Random(seed)
    try:
        for _ in range(switches):
            schema = choose.choice(SCHEMAS)
            kind = choose.randrange(6)
            with in_schema(schema):
                try:
                    if kind == 0:
                        with transaction.atomic():
                            _look(schema, wrong)
                            raise IntegrityError
                    elif kind == 1:
                        with transaction.atomic():
                            try:
                                with transaction.atomic(), in_schema(choose.choice(SCHEMAS)):
                                    where()
                                    raise IntegrityError
                            except IntegrityError:
                                _look(schema, wrong)
                    elif kind == 2:
                        with connection.cursor() as cursor:
                            cursor.execute("SELECT 1/0")
                    else:
                        _look(schema, wrong)
                except (IntegrityError, DatabaseError):
                    _look(schema, wrong)
    finally:
        connection.close()


def _look(schema: str, wrong: list[str]) -> None:
    if where() != f"{schema} {schema}":
        wrong.append(schema)


def test_8_threads_times_5000_switches_with_errors_never_read_the_wrong_town(committed: None) -> None:
    wrong: list[str] = []
    threads = [threading.Thread(target=_switch_about, args=(n, wrong, SWITCHES)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_coroutines_that_take_turns_on_one_connection_keep_their_towns(committed: None) -> None:
    wrong: list[str] = []

    async def visit(schema: str) -> None:
        with in_schema(schema):
            for _ in range(100):
                if await sync_to_async(where)() != f"{schema} {schema}":
                    wrong.append(schema)
                await asyncio.sleep(0)

    async def all_of_them() -> None:
        await asyncio.gather(*(visit(schema) for schema in SCHEMAS * 4))
        await sync_to_async(lambda: connection.close())()  # noqa: PLW0108 - looked up in that thread

    asyncio.run(all_of_them())
    assert wrong == []


def test_the_walls_hold_with_psycopgs_pool_too(committed: None) -> None:
    pooled = connections.create_connection("default")
    pooled.settings_dict = dict(pooled.settings_dict)
    pooled.settings_dict["CONN_MAX_AGE"] = 0
    pooled.settings_dict["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 1}}
    try:
        for schema in (*SCHEMAS, *SCHEMAS):  # one physical connection, handed back and taken again
            with in_schema(schema), pooled.cursor() as cursor:
                cursor.execute("SELECT current_schema() || ' ' || current_user")
                assert cursor.fetchone()[0] == f"{schema} {schema}"
            pooled.close()
        with pooled.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone()[0] == "campanile_centre"
    finally:
        pooled.close()
        pooled.close_pool()


@pytest.mark.django_db
def test_a_session_of_one_town_is_nobody_in_another_and_at_the_centre(lecco: Town, merate: Town) -> None:
    here = client(lecco, "sindaco")
    assert here.get("/ufficio/").status_code == 200
    for host in ("merate.localhost", "localhost"):
        assert here.get("/ufficio/", headers={"host": host}).status_code in (302, 404)
        assert not here.get("/accesso/", headers={"host": host}).wsgi_request.user.is_authenticated
    assert client(None, "operatore").get("/").status_code == 200
    assert client(lecco, "sindaco").get("/", headers={"host": "localhost"}).status_code == 302


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """For tests on several connections: they only read, or clean up themselves."""
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.mark.django_db
def test_cache_and_files_carry_the_town(lecco: Town, merate: Town) -> None:
    with inside(lecco):
        cache.set("greeting", "Lecco")
        name = default_storage.save("a/secret.txt", ContentFile(b"of Lecco"))
    with inside(merate):
        assert cache.get("greeting") is None
        assert not default_storage.exists(name)
        with pytest.raises(SuspiciousFileOperation):
            default_storage.open(f"../c_097042/{name}")
    with inside(lecco):
        assert cache.get("greeting") == "Lecco"
        assert default_storage.open(name).read() == b"of Lecco"
        default_storage.delete(name)


@pytest.mark.django_db
def test_a_spare_schema_is_out_of_reach_until_it_is_a_town() -> None:
    name = make_spare()
    with pytest.raises(InvalidSchemaName):
        connection.set_schema(name)
    assert connection.schema_name == "public"


# -- the login of processes that only answer ---------------------------------------------------------


@pytest.fixture
def web_login(db: None) -> Iterator[psycopg.Connection]:
    """A connection as `campanile serve` gives it to the web server."""
    url = POSTGRES.conninfo(database=connection.settings_dict["NAME"], user=WEB_LOGIN)
    parts = urlsplit(url)
    ensure_web_login(POSTGRES.conninfo(), WEB_LOGIN, unquote(parts.password or ""))
    with psycopg.connect(url, autocommit=True) as made:
        yield made


def test_the_web_login_becomes_a_town_or_the_centre_but_never_the_owner(web_login: psycopg.Connection) -> None:
    for role in ("c_097042", "c_097048", "campanile_centre"):
        web_login.execute(f'SET ROLE "{role}"')
        web_login.execute("RESET ROLE")
    for role in ("campanile_owner", "campanile", "postgres"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web_login.execute(f'SET ROLE "{role}"')


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM c_097042.people_user", "SELECT * FROM public.registry_municipality",
        'SET ROLE "c_097042"; ALTER TABLE c_097042.audit_entry DISABLE TRIGGER ALL',
        'SET ROLE "c_097042"; DROP TABLE c_097042.reporting_report',
        'SET ROLE "c_097042"; SELECT * FROM c_097048.people_user',
        'SET ROLE "campanile_centre"; SELECT * FROM c_097048.people_user',
        'SET ROLE "campanile_centre"; DROP POLICY town_own ON public.registry_municipality',
        "CREATE ROLE other", "GRANT campanile_owner TO campanile_web", "CREATE SCHEMA other",
    ],
)  # fmt: skip
def test_the_web_login_holds_nothing_by_itself_and_changes_no_structure(
    web_login: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web_login.execute(statement)


def test_towns_that_were_there_before_are_open_to_the_web_login_after_the_next_start(
    web_login: psycopg.Connection,
) -> None:
    with psycopg.connect(POSTGRES.conninfo(), autocommit=True) as owner:
        owner.execute("SET ROLE campanile_owner; REVOKE c_097046 FROM campanile_app; RESET ROLE")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web_login.execute("SET ROLE c_097046")
    bootstrap(POSTGRES.conninfo())
    web_login.execute("SET ROLE c_097046")
