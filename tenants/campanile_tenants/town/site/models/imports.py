"""Feed: a list of news or services on the town's former site, read now and then. BrokenLink: what leads nowhere."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Feed(models.Model):
    """An RSS, Atom or JSON Feed address. What it names becomes drafts, each once; `report` says how it went."""

    url = models.URLField(_("address"), max_length=500, unique=True)
    category = models.SlugField(_("goes to"), max_length=60)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list, blank=True)
    error = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ("url",)
        constraints: ClassVar = [
            models.CheckConstraint(name="feed_is_on_the_web", condition=models.Q(url__regex=r"^https?://"))
        ]

    def __str__(self) -> str:
        return str(self.url)


class BrokenLink(models.Model):
    """A link of a published page that leads nowhere since `since`; found each night, gone when it is mended."""

    page = models.ForeignKey("site.Page", on_delete=models.CASCADE, related_name="broken_links")
    url = models.CharField(_("address"), max_length=500)
    reason = models.CharField(max_length=40)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("broken link")
        verbose_name_plural = _("broken links")
        ordering = ("page", "url")
        constraints: ClassVar = [models.UniqueConstraint(fields=("page", "url"), name="brokenlink_once_a_page")]

    def __str__(self) -> str:
        return str(self.url)
