"""SavedView: a list as somebody wants to see it again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """Filters of a list under a name, for one person. `page` is the URL name, `query` what stands after the `?`."""

    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("user", "page", "name"), name="savedview_name_once")]

    def __str__(self) -> str:
        return str(self.name)
