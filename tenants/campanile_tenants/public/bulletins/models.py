"""Issue, Outlook, Zone, Membership: what the national bulletins say of which zone, and which town lies in it when.

Source: bulletins of hydro-geological and hydraulic criticality of the Civil Protection Department (CC-BY-4.0), daily,
and again on the same day when something changes.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Colour(models.IntegerChoices):
    """The colour codes of the national alert system; more is worse."""

    GREEN = 0, _("green")
    YELLOW = 1, _("yellow")
    ORANGE = 2, _("orange")
    RED = 3, _("red")


class Risk(models.TextChoices):
    """The kinds of risk that a bulletin tells apart."""

    HYDROGEOLOGICAL = "hydrogeological", _("hydrogeological")
    STORMS = "storms", _("thunderstorms")
    HYDRAULIC = "hydraulic", _("hydraulic")


class Zone(models.Model):
    """A warning zone, by its national code (`Lomb-05`). Zones come and go: see `last_seen`."""

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(_("name"), max_length=160)
    last_seen = models.DateField(_("last seen in a bulletin"), null=True, blank=True)

    class Meta:
        db_table = '"public"."bulletins_zone"'
        verbose_name = _("warning zone")
        verbose_name_plural = _("warning zones")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Membership(models.Model):
    """In which zone a municipality (ISTAT code) lies, and during which days; an open end is for as long as we know."""

    istat_code = models.CharField(_("ISTAT code"), max_length=6)
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="memberships")
    during = DateRangeField(_("during"))

    class Meta:
        db_table = '"public"."bulletins_membership"'
        verbose_name = _("municipality in a zone")
        verbose_name_plural = _("municipalities in zones")
        ordering = ("istat_code",)
        constraints: ClassVar = [
            ExclusionConstraint(
                name="membership_one_zone_at_a_time",
                expressions=[("istat_code", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.istat_code} {self.zone_id}"


class Issue(models.Model):
    """A bulletin as it was published, once for each moment of publication; `unmatched` lists what fits no zone."""

    published_at = models.DateTimeField(_("published"), unique=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    taken_at = models.DateTimeField(_("taken in"), default=timezone.now)
    unmatched = models.JSONField(_("without a match"), default=list, blank=True)

    class Meta:
        db_table = '"public"."bulletins_issue"'
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering = ("-published_at",)

    def __str__(self) -> str:
        return f"{self.published_at:%Y-%m-%d %H:%M}"


class Outlook(models.Model):
    """What an issue says of a zone for one day (a date of Europe/Rome). `overall` is the worst of the risks."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="outlooks")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="outlooks")
    day = models.DateField(_("day"))
    valid_from = models.DateTimeField(_("from"))
    valid_to = models.DateTimeField(_("until"))
    overall = models.PositiveSmallIntegerField(_("worst colour"), choices=Colour)
    hydrogeological = models.PositiveSmallIntegerField(_("hydrogeological"), choices=Colour)
    storms = models.PositiveSmallIntegerField(_("thunderstorms"), choices=Colour)
    hydraulic = models.PositiveSmallIntegerField(_("hydraulic"), choices=Colour)

    class Meta:
        db_table = '"public"."bulletins_outlook"'
        verbose_name = _("outlook")
        verbose_name_plural = _("outlooks")
        ordering = ("day", "zone")
        indexes: ClassVar = [models.Index(fields=("zone", "day"), name="outlook_zone_day")]
        constraints: ClassVar = [
            models.UniqueConstraint(name="outlook_once", fields=("issue", "zone", "day")),
            models.CheckConstraint(
                name="outlook_colours_are_known",
                condition=models.Q(overall__lte=3, hydrogeological__lte=3, storms__lte=3, hydraulic__lte=3),
            ),
            models.CheckConstraint(name="outlook_ends_later", condition=models.Q(valid_to__gt=models.F("valid_from"))),
        ]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.day}"


class Source(models.Model):
    """An address that is asked for bulletins; `etag` is what it answered last."""

    url = models.URLField(_("address"), max_length=300, unique=True)
    etag = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    class Meta:
        db_table = '"public"."bulletins_source"'
        verbose_name = _("source of bulletins")
        verbose_name_plural = _("sources of bulletins")
        ordering = ("url",)

    def __str__(self) -> str:
        return self.url
