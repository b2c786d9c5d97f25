"""Reading the chain again: is every entry as it was written, and is none missing?

The digest is computed here anew, not by the database that is being checked. The head of each town's chain is
anchored in the platform's trail every night, so that a chain cut at its end, or written anew as a whole, is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.town.audit.models import FIRST_HASH, Entry, Head
from campanile_tenants.town.audit.services import record

ANCHORED = "audit.anchored"
_CHAIN = """
SELECT id, number, previous_hash, hash,
       to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor_kind, actor_id,
       coalesce(grant_id::text, ''), action, object_type, object_id, network, channel, details::text
FROM audit_entry ORDER BY number NULLS LAST, id
"""


@dataclass(frozen=True)
class Broken:
    """The first entry that is not what it was; `number` is its place in the chain."""

    schema: str
    number: int
    why: str

    def __str__(self) -> str:
        return f"{self.schema}: entry {self.number} {self.why}."


@dataclass(frozen=True)
class Whole:
    """A chain without a fault."""

    schema: str
    entries: int


def digest(number: int, previous_hash: str, fields: tuple[str, ...]) -> str:
    """SHA-256 over the fields, each as `<bytes>:<text>`, joined by commas: the same as the trigger writes."""
    texts = (str(number), previous_hash, *fields)
    return hashlib.sha256(",".join(f"{len(text.encode())}:{text}" for text in texts).encode()).hexdigest()


def verify(schema: str, anchors: dict[int, str] | None = None) -> Whole | Broken:
    """Reads the chain of one schema from its first entry; `anchors` are (number: hash) known from elsewhere.

    Names the first entry that was altered, removed or added past the trigger. 2 queries, constant memory.
    """
    left = dict(anchors or {})
    expected, previous = 1, FIRST_HASH
    with in_schema(schema):
        for row in _rows():
            why = _fault(row, expected, previous, left)
            if why:
                return Broken(schema, expected, why)
            expected, previous = expected + 1, str(row[3])
        head = Head.objects.first()
    if left:
        return Broken(schema, expected, f"is missing: the platform's trail knows entry {min(left)}")
    if head is None or (head.number, head.hash) != (expected - 1, previous):
        return Broken(schema, expected, "is missing, at the end of the trail")
    return Whole(schema, expected - 1)


def _fault(row: tuple, expected: int, previous: str, left: dict[int, str]) -> str:
    """What is wrong with the row that should be number `expected`, or an empty text."""
    pk, number, told_previous, told, *fields = row
    if number is None:
        return f"was put in past the chain (row {pk})"
    if number != expected:
        return "is missing"
    if told_previous != previous or told != digest(number, previous, tuple(fields)):
        return "was altered"
    if left.pop(number, told) != told:
        return "is not the one that the platform's trail vouches for"
    return ""


def anchors() -> dict[str, dict[int, str]]:
    """By schema, the (number: hash) that the platform's own trail vouches for. 1 query."""
    known: dict[str, dict[int, str]] = {}
    with in_schema(PUBLIC_SCHEMA):
        rows = Entry.objects.filter(action=ANCHORED).values_list("object_id", "details")
        for schema, details in rows:
            known.setdefault(schema, {})[details["number"]] = details["hash"]
    return known


def anchor(schemas: list[str]) -> int:
    """Writes the present head of each chain that grew since its last anchor into the platform's trail."""
    known = anchors()
    written = 0
    for schema in schemas:
        with in_schema(schema):
            head = Head.objects.first()
        if head is None or head.number == 0 or head.number in known.get(schema, {}):
            continue
        with in_schema(PUBLIC_SCHEMA):
            record(ANCHORED, ("schema", schema), number=head.number, hash=head.hash)
        written += 1
    return written


def _rows() -> Iterator[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN)
        while batch := cursor.fetchmany(2000):
            yield from batch
