"""The province as a picture: each town's outline in the shade of one measure, and the same as rows for a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campanile_platform.centre.accounts import arrears
from campanile_platform.centre.league import counts
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.figures import declared
from campanile_tenants.public.registry.models import Figure, Municipality

WIDTH = 640.0
_NEAREST = 1.1
"""Points of an outline nearer than this, in pixels of the picture, are one point."""
CLASSES = 4


@dataclass(frozen=True)
class Measure:
    """Something by which towns can be told apart."""

    code: str
    label: str | Promise
    percent: bool = False
    """A share of a hundred: shown with its sign, and without a sum."""


ARREARS = Measure("scaduto", _("Arrears in euro"))
POPULATION = Measure("abitanti", _("Inhabitants"))
MODULES = Measure("moduli", _("Modules switched on"))


def measures() -> dict[str, Measure]:
    """Every figure and share that a module declares, then what registry and book-keeping know."""
    found = {code: Measure(code, figure.label) for code, figure in declared().items()}
    found |= {code: Measure(code, ratio.label, percent=True) for code, ratio in registry.ratios().items()}
    return found | {one.code: one for one in (ARREARS, POPULATION, MODULES)}


def values(measure: Measure, towns: Iterable[Any]) -> dict[str, int]:
    """The measure of each town by schema. `towns` hold their open activations. At most 1 query."""
    if measure is POPULATION:
        return {town.schema_name: town.population for town in towns}
    if measure is MODULES:
        return {town.schema_name: len(town.open_activations) for town in towns}
    if measure is ARREARS:
        owed = arrears()
        return {town.schema_name: round(owed[town.pk].amount) for town in towns if town.pk in owed}
    if measure.percent:
        shares = counts(registry.ratios()[measure.code])
        return {schema: round(100 * good / of) for schema, (good, of) in shares.items() if of}
    return dict(Figure.objects.filter(code=measure.code).values_list("schema_name", "value"))


def breaks(numbers: Iterable[int]) -> list[int]:
    """The lower ends of up to four classes with about as many towns in each; zero is a class of its own.

    >>> breaks([0, 1, 2, 3, 4, 5, 6, 7, 8])
    [1, 3, 5, 7]
    """
    positive = sorted(number for number in numbers if number > 0)
    return sorted({positive[len(positive) * n // CLASSES] for n in range(CLASSES)}) if positive else []


def class_of(number: int, lower_ends: Sequence[int]) -> int:
    """0 for none, else the class counted from 1.

    >>> [class_of(number, [1, 3, 5, 7]) for number in (0, 1, 4, 9)]
    [0, 1, 2, 4]
    """
    return sum(1 for end in lower_ends if number >= end) if number > 0 else 0


@dataclass(frozen=True)
class Picture:
    """Outlines as SVG paths by schema, and the size of the picture."""

    width: int
    height: int
    paths: dict[str, str]

    @property
    def view_box(self) -> str:
        """For the SVG, with room for the strokes at the edges."""
        return f"-2 -2 {self.width + 4} {self.height + 4}"


def picture(schemas: Iterable[str]) -> Picture | None:
    """The outlines of these towns; None when none has one. 1 query the first time in a process."""
    return _picture(tuple(sorted(schemas)))


@lru_cache(maxsize=8)
def _picture(schemas: tuple[str, ...]) -> Picture | None:
    found = Municipality.objects.filter(schema_name__in=schemas, boundary__isnull=False)
    rings = {schema: list(_rings(shape)) for schema, shape in found.values_list("schema_name", "boundary") if shape}
    points = [point for outline in rings.values() for ring in outline for point in ring]
    if not points:
        return None
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    narrowing = math.cos(math.radians((south + north) / 2))  # a degree of longitude is shorter up here
    scale = WIDTH / ((east - west) * narrowing or 1)

    def place(point: Sequence[float]) -> tuple[float, float]:
        return (point[0] - west) * narrowing * scale, (north - point[1]) * scale

    paths = {
        schema: "".join(_path([place(point) for point in ring]) for ring in outline)
        for schema, outline in rings.items()
    }
    return Picture(round(WIDTH), round((north - south) * scale), paths)


def _rings(shape: dict[str, Any]) -> Iterable[list[Sequence[float]]]:
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    for polygon in polygons:
        yield from polygon


def _path(points: list[tuple[float, float]]) -> str:
    kept = [points[0]]
    for point in points[1:-1]:
        if math.dist(point, kept[-1]) >= _NEAREST:
            kept.append(point)
    if len(kept) < 3:
        return ""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "Z"
