"""Lists that the centre shares among its towns, for modules: what is new for this town, and how it is taken.

A module declares a `SharedKind`. The town's own table remembers, for each entry it answered, the version and the data
it answered to: from those, the entry as it is now and the town's own row a merge is made in which the town's words
stay wherever it wrote its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campanile_tenants.public.library.models import SharedEntry


@dataclass(frozen=True)
class Merged:
    """`data`: what the row would be; `changes`: names of what would change; `kept`: of what stays the town's own."""

    data: dict[str, Any]
    changes: tuple[str, ...]
    kept: tuple[str, ...]


def entries(kind: str) -> list[SharedEntry]:
    """The entries of a list that are offered. 1 query."""
    return list(SharedEntry.objects.filter(kind=kind, retired_at__isnull=True))


def merge(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Takes from `theirs` what the town left as it was in `base`; elsewhere `mine` stays.

    An empty `base` says that nobody knows from what the town started: then all that differs stays.

    >>> merge({"name": "Buche", "days": 30}, {"name": "Strade", "days": 30}, {"name": "Buche e strade", "days": 20})
    Merged(data={'name': 'Strade', 'days': 20}, changes=('days',), kept=('name',))
    """
    data, changes, kept = dict(mine), [], []
    for name, value in theirs.items():
        if name in mine and mine[name] == value:
            continue
        own = name in mine and (mine[name] != base[name] if name in base else not base)
        if own and base.get(name) != value:
            kept.append(name)
        if own:
            continue
        data[name] = value
        changes.append(name)
    return Merged(data, tuple(changes), tuple(kept))


__all__ = ["Merged", "SharedEntry", "entries", "merge"]
