"""What a benchmark hands back: figures for people, one JSON line for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Must:
    """A limit that has to hold."""

    what: str
    value: float
    limit: float
    ok: bool

    @classmethod
    def at_most(cls, what: str, value: float, limit: float) -> Must:
        """`value` may not be over `limit`."""
        return cls(what, round(value, 3), limit, value <= limit)

    @classmethod
    def at_least(cls, what: str, value: float, limit: float) -> Must:
        """`value` may not be under `limit`."""
        return cls(what, round(value, 3), limit, value >= limit)


@dataclass(frozen=True)
class Result:
    """`ratio`: the rival's time by ours, or our rate by the rival's. `figures`: name with unit -> number."""

    name: str
    ratio: float
    figures: dict[str, float]
    must: list[Must] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every limit held."""
        return all(must.ok for must in self.must)

    def json(self) -> str:
        """The last line of a benchmark's output."""
        figures = {name: round(number, 3) for name, number in self.figures.items()}
        return json.dumps({
            "name": self.name, "ratio": round(self.ratio, 2), "figures": figures,
            "must": [asdict(must) for must in self.must],
        })  # fmt: skip
