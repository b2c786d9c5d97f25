"""Whom a message about a topic is for, as SQL that freezing walks in chunks, and as counts before anybody sends."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from campanile_infra.channels.base import channels
from campanile_tenants.town.contacts.models import Contact
from campanile_tenants.town.delivery.services import Audience

Ring = Sequence[tuple[float, float]]
"""A closed line of (longitude, latitude) in degrees, WGS 84."""
RELATIVE_AFTER = 600
"""Seconds without an answer after which a relative is called."""
_PLACE = """
    c.kind = %(kind)s
      AND (%(everywhere)s
           OR lower(c.street) = ANY(%(streets)s)
           OR (c.latitude IS NULL AND (c.street = '' OR %(polygons)s))
           OR EXISTS (SELECT FROM unnest(%(rings)s::text[]) AS ring
                      WHERE ring::polygon @> point(c.longitude, c.latitude)))
"""
_WAY = """
    e.retired_at IS NULL AND e.verified_at IS NOT NULL AND e.channel = ANY(%(channels)s)
      AND (%(emergency)s OR NOT e.of_relative)
      AND (%(everybody)s OR EXISTS (
            SELECT FROM contacts_preference p WHERE p.endpoint_id = e.id AND p.topic = %(who_topic)s))
"""
_WHO = f"FROM contacts_endpoint e JOIN contacts_contact c ON c.id = e.contact_id WHERE {_PLACE} AND {_WAY}"
_WILLING = """
      AND NOT EXISTS (SELECT FROM delivery_suppression s WHERE s.channel = e.channel AND s.address = e.address
                      AND s.topic IN ('', %(who_topic)s))
"""
_UNREACHED = f"""
    SELECT count(*) FROM contacts_contact c WHERE {_PLACE}
      AND NOT EXISTS (SELECT FROM contacts_endpoint e WHERE e.contact_id = c.id AND {_WAY} {_WILLING})
"""  # noqa: S608 - made of our own constants
_ROWS = """
    SELECT e.id, c.id AS person, e.channel, e.address, c.language,
           coalesce((%(steps)s::jsonb ->> e.channel)::int, 0) AS step,
           greatest(
               CASE WHEN coalesce((%(delays)s::jsonb ->> e.channel)::float8, 0) > 0
                    THEN %(now)s + (%(delays)s::jsonb ->> e.channel)::float8 * interval '1 s' END,
               CASE WHEN e.of_relative THEN %(now)s + %(relative)s * interval '1 s' END,
               CASE WHEN e.quiet_from IS NOT NULL AND NOT (%(emergency)s AND e.breaks_quiet)
                    THEN contacts_end_of_quiet(%(now)s, e.quiet_from, e.quiet_to) END
           ) AS due_at
"""


@dataclass(frozen=True)
class Whom:
    """A choice of people: by topic, place and channel.

    `everybody`: also those who did not choose the topic. `streets` in lower case; `rings` are areas, and who has no
    known place is told too. `delays`: seconds that a channel waits for the ones before it (an escalation).
    Relatives are called in an emergency only.
    """

    topic: str
    emergency: bool = False
    everybody: bool = False
    kind: str = Contact.Kind.CITIZEN
    streets: Sequence[str] = ()
    rings: Sequence[Ring] = ()
    only: Sequence[str] = ()
    delays: Mapping[str, float] = field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """What fills the statements."""
        allowed = [name for name in channels() if not self.only or name in self.only]
        ordered = sorted(set(self.delays.values()))
        steps = {name: ordered.index(seconds) for name, seconds in self.delays.items()}
        return {
            "kind": str(self.kind), "channels": allowed, "everybody": self.everybody, "who_topic": self.topic,
            "everywhere": not self.streets and not self.rings, "streets": [name.lower() for name in self.streets],
            "polygons": bool(self.rings), "rings": [_polygon(ring) for ring in self.rings],
            "steps": json.dumps(steps), "delays": json.dumps(dict(self.delays)), "emergency": self.emergency,
            "relative": RELATIVE_AFTER,
            "now": timezone.now(),
        }  # fmt: skip


def audience(whom: Whom) -> Audience:
    """For `delivery.freeze`."""
    return Audience(_ROWS + _WHO, whom.values())


def count(whom: Whom) -> dict[str, int]:
    """How many endpoints each channel would reach, without those that are not written to; `people`: how many people.

    2 queries.
    """
    values = whom.values()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.channel, count(*) {_WHO} {_WILLING} GROUP BY e.channel", values)
        found = {str(channel): int(number) for channel, number in cursor.fetchall()}
        cursor.execute(f"SELECT count(DISTINCT c.id) {_WHO} {_WILLING}", values)
        found["people"] = int(cursor.fetchone()[0])
    return found


def unreached(whom: Whom) -> int:
    """How many people known to the town in that place would not be told over any way. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREACHED, whom.values())
        return int(cursor.fetchone()[0])


def _polygon(ring: Ring) -> str:
    """PostgreSQL's own notation of a polygon; numbers only."""
    return "(" + ",".join(f"({float(x)!r},{float(y)!r})" for x, y in ring) + ")"
