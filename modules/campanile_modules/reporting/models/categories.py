"""Category, CatalogueChoice, RoutingRule, ResponseTemplate, WorkCalendar: how a town takes in what is reported."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.states import State


class WorkCalendar(models.Model):
    """When the town works: hours a weekday, holidays, closures. Times of Europe/Rome.

    `spans`: seven lists, Monday first, of `["09:00", "12:30"]`. `patron_saint`: `12-06`, month and day of every year.
    `closures`: ISO dates on which nobody works besides.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    spans = models.JSONField(_("hours"))
    national_holidays = models.BooleanField(_("closed on national holidays"), default=True)
    patron_saint = models.CharField(_("patron saint"), max_length=5, blank=True)
    closures = ArrayField(models.DateField(), default=list, blank=True, verbose_name=_("other closed days"))

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A kind of problem. `code` is the centre's catalogue code, the same in every town.

    `questions`: `[{"code", "label", "label_en", "kind": "text|number|choice|boolean", "required", "choices": [...]}]`.
    `stop_text` turns people away (“call 112”, “this is the Province's road”) instead of taking a report.
    `answer_hours`: working hours until the town answers. `close_days`: days until it is closed, working days when
    `working_days`. `duplicate_radius` in metres.
    """

    class Visibility(models.TextChoices):
        """What others see."""

        PUBLIC = "public", _("on the list and the map")
        PRIVATE = "private", _("only author and office")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    description = models.CharField(_("what it is for"), max_length=300, blank=True)
    office = models.ForeignKey(
        "people.Office", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("office that answers")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered to citizens"), default=True)
    visibility = models.CharField(_("who sees it"), max_length=8, choices=Visibility, default=Visibility.PUBLIC)
    anonymous_allowed = models.BooleanField(_("without name"), default=True)
    confirm_email = models.BooleanField(_("the author confirms her e-mail first"), default=False)
    moderated = models.BooleanField(_("an officer looks at it before anybody else"), default=False)
    photo_required = models.BooleanField(_("only with a photo"), default=False)
    questions = models.JSONField(_("questions"), default=list, blank=True)
    stop_text = models.TextField(_("turn away with these words"), max_length=600, blank=True)
    duplicate_radius = models.PositiveSmallIntegerField(_("duplicates within metres"), default=60)
    answer_hours = models.PositiveSmallIntegerField(_("working hours until we answer"), default=16)
    close_days = models.PositiveSmallIntegerField(_("days until it is closed"), default=30)
    working_days = models.BooleanField(_("count working days"), default=False)
    calendar = models.ForeignKey(
        WorkCalendar, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("working hours")
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "name")
        constraints: ClassVar = [
            models.CheckConstraint(name="category_not_its_own_parent", condition=~Q(parent=F("id"))),
            models.CheckConstraint(
                name="category_answers_some_day", condition=Q(answer_hours__gte=1, close_days__gte=1)
            ),
        ]

    def __str__(self) -> str:
        english = (get_language() or "it").startswith("en")
        return self.name_en if english and self.name_en else self.name


class CatalogueChoice(models.Model):
    """What the town answered to an entry of the centre's shared list of kinds: the version, and the data it took last.

    `data` is empty when it never took any, as of a kind that it does not want.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    version = models.PositiveIntegerField(_("version"))
    data = models.JSONField(default=dict)
    answered_at = models.DateTimeField(_("answered"), default=timezone.now)

    class Meta:
        verbose_name = _("answer to the shared list")
        verbose_name_plural = _("answers to the shared list")

    def __str__(self) -> str:
        return f"{self.code} {self.version}"


class RoutingRule(models.Model):
    """Who gets what: the first rule by `position` whose category (or its parent) and zone fit, in its time.

    Empty category or zone: any. Either an office or a person.
    """

    position = models.PositiveSmallIntegerField(_("position"), default=0)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("category"))
    zone = models.ForeignKey("places.Zone", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("zone"))
    office = models.ForeignKey(
        "people.Office", on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("to the office")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("to the person")
    )
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("rule of assignment")
        verbose_name_plural = _("rules of assignment")
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="rule_names_somebody", condition=Q(office__isnull=False) | Q(person__isnull=False)
            ),
            models.CheckConstraint(
                name="rule_ends_later",
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category or '*'} / {self.zone or '*'} → {self.person or self.office}"


class ResponseTemplate(models.Model):
    """Ready words for an answer or an end. `{codice}`, `{titolo}`, `{luogo}`, `{ufficio}`, `{data}` are filled in."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    state = models.CharField(_("for"), max_length=20, choices=State, blank=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("category"))
    text = models.TextField(_("text"), max_length=4_000)

    class Meta:
        verbose_name = _("ready answer")
        verbose_name_plural = _("ready answers")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
