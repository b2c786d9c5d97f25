"""Whose the place is: this town's, a neighbour's on the platform, or nobody's that we know."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shapely import Point
from shapely.geometry import shape

from campanile_modules.reporting.errors import OutsideTown
from campanile_tenants.kit.town import Neighbour, boundary, current_town, town_at

DEGREE = 111_320.0
NEAR = 60.0
"""Metres from a border within which the town is asked for."""


@dataclass(frozen=True)
class Whose:
    """`inside`: the point is in this town. `near`: so close to its border that the citizen confirms it. `other`: the
    town on the platform in which it lies.
    """

    inside: bool
    near: bool
    other: Neighbour | None


def whose(latitude: Decimal | float, longitude: Decimal | float) -> Whose:
    """Where a point lies. Towns without a known boundary take every point. 1 query, 2 outside."""
    outline = boundary()
    if not outline:
        return Whose(True, False, None)
    point, area = Point(float(longitude), float(latitude)), shape(outline)
    inside = area.covers(point)
    near = area.boundary.distance(point) * DEGREE <= NEAR
    other = None if inside and not near else town_at(float(longitude), float(latitude))
    if other is not None and other.istat_code == current_town().istat_code:
        other = None
    return Whose(inside, near, other)


def check(latitude: Decimal | float, longitude: Decimal | float, *, confirmed: bool = False) -> Whose:
    """The same, where a point that is not this town's is refused. Raises OutsideTown.

    `confirmed`: the citizen said that it is here, which counts near the border only.
    """
    found = whose(latitude, longitude)
    if found.inside or (found.near and confirmed):
        return found
    where = f"{float(latitude):.4f}, {float(longitude):.4f}"
    if found.other is not None:
        where = f"{found.other.full_name}: {found.other.site('/segnalazioni/nuova/')}"
    raise OutsideTown(where=where, field="address")
