"""What the centre shares: newsletters that towns may offer, and issues that it writes for all who do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campanile_modules.newsletters import blocks as block_list
from campanile_modules.newsletters.models import Issue, SharedChoice, State, Topic
from campanile_tenants.kit import audit, library

TOPICS, ISSUES = "newsletters.topic", "newsletters.issue"
SHARED = ("name", "name_en", "description", "frequency", "language", "sample")
"""What the centre's entry says of a newsletter. Whether it is offered and where it stands are the town's."""


@dataclass(frozen=True)
class Offer:
    """An entry that this town has not answered in this version; `topic`: its own, when it took an older one."""

    entry: library.SharedEntry
    topic: Topic | None
    data: dict[str, Any]
    changes: tuple[str, ...]


def first_topics() -> dict[str, dict[str, Any]]:
    """The list that ships with the module."""
    return {"provincia": complete({
        "name": "Eventi della provincia", "name_en": "Events of the province", "frequency": "monthly",
        "description": "Mostre, sagre e iniziative nei comuni della provincia, una volta al mese.",
    })}  # fmt: skip


def no_issues() -> dict[str, dict[str, Any]]:
    """Issues are written, none ships."""
    return {}


def complete(data: Mapping[str, Any]) -> dict[str, Any]:
    """An entry's data with a newsletter's defaults for what it does not say."""
    values = {name: Topic._meta.get_field(name).get_default() for name in SHARED}  # type: ignore[union-attr]
    return values | {name: value for name, value in data.items() if name in SHARED}


def offers() -> list[Offer]:
    """What the centre offers and this town has not answered. 3 queries."""
    answered = {choice.code: choice for choice in SharedChoice.objects.all()}
    mine = {topic.code: topic for topic in Topic.objects.all()}
    found = []
    for entry in library.entries(TOPICS):
        choice, topic = answered.get(entry.code), mine.get(entry.code)
        if choice is not None and (choice.version >= entry.version or (topic is None and not choice.data)):
            continue
        theirs = complete(entry.data)
        if topic is None:
            found.append(Offer(entry, None, theirs, ()))
            continue
        own = {name: getattr(topic, name) for name in SHARED}
        merged = library.merge(choice.data if choice else {}, own, theirs)
        if merged.changes:
            labels = [str(Topic._meta.get_field(name).verbose_name) for name in merged.changes]  # type: ignore[union-attr]
            found.append(Offer(entry, topic, merged.data, tuple(labels)))
    return found


def answer(code: str, *, take: bool) -> bool:
    """Takes what is offered, the town's own words stay; or leaves it. False when nothing is offered any more."""
    with transaction.atomic():
        offer = next((one for one in offers() if one.entry.code == code), None)
        if offer is None:
            return False
        before = SharedChoice.objects.filter(code=code).values_list("data", flat=True).first()
        if take:
            topic = offer.topic or Topic(code=code)
            for name in SHARED:
                setattr(topic, name, offer.data[name])
            topic.save()
            audit.record("newsletters.offer_taken", topic, version=offer.entry.version)
        SharedChoice.objects.update_or_create(code=code, defaults={
            "version": offer.entry.version, "data": complete(offer.entry.data) if take else before or {},
        })  # fmt: skip
    return True


def _left_already(code: str) -> bool:
    """An issue of this entry was approved here: a later version of it would be a second mail."""
    older = Issue.objects.filter(origin__startswith=f"centre:{code}:")
    return older.exclude(state__in=(State.DRAFT, State.SUBMITTED, State.CANCELLED)).exists()


def take_issues() -> int:
    """Issues that the centre wrote, into the towns that offer their newsletter: they wait for somebody of the town to
    approve them. What the centre changes replaces it until then. Returns how many. 3 queries when nothing is new.
    """
    mine = {topic.code: topic for topic in Topic.objects.filter(is_active=True)}
    found = [entry for entry in library.entries(ISSUES) if entry.data.get("topic") in mine]
    known = set(Issue.objects.filter(origin__startswith="centre:").values_list("origin", flat=True))
    made = 0
    for entry in found:
        origin = f"centre:{entry.code}:{entry.version}"
        if origin in known or _left_already(entry.code):
            continue
        topic = mine[entry.data["topic"]]
        with transaction.atomic():
            older = Issue.objects.filter(topic=topic, origin__startswith=f"centre:{entry.code}:")
            older.filter(state__in=(State.DRAFT, State.SUBMITTED)).update(state=State.CANCELLED)
            issue, new = Issue.objects.get_or_create(topic=topic, origin=origin, defaults={
                "subject": str(entry.data["name"])[:150], "author_name": settings.CENTRE_NAME,
                "blocks": block_list.read(entry.data["blocks"]), "state": State.SUBMITTED,
                "submitted_at": timezone.now(),
            })  # fmt: skip
            if new:
                audit.record("newsletters.from_the_centre", issue, version=entry.version)
        made += new
    return made
