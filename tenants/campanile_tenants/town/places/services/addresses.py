"""Streets and house numbers: read from the town's register, found while somebody writes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.postgres.lookups import Unaccent
from django.db import transaction
from django.db.models import FloatField, Func, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from pyproj import Transformer

from campanile_tenants.town.audit.services import record
from campanile_tenants.town.places.errors import BadRegister
from campanile_tenants.town.places.models import HouseNumber, Street

LEAST_SIMILAR = 0.4
WGS84 = 4326
SYSTEMS = (WGS84, 3003, 3004, 6706, 32632, 32633, 25832, 25833, 7791, 7792)
"""EPSG codes that Italian registers use; 3003 and 3004 are Gauss-Boaga (Monte Mario), 6706 is RDN2008."""
_COLUMNS = {
    "kind": ("dug", "tipo_via"),
    "street": ("odonimo", "duf", "denominazione", "via", "strada", "toponimo", "street"),
    "code": ("prognaz", "codicevia", "codice_via", "progressivo_nazionale"),
    "number": ("civico", "numero", "numero_civico", "house_number"),
    "suffix": ("esponente", "barrato"),
    "x": ("coord_x_comune", "coordx", "longitudine", "lon", "x", "longitude"),
    "y": ("coord_y_comune", "coordy", "latitudine", "lat", "y", "latitude"),
}
_NUMBER = re.compile(r"[,\s]+(?:n\.?\s*)?(\d{1,4})\s*(?:[/\s-]?\s*([a-zA-Z]{1,3}))?\s*$")


@dataclass(frozen=True)
class Place:
    """An address that the register knows. Without a point where only the street is known."""

    text: str
    latitude: float | None
    longitude: float | None


def search(text: str, limit: int = 8) -> list[Place]:
    """Addresses for what somebody has written so far (`roma 12`), typos and accents forgiven. 2 queries."""
    text = " ".join(text.split())[:120]
    found = _NUMBER.search(text)
    words = text[: found.start()] if found else text
    if len(words) < 3:
        return []
    streets = list(_alike(words)[: 3 if found else limit])
    if not found:
        return [Place(street.name, None, None) for street in streets]
    wanted = f"{int(found[1])}{'/' + found[2].upper() if found[2] else ''}"
    numbers = HouseNumber.objects.filter(street__in=streets, number__startswith=str(int(found[1])))
    rank = {street.pk: place for place, street in enumerate(streets)}
    rows = sorted(
        numbers.select_related("street"),
        key=lambda row: (rank[row.street_id], row.number != wanted, len(row.number), row.number),
    )
    places = [Place(str(row), row.latitude, row.longitude) for row in rows[:limit]]
    return places or [Place(f"{street.name}, {wanted}", None, None) for street in streets]


def has_register() -> bool:
    """Whether the town has a list of streets. 1 query."""
    return Street.objects.exists()


def read(text: str, *, system: int = WGS84) -> list[tuple[str, str, str, float | None, float | None]]:
    """Rows (street, code, number, latitude, longitude) of a register in CSV, with commas or semicolons.

    Columns are known by their names (ANNCSU and what towns publish); `system`: the EPSG code of its coordinates.
    Raises BadRegister.
    """
    sample = text[:4_000]
    try:
        dialect = csv.Sniffer().sniff(sample, delimiters=",;\t|")
    except csv.Error as error:
        raise BadRegister(why=_("it is not a CSV file."), field="file") from error
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), dialect=dialect)
    columns = _columns(rows.fieldnames or [])
    if "street" not in columns:
        raise BadRegister(why=_("no column holds the name of the street (for example ODONIMO)."), field="file")
    return list(_rows(rows, columns, system))


def take_in(rows: list[tuple[str, str, str, float | None, float | None]]) -> tuple[int, int]:
    """Writes streets and numbers; what is known is brought up to date. Returns how many of each. 6 queries."""
    with transaction.atomic():
        names = {name.lower(): (name, code) for name, code, *_rest in rows}
        known = {street.name.lower(): street for street in Street.objects.all()}
        new = [Street(name=name, code=code) for key, (name, code) in names.items() if key not in known]
        Street.objects.bulk_create(new, batch_size=5_000)
        known |= {street.name.lower(): street for street in new}
        numbers = {
            (known[name.lower()].pk, number): HouseNumber(
                street=known[name.lower()], number=number, latitude=latitude, longitude=longitude
            )
            for name, _code, number, latitude, longitude in rows if number
        }  # fmt: skip
        HouseNumber.objects.bulk_create(
            numbers.values(), batch_size=5_000, update_conflicts=True, unique_fields=["street", "number"],
            update_fields=["latitude", "longitude"],
        )  # fmt: skip
        record("places.register_taken_in", ("register", ""), streets=len(names), numbers=len(numbers))
    return len(names), len(numbers)


def _alike(words: str) -> Any:
    alike = Func(Unaccent(Lower(Value(words))), Unaccent(Lower("name")), function="word_similarity",
                 output_field=FloatField())  # fmt: skip
    return Street.objects.annotate(alike=alike).filter(alike__gte=LEAST_SIMILAR).order_by("-alike", "name")


def _columns(names: Any) -> dict[str, str]:
    plain = {str(name).strip().lower(): name for name in names}
    return {
        role: next(plain[name] for name in wanted if name in plain)
        for role, wanted in _COLUMNS.items() if any(name in plain for name in wanted)
    }  # fmt: skip


def _rows(
    rows: csv.DictReader, columns: Mapping[str, str], system: int
) -> Iterator[tuple[str, str, str, float | None, float | None]]:
    for row in rows:
        value = {role: " ".join((row.get(name) or "").split()) for role, name in columns.items()}
        name = f"{value.get('kind', '')} {value['street']}".strip()[:120]
        if not value["street"]:
            continue
        number = value.get("number", "").lstrip("0")
        number = f"{number}/{value['suffix'].upper()}" if number and value.get("suffix") else number
        latitude, longitude = _point(value.get("x", ""), value.get("y", ""), system)
        yield name, value.get("code", "")[:20], number[:12], latitude, longitude


def _point(x: str, y: str, system: int) -> tuple[float | None, float | None]:
    """Latitude and longitude; none where the row has none or nonsense."""
    try:
        along, up = float(x.replace(",", ".")), float(y.replace(",", "."))
    except ValueError:
        return None, None
    if system != WGS84:
        along, up = _to_degrees(system).transform(along, up)
    sound = -180 <= along <= 180 and -90 <= up <= 90
    return (round(up, 6), round(along, 6)) if sound else (None, None)


@lru_cache(maxsize=16)
def _to_degrees(system: int) -> Transformer:
    return Transformer.from_crs(system, WGS84, always_xy=True)
