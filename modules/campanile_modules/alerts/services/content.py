"""What an alert says and to whom, as a value: kept as JSON in proposals, bound by its hash in approvals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from campanile_modules.alerts.models import Revision
from campanile_modules.alerts.states import Hazard
from campanile_modules.alerts.wording.catalogue import READY

TOWN: Mapping[str, Any] = {"kind": "town"}
_SEVERITY = ("Minor", "Moderate", "Severe", "Extreme")
_BOUND = ("colour", "severity", "certainty", "responses", "onset", "expires_at", "texts", "areas", "channels",
          "at_once",
          "everybody")  # fmt: skip


@dataclass(frozen=True)
class Content:
    """Everything that is approved. Fields as in `models.Revision`; `hazard` as in the alert."""

    hazard: str
    colour: int
    onset: datetime
    expires_at: datetime
    texts: dict[str, dict[str, str]]
    areas: list[dict[str, Any]] = field(default_factory=lambda: [dict(TOWN)])
    channels: list[str] = field(default_factory=list)
    at_once: bool = False
    everybody: bool = False
    severity: str = ""
    certainty: str = "Likely"
    responses: list[str] = field(default_factory=list)

    def columns(self) -> dict[str, Any]:
        """The revision's own columns; severity follows the colour unless it was said."""
        found = {name: value for name, value in asdict(self).items() if name != "hazard"}
        found["severity"] = self.severity or _SEVERITY[self.colour]
        found["responses"] = self.responses or list(READY[Hazard(self.hazard)].responses)
        return found

    def to_store(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self) | {"onset": self.onset.isoformat(), "expires_at": self.expires_at.isoformat()}

    @classmethod
    def from_store(cls, kept: Mapping[str, Any]) -> Content:
        """From what `to_store` gave."""
        times = {name: datetime.fromisoformat(kept[name]) for name in ("onset", "expires_at")}
        return cls(**{**kept, **times})

    @classmethod
    def of(cls, revision: Revision) -> Content:
        """What a revision says."""
        return cls(hazard=revision.alert.hazard, **{name: getattr(revision, name) for name in _BOUND})


def digest(revision: Revision) -> str:
    """The hash (SHA-256) of everything that would be sent: what is approved is this and nothing else."""
    bound: dict[str, Any] = {name: getattr(revision, name) for name in _BOUND}
    bound |= {"onset": revision.onset.isoformat(), "expires_at": revision.expires_at.isoformat()}
    bound |= {"alert": str(revision.alert_id), "kind": revision.alert.kind, "hazard": revision.alert.hazard,
              "number": revision.number, "msg_type": revision.msg_type}  # fmt: skip
    return hashlib.sha256(json.dumps(bound, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def streets_of(areas: Sequence[Mapping[str, Any]]) -> list[str]:
    """The streets that are named."""
    return [name for area in areas if area["kind"] == "streets" for name in area["names"]]


def rings_of(areas: Sequence[Mapping[str, Any]]) -> list[list[tuple[float, float]]]:
    """The polygons, and those of zones as they were when it was written, as (longitude, latitude)."""
    found = [ring for area in areas for ring in (area.get("rings") or [area.get("ring")]) if ring]
    return [[(float(x), float(y)) for x, y in ring] for ring in found]


def polygons_of(revision: Revision) -> str:
    """The areas on the map as GeoJSON; empty where there are none."""
    rings = rings_of(revision.areas)
    return json.dumps({"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}) if rings else ""
