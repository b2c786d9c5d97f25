"""Zone, Street, HouseNumber: where something is, in the words of the town."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from shapely.geometry import shape


class Zone(models.Model):
    """A named part of the town: a hamlet, a quarter, a flood plain.

    `geometry`: GeoJSON (RFC 7946) Polygon or MultiPolygon, WGS 84, valid, inside the town.
    """

    name = models.CharField(_("name"), max_length=80)
    geometry = models.JSONField(_("area"))
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name="zone_name_once"),
            models.CheckConstraint(
                name="zone_is_an_area", condition=models.Q(geometry__type__in=("Polygon", "MultiPolygon"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def shape(self) -> Any:
        """The area as shapely draws it, made once a row."""
        return shape(self.geometry)


class Street(models.Model):
    """A street as the town's register (ANNCSU) writes it: `Via Roma`. `code`: its number there, if it has one."""

    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("code"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("street")
        verbose_name_plural = _("streets")
        ordering = ("name",)
        constraints: ClassVar = [models.UniqueConstraint(Lower("name"), name="street_name_once")]

    def __str__(self) -> str:
        return self.name


class HouseNumber(models.Model):
    """A house number: `12`, `12/B`. `latitude` and `longitude` in degrees (WGS 84)."""

    street = models.ForeignKey(Street, on_delete=models.CASCADE, related_name="numbers")
    number = models.CharField(_("house number"), max_length=12)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        verbose_name = _("house number")
        verbose_name_plural = _("house numbers")
        ordering = ("street", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(name="house_number_once", fields=("street", "number")),
            models.CheckConstraint(
                name="house_place_is_whole",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.number}"
