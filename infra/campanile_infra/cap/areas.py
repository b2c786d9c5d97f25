"""Geometries as CAP polygons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shapely import MultiPolygon, Polygon, make_valid
from shapely.geometry import shape

from campanile_infra.cap.messages import Point


def outline(geometry: Mapping[str, Any] | None) -> tuple[tuple[Point, ...], ...]:
    """The outer rings of a GeoJSON geometry, closed and simple (one that crosses itself is mended); holes are
    left out.
    """
    if not geometry:
        return ()
    drawn = make_valid(shape(geometry))
    parts = drawn.geoms if isinstance(drawn, MultiPolygon) else [drawn]
    return tuple(
        tuple(Point(y, x) for x, y, *_more in part.exterior.coords) for part in parts if isinstance(part, Polygon)
    )
