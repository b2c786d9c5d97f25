"""Zones: drawn or read from GeoJSON, and the one in which a point lies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from shapely import Point, Polygon, from_geojson, get_num_coordinates
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, mapping, shape
from shapely.validation import explain_validity

from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.places.errors import BadArea, BadRegister, NameTaken, ZoneInUse
from campanile_tenants.town.places.models import Zone

SLACK = 0.002
"""Degrees by which an area may leave the town (some 200 m): boundaries are drawn coarsely."""
MOST_POINTS = 20_000
MOST_ZONES = 500
_NAMES = ("name", "nome", "NAME", "NOME", "Nome", "denominazione", "DENOMINAZIONE")


def area(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """The geometry as it is kept: whole, simple, inside the town. Raises BadArea. 1 query."""
    try:
        drawn = from_geojson(json.dumps(geometry))
    except (ShapelyError, TypeError, ValueError) as error:
        raise BadArea(why=_("it is not GeoJSON."), field="geometry") from error
    if not isinstance(drawn, Polygon | MultiPolygon) or drawn.is_empty or not drawn.convex_hull.area:
        raise BadArea(why=_("draw at least three corners."), field="geometry")
    if get_num_coordinates(drawn) > MOST_POINTS:
        raise BadArea(why=_("it has too many corners."), field="geometry")
    if not drawn.is_valid:
        raise BadArea(why=_("its outline crosses itself (%(where)s).") % {"where": explain_validity(drawn)},
                      field="geometry")  # fmt: skip
    boundary = Municipality.objects.values_list("boundary", flat=True).get(pk=current_town().pk)
    if boundary and not shape(boundary).buffer(SLACK).covers(drawn):
        raise BadArea(why=_("it leaves the municipality. Coordinates are longitude, then latitude."), field="geometry")
    found: dict[str, Any] = json.loads(json.dumps(mapping(drawn)))
    return found


def keep(name: str, geometry: Mapping[str, Any], *, zone: Zone | None = None) -> Zone:
    """Makes or changes a zone. Raises BadArea, NameTaken."""
    drawn = area(geometry)
    zone = zone or Zone()
    zone.name, zone.geometry = " ".join(name.split()), drawn
    zone.__dict__.pop("shape", None)
    try:
        with transaction.atomic():
            zone.save()
            record("places.zone_kept", zone)
    except IntegrityError as error:
        raise NameTaken(field="name") from error
    return zone


def remove(zone: Zone) -> None:
    """Takes a zone away. Raises ZoneInUse."""
    try:
        with transaction.atomic():
            record("places.zone_removed", zone)
            zone.delete()
    except ProtectedError as error:
        raise ZoneInUse from error


def take_in(text: str) -> list[Zone]:
    """The areas of a GeoJSON FeatureCollection, all or none; a known name is drawn anew.

    Raises BadRegister (which names the feature), BadArea.
    """
    try:
        features = json.loads(text)["features"]
        named = [(_name_of(feature), feature["geometry"]) for feature in features]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadRegister(why=_("it is not a GeoJSON FeatureCollection."), field="file") from error
    if not named or len(named) > MOST_ZONES:
        raise BadRegister(why=_("it holds no area, or more than five hundred."), field="file")
    known = {zone.name.lower(): zone for zone in Zone.objects.all()}
    found = []
    with transaction.atomic():
        for number, (name, geometry) in enumerate(named, 1):
            if not name:
                raise BadRegister(why=_("feature %(n)d has no property “name”.") % {"n": number}, field="file")
            try:
                found.append(keep(name, geometry, zone=known.get(name.lower())))
            except BadArea as error:
                raise BadRegister(why=f"{name}: {error}", field="file") from error
    return found


def at(longitude: float, latitude: float, zones: Iterable[Zone] | None = None) -> list[Zone]:
    """The zones in which a point lies, the smallest first. 1 query, none with `zones`."""
    point = Point(longitude, latitude)
    rows = Zone.objects.all() if zones is None else zones
    return [zone for zone in sorted(rows, key=lambda zone: zone.shape.area) if zone.shape.covers(point)]


def rings(zone: Zone) -> list[list[list[float]]]:
    """The outer rings as [[longitude, latitude], ...], closed; holes are left out."""
    drawn = zone.shape
    parts = drawn.geoms if isinstance(drawn, MultiPolygon) else [drawn]
    return [[[round(x, 6), round(y, 6)] for x, y, *_more in part.exterior.coords] for part in parts]


def _name_of(feature: Mapping[str, Any]) -> str:
    properties = feature.get("properties") or {}
    return str(next((properties[key] for key in _NAMES if properties.get(key)), ""))[:80].strip()
