"""From a file into the tables: the same file again changes nothing, a later issue of the day stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.bulletins.models import Issue, Membership, Outlook, Risk, Zone
from campanile_tenants.public.bulletins.reading import Bulletin, Colours, read
from campanile_tenants.public.registry.events import publish
from campanile_tenants.public.registry.everywhere import in_every_town


@dataclass
class Taken:
    """What a file brought. `written` outlooks are new or changed, `moved` municipalities lie in another zone now.

    `unmatched`: zones that nobody knows, municipalities without a zone.
    """

    issues: list[Issue] = field(default_factory=list)
    written: int = 0
    moved: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)


def take_in(content: bytes, *, source: str = "") -> Taken:
    """Takes a file of bulletins in, whole or not at all. Raises NotABulletin."""
    bulletins = read(content)
    taken = Taken()
    with in_schema(PUBLIC_SCHEMA), transaction.atomic():
        for bulletin in bulletins:
            _take(bulletin, source, taken)
    return taken


def tell_towns() -> int:
    """Tells every town that there is something new; returns how many."""
    return in_every_town(_tell)


def _tell() -> int:
    publish("bulletins.taken_in")
    return 1


def _take(bulletin: Bulletin, source: str, taken: Taken) -> None:
    issue, _made = Issue.objects.select_for_update().get_or_create(
        published_at=bulletin.published_at, defaults={"source": source[:300]}
    )
    taken.issues.append(issue)
    zones = Zone.objects.in_bulk()
    by_name = {zone.name.lower(): zone for zone in zones.values()}
    unmatched = set(issue.unmatched)
    if bulletin.places:
        unmatched |= _place(bulletin, zones, taken)
    peopled = set(Membership.objects.values_list("zone_id", flat=True).distinct())
    said: list[Colours] = []
    for colours in bulletin.colours.values():
        zone = zones.get(colours.zone) or by_name.get(colours.zone.lower())
        if zone is None and not bulletin.only_raised:  # the table of zones is the authority: a new one is made
            zone = zones[colours.zone] = Zone.objects.create(code=colours.zone, name=colours.zone)
        if zone is None:
            unmatched.add(f"zone {colours.zone}")
            continue
        if zone.code not in peopled:
            unmatched.add(f"zone {zone.code} without municipalities")
        colours.zone = zone.code
        said.append(colours)
    if bulletin.only_raised:
        named = {(colours.zone, colours.day) for colours in said}
        said += [
            Colours(code, day, *hours)
            for day, hours in bulletin.days.items() for code in zones if (code, day) not in named
        ]  # fmt: skip
    taken.written += _write(issue, said)
    issue.unmatched = sorted(unmatched)
    issue.save(update_fields=("unmatched",))
    taken.unmatched = sorted(set(taken.unmatched) | unmatched)


def _write(issue: Issue, said: Sequence[Colours]) -> int:
    known = {(outlook.zone_id, outlook.day): outlook for outlook in issue.outlooks.all()}
    new, changed = [], []
    for colours in said:
        values: dict[str, Any] = {
            "valid_from": colours.valid_from, "valid_to": colours.valid_to, "overall": int(colours.overall),
            **{str(risk): int(colours.risks.get(risk, 0)) for risk in Risk},
        }  # fmt: skip
        outlook = known.get((colours.zone, colours.day))
        if outlook is None:
            new.append(Outlook(issue=issue, zone_id=colours.zone, day=colours.day, **values))
        elif any(getattr(outlook, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(outlook, name, value)
            changed.append(outlook)
    Outlook.objects.bulk_create(new)
    Outlook.objects.bulk_update(
        changed, ("valid_from", "valid_to", "overall", *(str(risk) for risk in Risk)), batch_size=500
    )  # fmt: skip
    days = max((colours.day for colours in said), default=None)
    if days is not None:
        Zone.objects.filter(pk__in={colours.zone for colours in said}).exclude(last_seen__gte=days).update(
            last_seen=days
        )
    return len(new) + len(changed)


def _place(bulletin: Bulletin, zones: dict[str, Zone], taken: Taken) -> set[str]:
    """Where the bulletin itself says that municipalities lie: a change ends the old membership that day."""
    day = bulletin.published_at.date()
    now = {
        membership.istat_code: membership
        for membership in Membership.objects.filter(during__contains=day, istat_code__in=bulletin.places)
    }
    missing = set()
    for code, zone in bulletin.places.items():
        before = now.get(code)
        if before is None:
            missing.add(f"municipality {code} was in no zone")
        if before is not None and before.zone_id == zone:
            continue
        if zone not in zones:
            zones[zone] = Zone.objects.create(code=zone, name=zone)
        if before is not None:
            taken.moved.append(code)
        _move(code, zone, before, day)
    return missing


def _move(code: str, zone: str, before: Membership | None, day: date) -> None:
    end = None
    if before is not None:
        end = before.during.upper
        before.during = (before.during.lower, day)
        before.save(update_fields=("during",))
    else:
        later = Membership.objects.filter(istat_code=code, during__startswith__gt=day).order_by("during").first()
        end = later.during.lower if later else None
    Membership.objects.create(istat_code=code, zone_id=zone, during=(day, end))
