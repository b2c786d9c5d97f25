"""Which households nothing reaches: by street, for the coverage board and the list to knock at doors with."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection


class Street(NamedTuple):
    """Households of a street, and how many of them have no verified channel."""

    name: str
    households: int
    unreached: int

    @property
    def reached(self) -> int:
        """Households that some channel reaches."""
        return self.households - self.unreached


_STREETS = """
SELECT min(street), count(*), count(*) FILTER (WHERE NOT reached)
FROM (SELECT min(c.street) AS street, lower(c.street) AS key, c.house_number,
             bool_or(EXISTS (SELECT FROM contacts_endpoint e WHERE e.contact_id = c.id AND e.verified_at IS NOT NULL
                             AND e.retired_at IS NULL)) AS reached
      FROM contacts_contact c WHERE c.kind = 'citizen' AND c.street <> ''
      GROUP BY lower(c.street), c.house_number) AS households
GROUP BY key ORDER BY 3 DESC, 1
"""


def streets() -> list[Street]:
    """Every street that is known, the ones with most unreached households first. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(_STREETS)
        return [Street(*row) for row in cursor.fetchall()]
