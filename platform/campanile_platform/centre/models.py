"""Centre, Adhesion, OpenInvoice, AccessRequest. Concessions and the ledger come with billing."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DateRange(Func):
    """`daterange(since, until)`, the end excluded."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Centre(models.Model):
    """An aggregator: a Province, a lead town, or their private partner."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    province_code = models.CharField(_("province"), max_length=2, blank=True)

    class Meta:
        verbose_name = _("centre")
        verbose_name_plural = _("centres")
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)


class Adhesion(models.Model):
    """One municipality's membership of a centre, from joining to leaving; one centre at a time."""

    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="adhesions")
    municipality = models.ForeignKey("registry.Municipality", on_delete=models.PROTECT, related_name="adhesions")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("adhesion")
        verbose_name_plural = _("adhesions")
        ordering = ("-since",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="adhesion_ends_after_it_starts",
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")),
            ),
            ExclusionConstraint(
                name="adhesion_one_centre_at_a_time",
                expressions=[
                    ("municipality", RangeOperators.EQUAL),
                    (DateRange("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} - {self.centre}"


class OpenInvoice(models.Model):
    """An invoice to a town that the centre's book-keeping knows, until it is paid. Amounts in EUR.

    Written down by hand until billing itself makes invoices. Arrears are told, they never
    switch anything off.
    """

    municipality = models.ForeignKey("registry.Municipality", on_delete=models.PROTECT, related_name="open_invoices")
    number = models.CharField(_("number"), max_length=40)
    amount = models.DecimalField(_("amount in EUR"), max_digits=10, decimal_places=2)
    due_on = models.DateField(_("due on"))
    paid_on = models.DateField(_("paid on"), null=True, blank=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ("due_on", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("number",), name="openinvoice_number_once"),
            models.CheckConstraint(name="openinvoice_asks_for_something", condition=Q(amount__gt=0)),
        ]
        indexes: ClassVar = [
            models.Index(fields=("due_on",), name="openinvoice_unpaid", condition=Q(paid_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.amount} EUR"


class AccessRequest(models.Model):
    """That an operator asked to work in a town. What became of it is the town's to say: Grant, with the same id."""

    grant_id = models.UUIDField(primary_key=True)
    municipality = models.ForeignKey("registry.Municipality", on_delete=models.CASCADE, related_name="+")
    # Not CASCADE: deleting a citizen in a town would look for this table there.
    operator = models.ForeignKey("people.User", on_delete=models.DO_NOTHING, related_name="+")
    is_emergency = models.BooleanField(_("emergency"), default=False)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for access")
        verbose_name_plural = _("requests for access")
        ordering = ("-asked_at",)

    def __str__(self) -> str:
        return f"{self.operator_id} {self.municipality_id}"
