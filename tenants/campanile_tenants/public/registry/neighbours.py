"""The towns of the platform as each other knows them: name, host and boundary."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from shapely import Point
from shapely.geometry import shape

from campanile_infra.addresses import address

_ALL = "SELECT istat_code, name, coalesce(host, ''), boundary::text FROM public.registry_neighbour ORDER BY istat_code"


@dataclass(frozen=True)
class Neighbour:
    """A town that serves. `host`: its primary domain."""

    istat_code: str
    name: str
    host: str

    @property
    def full_name(self) -> str:
        """How it calls itself: `Comune di Merate`."""
        return _("Municipality of %(name)s") % {"name": self.name}

    def site(self, path: str) -> str:
        """The full address of a page of that town."""
        return address(self.host, path)


def town_at(longitude: float, latitude: float) -> Neighbour | None:
    """The town in which a point lies (WGS 84, degrees); None: none that serves here. 1 query."""
    point = Point(longitude, latitude)
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    for code, name, host, boundary in rows:
        if shape(json.loads(boundary)).covers(point):
            return Neighbour(code, name, host)
    return None
