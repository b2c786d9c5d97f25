"""Writing, publishing, taking away, bringing back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.lookups import Unaccent
from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Func, Value
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campanile_infra.naming import free
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import Content
from campanile_tenants.town.site.errors import PageIncomplete, SomebodyElseWrote
from campanile_tenants.town.site.models import Page, Version
from campanile_tenants.town.site.rendering import to_plain
from campanile_tenants.town.site.topics import topic_name

CONFIGURATIONS = {"it": "italian", "en": "english", "de": "german", "sl": "simple"}
"""PostgreSQL's text search configuration of each language; it has none for Slovene."""


def new_page(
    kind: str, content: Content, *, by: Any = None, name: str = "", language: str = "it", **columns: Any
) -> Page:
    """A page with its first version, unpublished. The address is made from the title and stays.

    5 queries.
    """
    with transaction.atomic():
        page = Page(kind=kind, language=language, **columns)
        _mirror(page, content)
        page.save()
        _write(page, content, by, name, "")
        record("site.page_made", page, kind=kind)
    return page


def save_version(page: Page, content: Content, *, base: int, by: Any, note: str = "") -> Version:
    """Writes the next version. Nothing is written when nothing changed.

    Raises SomebodyElseWrote when the latest version is no longer `base`: merge and try again. 4 queries.
    """
    with transaction.atomic():
        _lock(page)
        latest = page.versions.first()
        assert latest is not None
        if latest.number != base:
            raise SomebodyElseWrote(name=latest.author_name)
        if latest.data == content.dump():
            return latest
        version = _write(page, content, by, "", note)
        if not page.published_at:
            _mirror(page, content)
            page.save()
        record("site.page_written", page, version=version.number)
    return version


def publish(
    page: Page, number: int | None = None, *, by: Any = None, quiet: bool = False, since: datetime | None = None
) -> None:
    """Makes a version (the latest) what strangers see. `since`: the day it bears, when it was public before.

    Raises PageIncomplete, which names what is missing.
    """
    with transaction.atomic():
        _lock(page)
        version = page.versions.get(number=number) if number else page.versions.first()
        assert version is not None
        _check_whole(page, version)
        now = timezone.now()
        _mirror(page, version.content)
        page.published_version = version.number
        page.published_at = since or page.published_at or now
        page.changed_at = now
        page.publish_at = page.publish_version = None
        page.save()
        page.versions.filter(pk=version.pk, published_at__isnull=True).update(published_at=now)
        index([page.pk])
        if not quiet:
            record("site.page_published", page, version=version.number)


def schedule(page: Page, when: datetime, number: int) -> None:
    """Publishes a version at an hour to come. Raises PageIncomplete now rather than then."""
    _check_whole(page, page.versions.get(number=number))
    with transaction.atomic():
        page.publish_at, page.publish_version = when, number
        page.save(update_fields=["publish_at", "publish_version"])
        record("site.page_scheduled", page, version=number)


def put_back(page: Page, version: int, since: datetime | None) -> None:
    """What strangers saw before: this version with its day, or nothing (0)."""
    if version:
        publish(page, version, since=since)
    else:
        take_away(page)


def take_away(page: Page) -> None:
    """Nobody sees it any more; all versions stay."""
    with transaction.atomic():
        _lock(page)
        page.published_at = page.publish_at = page.publish_version = None
        page.published_version = 0
        page.save(update_fields=["published_at", "publish_at", "publish_version", "published_version"])
        record("site.page_taken_away", page)


def unschedule(page: Page) -> None:
    """The page waits no longer for its hour."""
    with transaction.atomic():
        page.publish_at = page.publish_version = None
        page.save(update_fields=["publish_at", "publish_version"])
        record("site.page_unscheduled", page)


def end(page: Page, when: datetime | None) -> None:
    """Nobody sees the page any more from this moment on; None: it stays."""
    with transaction.atomic():
        page.expires_at = when
        page.save(update_fields=["expires_at"])
        record("site.page_end_set", page)


def feature(page: Page, *, on: bool) -> None:
    """Puts the page among the first, or takes it from there."""
    with transaction.atomic():
        page.is_featured = on
        page.save(update_fields=["is_featured"])
        record("site.page_featured", page, featured=on)


def restore(page: Page, number: int, *, by: Any) -> Version:
    """Writes an old version again as the newest; what came between stays."""
    old, latest = page.versions.get(number=number), page.versions.first()
    assert latest is not None
    note = _("Version %(number)s again") % {"number": number}
    return save_version(page, old.content, base=latest.number, by=by, note=note)


def publish_due() -> int:
    """Publishes what is due; a page that cannot be published stays as it was and waits no longer."""
    done = 0
    for page in Page.objects.due():
        try:
            publish(page, page.publish_version)
            done += 1
        except PageIncomplete:
            unschedule(page)
            record("site.page_not_published", page)
    return done


def index(pages: list[int]) -> None:
    """Makes the words of published pages findable: title before summary before texts. 2 queries and one a page."""
    for page in Page.objects.filter(pk__in=pages):
        content = page.content
        text = " ".join(to_plain(part) for part in content.texts.values())
        topics = " ".join(topic_name(topic) for topic in page.topics)
        Page.objects.filter(pk=page.pk).update(
            search=vector(page.language, page.title, f"{page.summary} {topics}", text)
        )


def vector(language: str, title: str, summary: str, text: str) -> Any:
    """The expression that makes words findable in a language, without their accents."""
    config = CONFIGURATIONS.get(language, "simple")
    parts = [
        SearchVector(Unaccent(Value(words)), weight=weight, config=config)
        for words, weight in ((title, "A"), (summary, "B"), (text, "C"))
    ]
    return Func(*parts, arg_joiner=" || ", template="(%(expressions)s)")


def free_slug(page: Page, wanted: str) -> str:
    """The address `wanted` in the page's category, or a numbered one when another page has it. 1 query."""
    others = Page.objects.filter(category=page.category, language=page.language, slug__startswith=wanted)
    return free(wanted, set(others.exclude(pk=page.pk).values_list("slug", flat=True)))


def _lock(page: Page) -> None:
    """Holds the row until the transaction ends, and reads what others changed meanwhile."""
    page.refresh_from_db(from_queryset=Page.objects.select_for_update(of=("self",)))
    page.__dict__.pop("content", None)


def _check_whole(page: Page, version: Version) -> None:
    if missing := version.content.missing(page.declared):
        field, what = next(iter(missing.items()))
        raise PageIncomplete(what=what, field=field)


def _write(page: Page, content: Content, by: Any, name: str, note: str) -> Version:
    latest = page.versions.values_list("number", flat=True).first() or 0
    author = by if getattr(by, "pk", None) else None
    return Version.objects.create(
        page=page, number=latest + 1, data=content.dump(), author=author, note=note,
        author_name=name or (author.full_name or str(author) if author else _("Campanile")),
    )  # fmt: skip


def _mirror(page: Page, content: Content) -> None:
    """The columns that lists are made of, from the content."""
    page.data = content.dump()
    page.__dict__.pop("content", None)
    page.title, page.summary, page.topics = content.title[:160], content.summary[:255], list(content.topics)
    page.category = content.category or page.category or tree.categories_of(page.kind)[0][0]
    page.slug = free_slug(page, page.slug or slugify(content.title)[:100].strip("-") or "pagina")
    page.starts_at, page.ends_at = content.starts_at, content.ends_at
    page.office = Office.objects.filter(code=content.office).first() if content.office else None
    page.picture_id = content.picture or None
