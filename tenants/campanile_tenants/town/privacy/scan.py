"""The net below: every text column of the town's schema, searched for a person's identifiers."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from campanile_infra.database.names import quote

_COLUMNS = """
SELECT c.relname::text, a.attname::text FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  AND (t.typcategory IN ('S', 'A') OR t.typname IN ('json', 'jsonb', 'citext', 'bytea'))
ORDER BY 1, a.attnum
"""


class Hit(NamedTuple):
    """Rows of a table whose column contains one of the identifiers."""

    table: str
    column: str
    keys: tuple[str, ...]


def scan(identifiers: list[str]) -> list[Hit]:
    """Searches every text, JSON and array column of the current schema. 1 query a column; slow on purpose."""
    patterns = [f"%{_escape(text)}%" for text in identifiers if text]
    hits = []
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, column in cursor.fetchall():
            cursor.execute(
                f"SELECT to_jsonb(t) ->> (SELECT a.attname FROM pg_index i JOIN pg_attribute a"  # noqa: S608 - quoted
                f" ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisprimary"
                f" AND i.indrelid = %s::regclass) FROM {quote(table)} t"
                f" WHERE {quote(column)}::text ILIKE ANY (%s)",
                [quote(table), patterns],
            )
            if keys := tuple(str(row[0]) for row in cursor.fetchall()):
                hits.append(Hit(table, column, keys))
    return hits


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
