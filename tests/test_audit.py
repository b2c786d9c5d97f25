"""The trail: chained by the database, refused any change, and its first broken entry named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from campanile_infra.database.scope import as_owner, in_schema
from campanile_tenants.town.audit import verify as verifying
from campanile_tenants.town.audit.context import Who, acting, network_of
from campanile_tenants.town.audit.models import Entry, Head
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.audit.verify import Broken, Whole, verify
from tests.towns import client, inside, town

SCHEMA = "c_097048"


@pytest.fixture
def trail(merate: Any) -> Iterator[Any]:
    """Five more entries, chained."""
    with inside(merate):
        for n in range(5):
            record("test.done", ("thing", str(n)), n=n, text="àè {}'")
        chain()
        yield merate


def chain() -> None:
    """What a commit does, inside a test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def tamper(statement: str, *parameters: Any) -> None:
    """Changes the trail as somebody with all rights over the database would."""
    with as_owner(), in_schema(SCHEMA), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER; ALTER TABLE audit_head DISABLE TRIGGER USER")
        cursor.execute(statement, parameters)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER; ALTER TABLE audit_head ENABLE TRIGGER USER")


def last() -> int:
    with in_schema(SCHEMA):
        return Head.objects.get().number


def test_a_trail_that_nobody_touched_is_whole(trail: Any) -> None:
    result = verify(SCHEMA)
    assert isinstance(result, Whole)
    assert result.entries == last() >= 5


@pytest.mark.parametrize(
    "change",
    [
        "actor_id = '99'", "action = 'x'", "object_id = '7'", "network = '10.0.0.0/24'", "details = '{}'",
        "happened_at = happened_at - interval '1 microsecond'", "grant_id = gen_random_uuid()", "channel = 'task'",
        "actor_kind = 'nobody'", "object_type = 'other'", "hash = repeat('a', 64)", "previous_hash = repeat('a', 64)",
    ],
)  # fmt: skip
def test_an_altered_entry_is_named(trail: Any, change: str) -> None:
    number = last() - 2
    tamper(f"UPDATE audit_entry SET {change} WHERE number = %s", number)
    assert verify(SCHEMA) == Broken(SCHEMA, number, "was altered")


def test_a_removed_entry_is_named_in_the_middle_and_at_the_end(trail: Any) -> None:
    end = last()
    tamper("DELETE FROM audit_entry WHERE number = %s", end)
    assert verify(SCHEMA) == Broken(SCHEMA, end, "is missing, at the end of the trail")
    tamper("DELETE FROM audit_entry WHERE number = %s", end - 3)
    assert verify(SCHEMA) == Broken(SCHEMA, end - 3, "is missing")


def test_an_entry_put_in_past_the_chain_is_named(trail: Any) -> None:
    tamper(
        "INSERT INTO audit_entry (happened_at, actor_kind, actor_id, action, object_type, object_id, network, channel,"
        " details) VALUES (now(), 'system', '', 'x', '', '', '', 'web', '{}')"
    )
    assert isinstance(found := verify(SCHEMA), Broken)
    assert "past the chain" in found.why


def test_a_trail_written_anew_as_a_whole_differs_from_what_the_platform_vouches_for(trail: Any) -> None:
    assert verifying.anchor([SCHEMA]) == 1
    assert verifying.anchor([SCHEMA]) == 0
    anchored = last()
    number, previous = anchored - 1, ""
    with in_schema(SCHEMA):
        tamper("UPDATE audit_entry SET actor_id = '99' WHERE number = %s", number)
        rows = [row for row in verifying._rows() if row[1] >= number]
        for pk, n, told, _hash, *fields in rows:
            previous = previous or told
            fresh = verifying.digest(n, previous, tuple(fields))
            tamper("UPDATE audit_entry SET previous_hash = %s, hash = %s WHERE id = %s", previous, fresh, pk)
            previous = fresh
        tamper("UPDATE audit_head SET hash = %s", previous)
    assert isinstance(verify(SCHEMA), Whole)
    found = verify(SCHEMA, verifying.anchors()[SCHEMA])
    assert found == Broken(SCHEMA, anchored, "is not the one that the platform's trail vouches for")


def test_a_trail_cut_short_together_with_its_end_is_found_by_its_anchor(trail: Any) -> None:
    verifying.anchor([SCHEMA])
    end = last()
    tamper("DELETE FROM audit_entry WHERE number = %s", end)
    tamper(
        "UPDATE audit_head SET number = %s, hash = (SELECT hash FROM audit_entry WHERE number = %s)", end - 1, end - 1
    )
    assert isinstance(verify(SCHEMA), Whole)
    assert verify(SCHEMA, verifying.anchors()[SCHEMA]) == Broken(
        SCHEMA, end, f"is missing: the platform's trail knows entry {end}"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_id = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
        "UPDATE audit_head SET number = 0", "DELETE FROM audit_head", "INSERT INTO audit_head (number, hash) VALUES (1, '')",
    ],
)  # fmt: skip
@pytest.mark.parametrize("owner", [False, True])
def test_the_database_refuses_to_change_the_trail(trail: Any, statement: str, owner: bool) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        if owner:
            with as_owner():
                cursor.execute(statement)
        else:
            cursor.execute(statement)


def test_erasing_on_purpose_does_not_reach_the_trail(trail: Any) -> None:
    from campanile_tenants.kit.erasure import erasing

    with pytest.raises(DatabaseError), erasing():
        Entry.objects.filter(action="test.done").delete()


def test_an_entry_is_chained_even_when_the_commit_happens_in_another_place(merate: Any) -> None:
    with inside(merate):
        record("test.done")
    with in_schema("public"):
        chain()
    with inside(merate):
        assert Entry.objects.latest("id").number == Head.objects.get().number
    assert isinstance(verify(SCHEMA), Whole)


def test_an_entry_says_who_from_where_and_under_which_grant(merate: Any) -> None:
    with inside(merate), acting(Who("staff", "7", None, network_of("192.0.2.77"), "web")):
        record("test.done", ("thing", "9"), count=2)
        entry = Entry.objects.latest("id")
    assert (entry.actor_kind, entry.actor_id, entry.network, entry.channel) == ("staff", "7", "192.0.2.0/24", "web")
    assert network_of("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert network_of("unknown") == ""


def test_the_page_searches_exports_and_checks(trail: Any) -> None:
    mayor = client(trail, "sindaco")
    page = mayor.get("/ufficio/registro/?azione=test.done&oggetto=3")
    assert page.content.count(b"test.done") >= 1
    assert b"thing 3" in page.content
    assert b"thing 4" not in page.content
    table = b"".join(mayor.get("/ufficio/registro/esporta.csv?azione=test.done").streaming_content).decode()  # type: ignore[attr-defined]
    assert table.splitlines()[0].startswith("number,happened_at,actor_kind")
    assert len(table.splitlines()) == 6
    chain()
    assert "integro" in mayor.post("/ufficio/registro/verifica/", follow=True).content.decode()
    assert client(trail, "tecnico").get("/ufficio/registro/").status_code == 403


def test_two_towns_have_two_trails(trail: Any) -> None:
    with inside(town("097042")):
        assert not Entry.objects.filter(action="test.done").exists()
