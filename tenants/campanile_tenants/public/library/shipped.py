"""Campanile's own descriptions of services, and the modules' own lists, and how they come into the catalogue."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.library.models import SharedEntry, SharedService

FILE = Path(__file__).parent / "data" / "services.json"


@lru_cache(maxsize=1)
def shipped() -> list[dict[str, Any]]:
    """The descriptions of the file: `{"code", "version", "data"}`."""
    return list(json.loads(FILE.read_text(encoding="utf-8")))


def put_in() -> int:
    """Adds what the catalogue lacks and renews what the centre left as it was; returns how many.

    2 queries when nothing is new.
    """
    with in_schema(PUBLIC_SCHEMA):
        return _services() + _lists()


def _lists() -> int:
    known = {(entry.kind, entry.code): entry for entry in SharedEntry.objects.all()}
    changed = 0
    for kind in registry.shared_kinds().values():
        for code, data in import_string(kind.first)().items():
            present = known.get((kind.code, code))
            if present is None:
                SharedEntry.objects.create(kind=kind.code, code=code, data=data)
            elif present.data != data and not present.is_adapted:
                present.data, present.version, present.changed_at = data, present.version + 1, timezone.now()
                present.save()
            else:
                continue
            changed += 1
    return changed


def _services() -> int:
    known = {service.code: service for service in SharedService.objects.all()}
    changed = 0
    for one in shipped():
        present = known.get(one["code"])
        if present is None:
            SharedService.objects.create(code=one["code"], data=one["data"], shipped_version=one["version"])
        elif present.shipped_version < one["version"] and not present.is_adapted:
            present.data, present.shipped_version = one["data"], one["version"]
            present.version += 1
            present.what_changed, present.changed_at = one.get("what_changed", ""), timezone.now()
            present.save()
        else:
            continue
        changed += 1
    return changed
