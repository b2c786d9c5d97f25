"""Lists of pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from campanile_tenants.town.site.models import Page  # noqa: F401


class PageQuerySet(models.QuerySet["Page"]):
    """Pages by what a reader may see."""

    def published(self) -> Self:
        """What strangers see now."""
        now = timezone.now()
        return self.filter(published_at__lte=now).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))

    def readable_in(self, language: str) -> Self:
        """One page of each: in this language where there is one, else the original."""
        if language == "it":
            return self.filter(translation_of__isnull=True)
        translated = self.model._default_manager.published().filter(translation_of=OuterRef("pk"), language=language)
        return self.filter(Q(language=language) | Q(translation_of__isnull=True) & ~Exists(translated))

    def for_cards(self) -> Self:
        """Without the long texts, with the picture. Adds no query."""
        return self.defer("data", "search").select_related("picture")

    def upcoming(self) -> Self:
        """Events that are not over, the next first."""
        now = timezone.now()
        over = Q(ends_at__lt=now) | Q(ends_at__isnull=True, starts_at__lt=now - timedelta(hours=6))
        return self.filter(kind="event").exclude(over).order_by("starts_at", "id")

    def due(self) -> Self:
        """Pages whose hour of publication has come."""
        return self.filter(publish_at__lte=timezone.now())
