"""Zones and their municipalities as shipped (Civil Protection Department, CC-BY-4.0): put in where there are none."""

from __future__ import annotations

import csv
from importlib.resources import files

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.bulletins.models import Membership, Zone


def put_in() -> int:
    """Fills an empty table of zones; returns how many municipalities were placed. 1 query when there are some.

    The shipped map says no dates: its memberships are open on both sides, until a bulletin says otherwise.
    """
    with in_schema(PUBLIC_SCHEMA):
        return 0 if Zone.objects.exists() else _fill()


def _fill() -> int:
    Zone.objects.bulk_create(
        [Zone(code=row["zona_codice"], name=row["zona_nome"]) for row in _rows("zone.csv")], batch_size=500
    )
    known = set(Zone.objects.values_list("code", flat=True))
    members = [
        Membership(istat_code=row["pro_com_t"], zone_id=row["zona_codice"], during=(None, None))
        for row in _rows("zone_comuni.csv")
        if row["zona_codice"] in known
    ]
    return len(Membership.objects.bulk_create(members, batch_size=2_000))


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("campanile_tenants.public.bulletins") / "data" / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))
