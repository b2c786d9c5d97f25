"""Category, Report, Reporter, ReportEvent, Photo, Draft: tables of each town's schema."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.querysets import ReportQuerySet
from campanile_modules.reporting.states import CLOSED, Reason, State
from campanile_tenants.kit.ids import public_code, uuid7


class Category(models.Model):
    """A kind of problem. `code` is the centre's catalogue code, the same in every town."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    office = models.ForeignKey(
        "people.Office", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("office that answers")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered to citizens"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "name")

    def __str__(self) -> str:
        english = (get_language() or "it").startswith("en")
        return self.name_en if english and self.name_en else self.name


class Report(models.Model):
    """A citizen's report of a problem in a place. Who reported it is in Reporter.

    Until an officer takes charge only category, place, state and dates are public.
    """

    class Channel(models.TextChoices):
        """How it came in."""

        WEB = "web", _("website")
        API = "api", _("API")
        DESK = "desk", _("counter")
        IMPORT = "import", _("import")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True, default=public_code)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, verbose_name=_("kind of problem"))
    title = models.CharField(_("title"), max_length=100)
    description = models.TextField(_("details"), max_length=2000, blank=True)
    address = models.CharField(_("place"), max_length=200, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.WEB)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.SUBMITTED)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    is_published = models.BooleanField(_("text and photos are public"), default=False)
    office = models.ForeignKey(
        "people.Office", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("office that answers")
    )
    assignee = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("in charge of")
    )
    idempotency_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(_("received"), default=timezone.now)
    changed_at = models.DateTimeField(_("last change"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-created_at", "-id")
        indexes: ClassVar = [
            models.Index(fields=("-created_at", "-id"), name="report_newest"),
            models.Index(fields=("state", "-created_at"), name="report_by_state"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="report_state_is_known", condition=models.Q(state__in=State.values)),
            models.CheckConstraint(
                name="report_has_a_place", condition=~models.Q(address="") | models.Q(latitude__isnull=False)
            ),
            models.CheckConstraint(
                name="report_point_is_whole",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,  # a CHECK that is NULL would pass
                    latitude__range=(35, 48),
                    longitude__range=(6, 19),
                ),
            ),
            models.CheckConstraint(
                name="report_closed_has_a_date",
                condition=models.Q(state__in=CLOSED, closed_at__isnull=False)
                | (~models.Q(state__in=CLOSED) & models.Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="report_no_action_has_a_reason",
                condition=~models.Q(state=State.CLOSED_NO_ACTION) | ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state not in CLOSED

    @property
    def place(self) -> str:
        """Where, in words."""
        return self.address or f"{self.latitude}, {self.longitude}"


class Reporter(models.Model):
    """Who reported, kept apart so that it can be purged alone."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="reporter")
    name = models.CharField(_("name and surname"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    language = models.CharField(max_length=8, default="it")
    privacy_version = models.CharField(max_length=20)
    purge_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("author of a report")
        verbose_name_plural = _("authors of reports")

    def __str__(self) -> str:
        return str(self.report_id)


class ReportEvent(models.Model):
    """What happened to a report. Append-only: a trigger refuses changes and deletions (but see kit.erasure)."""

    class Kind(models.TextChoices):
        """What it tells."""

        RECEIVED = "received", _("received")
        MOVED = "moved", _("state changed")
        ANSWER = "answer", _("answer")
        NOTE = "note", _("internal note")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    from_state = models.CharField(max_length=20, choices=State, blank=True)
    to_state = models.CharField(max_length=20, choices=State, blank=True)
    public_text = models.TextField(_("text for the citizen"), blank=True)
    internal_text = models.TextField(_("note for colleagues"), blank=True)
    author_name = models.CharField(max_length=150, blank=True)
    author = models.ForeignKey("people.User", on_delete=models.SET_NULL, null=True, blank=True)
    happened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("event of a report")
        verbose_name_plural = _("events of reports")
        ordering = ("happened_at", "id")

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_at:%Y-%m-%d %H:%M}"

    @property
    def is_public(self) -> bool:
        """Whether citizens see it."""
        return self.kind != self.Kind.NOTE


def draft_expiry() -> datetime:
    """A draft lives for a day."""
    return timezone.now() + timedelta(days=1)


class Draft(models.Model):
    """A report being written, so that nothing is lost between the steps. Deleted when sent, or after a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    values = models.JSONField(default=dict)
    expires_at = models.DateTimeField(default=draft_expiry)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return str(self.pk)


class Photo(models.Model):
    """A picture of the problem, drawn again by us: no original and no metadata is ever stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, null=True, blank=True, related_name="photos")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, blank=True, related_name="photos")
    file = models.FileField(upload_to="reporting/%Y/%m/", max_length=120)
    name = models.CharField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="photo_of_a_report_or_a_draft",
                condition=models.Q(report__isnull=False, draft__isnull=True)
                | models.Q(report__isnull=True, draft__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)
