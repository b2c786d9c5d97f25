"""Page and Version: what the site says, and everything it said before."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campanile_tenants.town.site import tree
from campanile_tenants.town.site.querysets import PageQuerySet

LANGUAGES = (("it", "Italiano"), ("en", "English"), ("de", "Deutsch"), ("sl", "Slovenščina"))
"""Languages in which a page may be written: Italian, English, and what is official in some towns (law 482/1999)."""


class Page(models.Model):
    """A page of the site, in one language. Its columns say what is published; drafts stand in its versions.

    `data` is the published content (see `content.Content`). A page without `published_at` is nowhere to be seen.
    """

    kind = models.CharField(_("kind of page"), max_length=12, choices=[(k.code, k.label) for k in tree.KINDS.values()])
    category = models.SlugField(_("category"), max_length=60)
    slug = models.SlugField(_("address"), max_length=120)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="it")
    translation_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="translations",
        verbose_name=_("translation of"),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("in one sentence"), max_length=255, blank=True)
    topics = ArrayField(models.SlugField(max_length=60), default=list, blank=True, verbose_name=_("topics"))
    office = models.ForeignKey(
        "people.Office", on_delete=models.SET_NULL, null=True, blank=True, related_name="pages",
        verbose_name=_("office in charge"),
    )  # fmt: skip
    picture = models.ForeignKey(
        "site.Picture", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    starts_at = models.DateTimeField(_("begins"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    is_featured = models.BooleanField(_("on the home page"), default=False)
    data = models.JSONField(default=dict, blank=True)
    search = SearchVectorField(null=True, editable=False)
    published_version = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    changed_at = models.DateTimeField(_("last changed"), null=True, blank=True)
    publish_at = models.DateTimeField(_("publish on"), null=True, blank=True)
    publish_version = models.PositiveIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(_("take away on"), null=True, blank=True)
    shared_code = models.SlugField(_("from the shared catalogue"), max_length=80, blank=True)
    shared_version = models.PositiveIntegerField(default=0)
    source_url = models.URLField(_("read from"), max_length=500, blank=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ("title", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("category", "slug", "language"), name="page_one_at_an_address"),
            models.UniqueConstraint(
                fields=("translation_of", "language"), condition=models.Q(translation_of__isnull=False),
                name="page_one_translation_a_language",
            ),
            models.UniqueConstraint(
                fields=("shared_code", "language"), condition=~models.Q(shared_code=""), name="page_adopted_once"
            ),
            models.UniqueConstraint(
                fields=("source_url",), condition=~models.Q(source_url=""), name="page_read_once"
            ),
            models.CheckConstraint(
                name="page_ends_later",
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gte=models.F("starts_at")),
            ),
            models.CheckConstraint(
                name="page_event_has_a_date",
                condition=~models.Q(kind="event") | models.Q(published_at__isnull=True)
                | models.Q(starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="page_published_has_a_version",
                condition=models.Q(published_at__isnull=True) | models.Q(published_version__gt=0),
            ),
            models.CheckConstraint(
                name="page_waits_for_a_version",
                condition=models.Q(publish_at__isnull=True, publish_version__isnull=True)
                | models.Q(publish_at__isnull=False, publish_version__isnull=False),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=("kind", "category", "title"), name="page_lists"),
            models.Index(fields=("kind", "-published_at"), name="page_by_date"),
            models.Index(fields=("starts_at",), condition=models.Q(kind="event"), name="page_agenda"),
            models.Index(fields=("publish_at",), condition=models.Q(publish_at__isnull=False), name="page_due"),
            GinIndex(fields=("topics",), name="page_topics"),
            GinIndex(fields=("search",), name="page_search"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        """The path of the published page."""
        if self.kind == tree.QUESTION.code:
            return f"{reverse('site:faq')}#{self.slug}"
        place = tree.place_of(self.category)
        section = place[0].slug if place else ""
        return reverse("site:page", kwargs={"section": section, "category": self.category, "slug": self.slug})

    @property
    def declared(self) -> tree.Kind:
        """What pages of this kind are made of."""
        return tree.KINDS[self.kind]

    @property
    def category_label(self) -> str:
        """The category in words."""
        place = tree.place_of(self.category)
        return str(place[1].label if place else tree.FAQ.label)

    @cached_property
    def content(self) -> Any:
        """The published content. No query."""
        from campanile_tenants.town.site.content import Content

        return Content.load(self.data)

    @property
    def is_published(self) -> bool:
        """Whether strangers see it now."""
        now = timezone.now()
        return bool(self.published_at and self.published_at <= now and (not self.expires_at or self.expires_at > now))


class Version(models.Model):
    """What somebody wrote: never changed again, so that any two can be compared and any can come back."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    data = models.JSONField()
    author = models.ForeignKey("people.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(_("written by"), max_length=200)
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("written"), default=timezone.now)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    shared_version = models.PositiveIntegerField(default=0, help_text="of the shared catalogue; 0: written here")

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ("-number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("page", "number"), name="version_number_once"),
            models.CheckConstraint(name="version_counts_from_one", condition=models.Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}/{self.number}"

    @cached_property
    def content(self) -> Any:
        """What it says. No query."""
        from campanile_tenants.town.site.content import Content

        return Content.load(self.data)
