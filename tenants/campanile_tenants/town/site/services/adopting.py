"""Services of the shared catalogue on the site of a town: taken over at the start, offered again when they change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from campanile_tenants.public.library.models import SharedService
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import Change, Content, compare, merge
from campanile_tenants.town.site.models import Page, Version
from campanile_tenants.town.site.rendering import to_plain
from campanile_tenants.town.site.services.publishing import publish, save_version, vector
from campanile_tenants.town.site.topics import topic_name

DESK = "sportello-del-cittadino"


def not_here() -> list[SharedService]:
    """Services of the catalogue that the site never had. 2 queries."""
    known = set(Page.objects.exclude(shared_code="").values_list("shared_code", flat=True))
    return [one for one in SharedService.objects.filter(retired_at__isnull=True) if one.code not in known]


def adopt_all(only: str = "") -> int:
    """Publishes every service of the catalogue that the site lacks, or one of them; returns how many.

    5 queries for all of them. One that the town took away stays away.
    """
    with override("it"), transaction.atomic():  # words of the site's own: Italian, whoever runs it
        new = [one for one in not_here() if only in ("", one.code)]
        if not new:
            return 0
        desk = first_office()
        taken = set(Page.objects.filter(language="it").values_list("category", "slug"))
        now, author = timezone.now(), _("Shared catalogue")
        pages, versions = [], []
        for shared in new:
            content = replace(Content.load(shared.data), office=desk.code)
            text = " ".join(to_plain(part) for part in content.texts.values())
            words = f"{content.summary} {' '.join(topic_name(topic) for topic in content.topics)}"
            page = Page(
                kind=tree.SERVICE.code, category=content.category,
                slug=_free(taken, content.category, shared.code), title=content.title,
                summary=content.summary, topics=list(content.topics), office=desk, data=content.dump(),
                search=vector("it", content.title, words, text), published_version=1, published_at=now,
                changed_at=now, shared_code=shared.code, shared_version=shared.version,
            )  # fmt: skip
            pages.append(page)
            versions.append(
                Version(page=page, number=1, data=page.data, author_name=author, published_at=now,
                        shared_version=shared.version)
            )  # fmt: skip
        Page.objects.bulk_create(pages)
        Version.objects.bulk_create(versions)
        record("site.services_adopted", count=len(pages))
    return len(pages)


def _free(taken: set[tuple[str, str]], category: str, code: str) -> str:
    """The code itself as an address, unless a page of the town's own has it already."""
    numbered = (code, *(f"{code}-{n}" for n in range(2, len(taken) + 3)))
    slug = next(one for one in numbered if (category, one) not in taken)
    taken.add((category, slug))
    return slug


def first_office() -> Office:
    """The desk that answers for services until the town names another office; made when there is none."""
    town = current_town()
    desk, _made = Office.objects.get_or_create(
        code=DESK,
        defaults={
            "name": _("Citizens' desk"), "description": _("The first place to ask, for every service."),
            "email": town.contact_email, "pec": town.contact_pec, "phone": town.contact_phone,
            "address": town.address,
        },
    )  # fmt: skip
    return desk


@dataclass(frozen=True)
class Offer:
    """A newer text of the catalogue for a page: what it would change, and where the town wrote something else."""

    page: Page
    shared: SharedService
    proposed: Content
    conflicts: tuple[str, ...]
    changes: list[Change]


def count_offers() -> int:
    """How many pages have a newer text waiting. 2 queries."""
    adopted = dict(Page.objects.exclude(shared_code="").values_list("shared_code", "shared_version"))
    current = SharedService.objects.filter(code__in=adopted, retired_at__isnull=True).values_list("code", "version")
    return sum(version > adopted[code] for code, version in current)


def offers() -> list[Offer]:
    """Newer texts of the catalogue for pages of the site, the oldest address first. 3 queries and two each."""
    pages = {page.shared_code: page for page in Page.objects.exclude(shared_code="")}
    newer = [
        shared
        for shared in SharedService.objects.filter(code__in=pages, retired_at__isnull=True)
        if shared.version > pages[shared.code].shared_version
    ]
    return [offer_for(pages[shared.code], shared) for shared in newer]


def offer_for(page: Page, shared: SharedService) -> Offer:
    """What taking the newer text would do: the town's own words stay where both changed."""
    latest = page.versions.first()
    assert latest is not None
    adopted = page.versions.filter(shared_version__gt=0).first()
    mine = latest.content
    base = adopted.content if adopted else mine
    theirs = replace(Content.load(shared.data), office=mine.office, picture=mine.picture, attachments=mine.attachments)
    merged = merge(replace(base, office=mine.office, picture=mine.picture, attachments=mine.attachments), theirs, mine)
    return Offer(page, shared, merged.content, merged.conflicts, compare(mine, merged.content, tree.SERVICE))


def take(offer: Offer, *, by: Any) -> None:
    """Publishes the newer text; the town's words stay where it wrote its own."""
    page, shared = offer.page, offer.shared
    with override("it"), transaction.atomic():
        latest = page.versions.first()
        assert latest is not None
        was_public = page.is_published and page.published_version == latest.number
        note = _("From the shared catalogue, version %(number)s") % {"number": shared.version}
        version = save_version(page, offer.proposed, base=latest.number, by=by, note=note)
        page.versions.filter(pk=version.pk).update(shared_version=shared.version)
        page.shared_version = shared.version
        page.save(update_fields=["shared_version"])
        if was_public:
            publish(page, version.number, by=by)
        record("site.offer_taken", page, version=shared.version)


def decline(page: Page, shared: SharedService) -> None:
    """Keeps the town's text; the next version will be offered again."""
    with transaction.atomic():
        page.shared_version = shared.version
        page.save(update_fields=["shared_version"])
        record("site.offer_declined", page, version=shared.version)


__all__ = ["Offer", "adopt_all", "decline", "first_office", "offer_for", "offers", "take"]
