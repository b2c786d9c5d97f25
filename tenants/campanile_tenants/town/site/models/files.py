"""Pictures in the right sizes, and attachments that were looked at."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

WIDTHS = (400, 800, 1600)
"""Widths in pixels in which a picture is kept, as AVIF and as WebP; never wider than what was sent."""


class Picture(models.Model):
    """A picture of the site: drawn again from what was sent, in several widths, without metadata."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    folder = models.CharField(max_length=80, editable=False)
    alt = models.CharField(
        _("what one sees"), max_length=250,
        help_text=_("For those who do not see it: say what the picture shows, in one sentence."),
    )  # fmt: skip
    credit = models.CharField(_("author and licence"), max_length=160, blank=True)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    widths = models.JSONField(default=list, editable=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ("-made_at",)
        constraints: ClassVar = [
            models.CheckConstraint(name="picture_says_what_one_sees", condition=~models.Q(alt="")),
        ]

    def __str__(self) -> str:
        return str(self.alt)

    def address(self, width: int, form: str) -> str:
        """The path of one of its files: `form` is `avif` or `webp`."""
        return reverse("site:picture", kwargs={"pk": self.pk, "width": width, "form": form})

    def file_name(self, width: int, form: str) -> str:
        """Where one of its files lies in the town's storage."""
        return f"{self.folder}/{width}.{form}"

    @property
    def largest(self) -> int:
        """The widest of its files, in pixels."""
        return max(self.widths)

    def sources(self, form: str) -> str:
        """The `srcset` of one format."""
        return ", ".join(f"{self.address(width, form)} {width}w" for width in self.widths)

    @property
    def avif(self) -> str:
        """The `srcset` of its AVIF files."""
        return self.sources("avif")

    @property
    def webp(self) -> str:
        """The `srcset` of its WebP files."""
        return self.sources("webp")

    @property
    def smallest_webp(self) -> str:
        """The path for browsers that choose none."""
        return self.address(min(self.widths), "webp")


class Attachment(models.Model):
    """A file to download: a form, a paper, open data. Its content was compared with its name when it came in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to="site/attachments")
    name = models.CharField(_("file name"), max_length=120)
    title = models.CharField(_("title"), max_length=160)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("-made_at",)
        constraints: ClassVar = [models.CheckConstraint(name="attachment_has_a_title", condition=~models.Q(title=""))]

    def __str__(self) -> str:
        return str(self.title)

    def get_absolute_url(self) -> str:
        """The path to download it."""
        return reverse("site:attachment", kwargs={"pk": self.pk, "name": self.name})

    @property
    def form(self) -> str:
        """What kind of file it is, as people call it: `PDF`."""
        return self.name.rpartition(".")[2].upper()
