"""One table."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """A short notice."""

    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.text
