"""The centre's shared list of kinds: what a town starts with, what it is offered, what it takes or leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campanile_modules.reporting.models import CatalogueChoice, Category
from campanile_tenants.kit import audit, library

KIND = "reporting.category"
SHARED = (
    "name", "name_en", "description", "visibility", "anonymous_allowed", "confirm_email", "moderated",
    "photo_required", "questions", "stop_text", "duplicate_radius", "answer_hours", "close_days", "working_days",
    "position",
)  # fmt: skip
"""Fields of a category that the shared list speaks of. Office, hours and whether it is offered are the town's."""


@dataclass(frozen=True)
class Change:
    """One field that would become something else."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Offer:
    """An entry that is newer than what the town answered; `category` is None when the town has no such kind."""

    entry: library.SharedEntry
    category: Category | None
    data: dict[str, Any]
    changes: tuple[Change, ...]
    kept: tuple[str, ...]


def complete(data: Mapping[str, Any]) -> dict[str, Any]:
    """An entry's data with a category's defaults for what it does not say, and its `parent` by code."""
    values = {name: Category._meta.get_field(name).get_default() for name in SHARED}  # type: ignore[union-attr]
    return values | {"parent": ""} | {name: value for name, value in data.items() if name in {*SHARED, "parent"}}


def adopt_all() -> int:
    """Puts the whole list into a town that has no kinds; returns how many. 4 queries."""
    with transaction.atomic():
        found = library.entries(KIND)
        whole = {entry.code: complete(entry.data) for entry in found}
        rows = {code: Category(code=code, **_own(data)) for code, data in whole.items()}
        Category.objects.bulk_create(rows.values())
        below = []
        for code, row in rows.items():
            parent = rows.get(whole[code]["parent"])
            if parent is not None and parent is not row:
                row.parent = parent
                below.append(row)
        if below:
            Category.objects.bulk_update(below, ["parent"])
        CatalogueChoice.objects.bulk_create(
            CatalogueChoice(code=entry.code, version=entry.version, data=whole[entry.code]) for entry in found
        )
    return len(rows)


def offers() -> list[Offer]:
    """What the centre offers that this town has not answered yet, by name. 3 queries."""
    answered = {choice.code: choice for choice in CatalogueChoice.objects.all()}
    categories = {one.code: one for one in Category.objects.select_related("parent")}
    found = []
    for entry in library.entries(KIND):
        choice = answered.get(entry.code)
        if choice is not None and choice.version >= entry.version:
            continue
        category = categories.get(entry.code)
        if category is None and choice is not None and not choice.data:
            continue  # it did not want this kind: not asked again for each change
        offer = _offer(entry, category, choice.data if choice else {})
        if offer.changes:
            found.append(offer)
    return sorted(found, key=lambda offer: str(offer.entry).casefold())


def take(code: str) -> bool:
    """Takes what the centre offers for a kind; the town's own words stay. False when nothing is offered any more."""
    with transaction.atomic():
        offer = _find(code)
        if offer is None:
            return False
        category = offer.category or Category(code=code)
        for name, value in _own(offer.data).items():
            setattr(category, name, value)
        parent = offer.data["parent"]
        category.parent = Category.objects.filter(code=parent).exclude(code=code).first() if parent else None
        category.save()
        _answer(offer, complete(offer.entry.data))
        audit.record("reporting.offer_taken", category, version=offer.entry.version)
    return True


def leave(code: str) -> bool:
    """Keeps things as they are; the next change will be offered again. False when nothing is offered any more."""
    with transaction.atomic():
        offer = _find(code)
        if offer is None:
            return False
        taken = CatalogueChoice.objects.filter(code=code).values_list("data", flat=True).first()
        _answer(offer, taken or {})
        audit.record("reporting.offer_left", ("category", code), version=offer.entry.version)
    return True


def shape(category: Category) -> dict[str, Any]:
    """A category as an entry's data."""
    return {name: getattr(category, name) for name in SHARED} | {
        "parent": category.parent.code if category.parent else ""
    }


def _offer(entry: library.SharedEntry, category: Category | None, base: Mapping[str, Any]) -> Offer:
    theirs = complete(entry.data)
    if category is None:
        return Offer(entry, None, theirs, tuple(_changes(complete({}), theirs, theirs)), ())
    mine = shape(category)
    merged = library.merge(base, mine, theirs)
    kept = tuple(_label(name) for name in merged.kept)
    return Offer(entry, category, merged.data, tuple(_changes(mine, merged.data, merged.changes)), kept)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], names: Any) -> list[Change]:
    return [Change(_label(name), _words(name, before[name]), _words(name, after[name])) for name in names
            if before[name] != after[name]]  # fmt: skip


def _label(name: str) -> str:
    return str(Category._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _words(name: str, value: Any) -> str:
    if name == "questions":
        return "; ".join(str(one["label"]) for one in value)
    if name == "visibility":
        return str(Category.Visibility(value).label)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _find(code: str) -> Offer | None:
    return next((offer for offer in offers() if offer.entry.code == code), None)


def _answer(offer: Offer, data: dict[str, Any]) -> None:
    CatalogueChoice.objects.update_or_create(
        code=offer.entry.code,
        defaults={"version": offer.entry.version, "data": data, "answered_at": timezone.now()},
    )


def _own(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in SHARED}
