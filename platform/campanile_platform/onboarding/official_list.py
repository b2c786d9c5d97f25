"""The official list of municipalities (ISTAT) with boundaries, as shipped in `data/` (see its README)."""

from __future__ import annotations

import csv
import json
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.errors import CampanileError

_DATA = Path(__file__).parent / "data"


class Official(NamedTuple):
    """A municipality on the official list; `population` is of the 2011 census."""

    istat_code: str
    name: str
    other_name: str
    province_name: str
    province_code: str
    region: str
    belfiore_code: str
    population: int


class UnknownMunicipality(CampanileError):
    """The code is not on the list."""

    code = "UNKNOWN_ISTAT_CODE"
    message = _("%(istat_code)s is not the ISTAT code of a municipality. It has six digits, as in 097042 for Lecco.")


class CeasedMunicipality(CampanileError):
    """The code was a municipality's until it merged or changed province."""

    code = "CEASED_MUNICIPALITY"
    message = _("%(istat_code)s was %(name)s. Since %(since)s it is %(successor)s: use %(successor_code)s.")


@lru_cache(maxsize=1)
def official_list() -> dict[str, Official]:
    """All municipalities by ISTAT code."""
    with (_DATA / "istat_municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["istat"]: Official(
                row["istat"], row["nome"], row["altra_lingua"], row["provincia"], row["sigla"], row["regione"],
                row["belfiore"], int(row["popolazione_2011"] or 0),
            )
            for row in csv.DictReader(file)
        }  # fmt: skip


@lru_cache(maxsize=1)
def _ceased() -> dict[str, dict[str, str]]:
    with (_DATA / "ceased_municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {row["istat"]: row for row in csv.DictReader(file)}


def find(istat_code: str) -> Official:
    """The municipality with a code. Raises UnknownMunicipality or CeasedMunicipality."""
    code = istat_code.strip()
    if (official := official_list().get(code)) is not None:
        return official
    if (gone := _ceased().get(code)) is not None:
        successor = official_list()[gone["successor"]]
        raise CeasedMunicipality(
            istat_code=code, name=gone["name"], since=gone["since"], successor=successor.name,
            successor_code=successor.istat_code, field="istat_code",
        )  # fmt: skip
    raise UnknownMunicipality(istat_code=code, field="istat_code")


def search(words: str, limit: int = 20) -> list[Official]:
    """Municipalities whose code starts with, or whose name contains, the words; accents do not matter."""
    wanted = _plain(words)
    if not wanted:
        return []
    found = [
        official
        for official in official_list().values()
        if official.istat_code.startswith(wanted) or wanted in _plain(official.name)
    ]
    return sorted(found, key=lambda o: (not _plain(o.name).startswith(wanted), o.name))[:limit]


def in_province(province_code: str) -> list[Official]:
    """The municipalities of a province (`LC`), by code."""
    return [official for official in official_list().values() if official.province_code == province_code.upper()]


def suggested_host(official: Official, suffix: str) -> str:
    """`mandello-del-lario.<suffix>`, the province added where two towns bear the same name."""
    slug = slugify(official.name)
    namesakes = [other for other in official_list().values() if slugify(other.name) == slug]
    return f"{slug}-{official.province_code.lower()}.{suffix}" if len(namesakes) > 1 else f"{slug}.{suffix}"


@lru_cache(maxsize=4)
def _boundaries(province_code: str) -> dict[str, Any]:
    file = _DATA / f"boundaries_{province_code}.geojson"
    if not file.is_file():
        return {}
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["com_istat_code"]: feature["geometry"] for feature in features}


def boundary(official: Official) -> dict[str, Any] | None:
    """The GeoJSON geometry (WGS 84), for the provinces that are shipped; None for others."""
    return _boundaries(official.province_code).get(official.istat_code)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
