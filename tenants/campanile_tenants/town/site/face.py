"""The town as its site shows it: the registry's facts and the town's own choices, known without a query."""

from __future__ import annotations

from dataclasses import dataclass

from campanile_tenants.public.registry.models import Town
from campanile_tenants.town.site.models import Identity

COLOURS = {
    "blue": "0066cc", "green": "007a52", "teal": "00687a", "wine": "8a1538", "brick": "a33b10", "violet": "5b3a9e",
    "slate": "3d5166",
}  # fmt: skip
"""Six digits of each colour, as the style sheet has it; all keep 4.5:1 with white (a test measures it)."""


@dataclass(frozen=True)
class Face:
    """What every page shows of a town. Empty strings where nothing is known."""

    tagline: str
    welcome: str
    colour: str
    coat: str
    languages: tuple[str, ...]
    phone: str
    emergency_phone: str
    email: str
    pec: str
    address: str
    tax_code: str
    social: tuple[tuple[str, str], ...]
    accessibility_url: str
    topics: tuple[str, ...]


def face_of(town: Town) -> Face:
    """The face of the current town: 1 query the first time a process shows it, then none.

    It is kept with the town in the directory, which forgets it when any process changes it (a trigger tells).
    """
    known = town.__dict__.get("_face")
    if known is None:
        known = _read(town)
        town.__dict__["_face"] = known
    return known


def _read(town: Town) -> Face:
    row = Identity.objects.first() or Identity()
    return Face(
        tagline=row.tagline, welcome=row.welcome, colour=row.colour, coat=row.coat.name if row.coat else "",
        languages=tuple(row.languages), phone=row.phone or town.contact_phone, emergency_phone=row.emergency_phone,
        email=row.email or town.contact_email, pec=row.pec or town.contact_pec, address=row.address or town.address,
        tax_code=row.tax_code or town.tax_code,
        social=tuple((str(one["name"]), str(one["url"])) for one in row.social),
        accessibility_url=row.accessibility_url, topics=tuple(row.topics),
    )  # fmt: skip
