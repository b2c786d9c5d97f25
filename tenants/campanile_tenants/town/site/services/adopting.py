"""Services of the shared catalogue on the site of a town: taken over at the start, offered again when they change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from campanile_infra.naming import free
from campanile_tenants.public.library.models import SharedService
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import Change, Content, compare, merge, part_labels
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
        taken: dict[str, set[str]] = defaultdict(set)
        for category, slug in Page.objects.filter(language="it").values_list("category", "slug"):
            taken[category].add(slug)
        now, author = timezone.now(), _("Shared catalogue")
        pages, versions = [], []
        for shared in new:
            content = replace(Content.load(shared.data), office=desk.code)
            text = " ".join(to_plain(part) for part in content.texts.values())
            words = f"{content.summary} {' '.join(topic_name(topic) for topic in content.topics)}"
            slug = free(shared.code, taken[content.category])
            taken[content.category].add(slug)
            page = Page(
                kind=tree.SERVICE.code, category=content.category, slug=slug, title=content.title,
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
    """A newer text of the catalogue for a page: what it would change, and the parts that stay the town's."""

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
    """Newer texts of the catalogue for pages of the site, by code. 4 queries, however many."""
    adopted = dict(Page.objects.exclude(shared_code="").values_list("shared_code", "shared_version"))
    current = SharedService.objects.filter(code__in=adopted, retired_at__isnull=True)
    newer = [shared for shared in current if shared.version > adopted[shared.code]]
    concerned = Page.objects.filter(shared_code__in=[shared.code for shared in newer]).prefetch_related("versions")
    pages = {page.shared_code: page for page in concerned}
    return [offer_for(pages[shared.code], shared) for shared in newer]


def offer_for(page: Page, shared: SharedService) -> Offer:
    """What taking the newer text would do: the town's own words stay where both changed. 1 query."""
    versions = list(page.versions.all())
    adopted = next((version for version in versions if version.shared_version), None)
    mine = versions[0].content
    base = adopted.content if adopted else mine
    theirs = replace(Content.load(shared.data), office=mine.office, picture=mine.picture, attachments=mine.attachments)
    merged = merge(replace(base, office=mine.office, picture=mine.picture, attachments=mine.attachments), theirs, mine)
    labels = part_labels(tree.SERVICE)
    kept = tuple(labels.get(key, key) for key in merged.conflicts)
    return Offer(page, shared, merged.content, kept, compare(mine, merged.content, tree.SERVICE))


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
