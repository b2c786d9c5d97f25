"""Report, Reporter, ReportEvent: what was said, who said it, what became of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Least, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.models.categories import Category
from campanile_modules.reporting.querysets import ReportQuerySet
from campanile_modules.reporting.states import CLOSED, OPEN, WORD_OF, Reason, State, Word
from campanile_tenants.kit.ids import public_code, uuid7


class Report(models.Model):
    """A citizen's report of a problem in a place. Who reported it is in Reporter.

    Until an officer takes charge only category, place, state and dates are public. `secret_digest`: of the secret on
    the receipt, by which an author without a name comes back. `answers`: to the category's questions, by their code.
    Due dates are moments (shown in Europe/Rome); `paused_at`: since when the clock stands; `due_at`: what is due next,
    none while it stands or is over. `is_listed`: everybody may know of it; kept by a trigger, from state and category.
    `round`: 2 after it was taken up again. `origin`: where it came from, when another town handed it over.
    """

    secret: str = ""
    """Of the receipt; known only to whoever has just sent it, never read back."""

    class Promise(models.TextChoices):
        """Whether the town did what the receipt said."""

        OPEN = "open", _("still open")
        KEPT = "kept", _("kept")
        BROKEN = "broken", _("not kept")
        NONE = "none", _("none was made")

    class Channel(models.TextChoices):
        """How it came in."""

        WEB = "web", _("website")
        API = "api", _("API")
        DESK = "desk", _("counter")
        PHONE = "phone", _("telephone")
        KIOSK = "kiosk", _("kiosk")
        OPEN311 = "open311", _("Open311")
        HANDED_OVER = "handover", _("another municipality")
        IMPORT = "import", _("import")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True, default=public_code)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, verbose_name=_("kind of problem"))
    title = models.CharField(_("title"), max_length=100)
    description = models.TextField(_("details"), max_length=2000, blank=True)
    address = models.CharField(_("place"), max_length=200, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    channel = models.CharField(_("came in by"), max_length=8, choices=Channel, default=Channel.WEB)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.SUBMITTED)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    is_published = models.BooleanField(_("text and photos are public"), default=False)
    office = models.ForeignKey(
        "people.Office", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("office that answers")
    )
    assignee = models.ForeignKey(
        "people.User", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("in charge of")
    )
    secret_digest = models.CharField(max_length=64, blank=True)
    answer_due_at = models.DateTimeField(_("answer by"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    close_due_at = models.DateTimeField(_("closed by"), null=True, blank=True)
    paused_at = models.DateTimeField(_("clock stands since"), null=True, blank=True)
    due_at = models.GeneratedField(
        expression=Case(
            When(Q(closed_at__isnull=False) | Q(paused_at__isnull=False), then=None),
            When(answered_at__isnull=True, then=Least("answer_due_at", "close_due_at")),
            default=F("close_due_at"),
        ),
        output_field=models.DateTimeField(null=True), db_persist=True,
    )  # fmt: skip
    is_listed = models.BooleanField(default=True, editable=False)
    promise = models.CharField(_("promise"), max_length=6, choices=Promise, default=Promise.OPEN)
    escalated = models.PositiveSmallIntegerField(default=0)
    planned_for = models.DateField(_("planned for"), null=True, blank=True)
    forwarded_to = models.CharField(_("forwarded to"), max_length=120, blank=True)
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="duplicates", verbose_name=_("same as")
    )
    state_before = models.CharField(max_length=20, choices=State, blank=True)
    worksite = models.CharField(_("worksite"), max_length=80, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(_("came from"), max_length=120, blank=True)
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
            models.Index(fields=("office", "state", "-created_at"), name="report_by_office"),
            models.Index(fields=("category", "-created_at"), name="report_by_category"),
            models.Index(fields=("due_at", "id"), name="report_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=("-created_at", "-id"), name="report_listed", condition=models.Q(is_listed=True)),
            models.Index(
                fields=("-created_at", "-id"),
                name="report_on_the_map",
                condition=models.Q(is_listed=True, latitude__isnull=False),
            ),
            models.Index(
                fields=("latitude", "longitude"),
                name="report_open_near",
                condition=models.Q(state__in=OPEN, latitude__isnull=False),
            ),
            GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="report_title_words"),
            GinIndex(OpClass(Upper("address"), "gin_trgm_ops"), name="report_address_words"),
            models.Index(fields=("duplicate_of",), name="report_same", condition=models.Q(duplicate_of__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="report_state_is_known", condition=models.Q(state__in=State.values)),
            models.CheckConstraint(
                name="report_has_a_place",
                condition=~models.Q(address="") | models.Q(latitude__isnull=False) | models.Q(channel="import"),
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
                condition=~models.Q(state__in=(State.CLOSED_NO_ACTION, State.REJECTED)) | ~models.Q(reason=""),
            ),
            models.CheckConstraint(
                name="report_planned_has_a_day",
                condition=~models.Q(state=State.PLANNED) | models.Q(planned_for__isnull=False),
            ),
            models.CheckConstraint(
                name="report_duplicate_names_another",
                condition=~models.Q(state=State.DUPLICATE)
                | (models.Q(duplicate_of__isnull=False) & ~models.Q(duplicate_of=models.F("id"))),
            ),
            models.CheckConstraint(
                name="report_forwarded_names_whom",
                condition=~models.Q(state=State.FORWARDED) | ~models.Q(forwarded_to=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def word(self) -> Word:
        """The word that citizens read."""
        return WORD_OF[State(self.state)]

    @property
    def is_late(self) -> bool:
        """Whether the town is past the day that the receipt gave."""
        return self.due_at is not None and self.due_at < timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state not in CLOSED

    @property
    def place(self) -> str:
        """Where, in words."""
        if self.address or self.latitude is None:
            return self.address
        return f"{self.latitude}, {self.longitude}"


class Reporter(models.Model):
    """Who reported, kept apart so that it can be purged alone."""

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="reporter")
    name = models.CharField(_("name and surname"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    user = models.ForeignKey("people.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    may_be_handed_over = models.BooleanField(
        _("name and address may go to another town with the report"), default=False
    )
    language = models.CharField(max_length=8, default="it")
    privacy_version = models.CharField(max_length=20)
    purge_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("author of a report")
        verbose_name_plural = _("authors of reports")

    def __str__(self) -> str:
        return str(self.report_id)


INTERNAL = ("note", "escalated", "routed")
"""Kinds of events that only colleagues see."""


class ReportEvent(models.Model):
    """What happened to a report. Append-only: a trigger refuses changes and deletions (but see kit.erasure)."""

    class Kind(models.TextChoices):
        """What it tells."""

        RECEIVED = "received", _("received")
        MOVED = "moved", _("state changed")
        ANSWER = "answer", _("answer")
        NOTE = "note", _("internal note")
        CITIZEN = "citizen", _("words of the author")
        OPINION = "opinion", _("opinion of the author")
        ESCALATED = "escalated", _("overdue")
        MERGED = "merged", _("another report of the same joined")
        ROUTED = "routed", _("given to an office")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    from_state = models.CharField(max_length=20, choices=State, blank=True)
    to_state = models.CharField(max_length=20, choices=State, blank=True)
    public_text = models.TextField(_("text for the citizen"), blank=True)
    internal_text = models.TextField(_("note for colleagues"), blank=True)
    mentions = models.ManyToManyField("people.User", related_name="+", blank=True)
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
        return self.kind not in INTERNAL
