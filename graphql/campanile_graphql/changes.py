"""What a change of the schema breaks for those who already use it: compared with `schema.released.graphql`.

That file is what outside developers were promised. `campanile schema --release` renews it when a version is
published; until then a break is allowed only where CHANGELOG.md names it (`ReportingReport.address`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from campanile_graphql.compose import sdl

RELEASED = Path(__file__).with_name("schema.released.graphql")


def breaks(released: str, now: str, changelog: str) -> list[str]:
    """Each break that the changelog does not name, in words."""
    found = find_breaking_changes(build_schema(released), build_schema(now))
    return [change.description for change in found if not _is_named(change.description, changelog)]


@dataclass(frozen=True)
class News:
    """What is different from what was promised last: new fields and types, fields on their way out, and breaks."""

    added: list[tuple[str, str]]
    deprecated: list[tuple[str, str]]
    broken: list[str]


@lru_cache(maxsize=1)
def news() -> News:
    """The present schema beside the released one; coordinates with their descriptions."""
    before, now = build_schema(RELEASED.read_text(encoding="utf-8")), build_schema(sdl())
    added, deprecated = [], []
    for name, type_ in sorted(now.type_map.items()):
        old = before.type_map.get(name)
        if name.startswith("__") or (old is None and name.endswith(("Connection", "Edge"))):
            continue
        if old is None and name not in ("Subscription", "Mutation"):
            added.append((name, type_.description or ""))
            continue
        known = getattr(old, "fields", {})
        for field_name, field in getattr(type_, "fields", {}).items():
            if field_name not in known:
                added.append((f"{name}.{field_name}", field.description or ""))
            if getattr(field, "deprecation_reason", None):
                deprecated.append((f"{name}.{field_name}", field.deprecation_reason))
    return News(added, deprecated, [change.description for change in find_breaking_changes(before, now)])


def _is_named(description: str, changelog: str) -> bool:
    coordinates = re.findall(r"[A-Z]\w*(?:\.\w+)?", description)
    return any(re.search(rf"Breaking:.*`{re.escape(name)}`", changelog) for name in coordinates)
