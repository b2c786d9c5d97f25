"""Office and OpeningHours: the units of a town hall, when and how they are reached."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Weekday(models.IntegerChoices):
    """ISO 8601: Monday is 1."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class Office(models.Model):
    """A unit of the town hall: who answers there, where, when."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("what it does"), max_length=1000, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("part of")
    )
    head = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("head")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    pec = models.EmailField(_("certified e-mail (PEC)"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    is_active = models.BooleanField(_("open"), default=True)

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ("name",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="office_is_not_its_own_part",
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class OpeningHours(models.Model):
    """One stretch of a weekday, Europe/Rome, the end excluded; a day with a lunch break has two."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("to"))
    by_appointment = models.BooleanField(_("by appointment only"), default=False)

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ("weekday", "opens")
        constraints: ClassVar = [
            models.CheckConstraint(name="hours_end_later", condition=models.Q(closes__gt=models.F("opens"))),
            models.CheckConstraint(name="hours_weekday_is_known", condition=models.Q(weekday__range=(1, 7))),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"
