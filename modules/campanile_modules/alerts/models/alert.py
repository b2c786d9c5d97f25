"""Alert and Revision: one matter, and what was said about it, each time whole and never changed afterwards.

The inside of a revision is a CAP 1.2 message. Once it was submitted its content stands (a trigger refuses changes);
its hash is what a second person approves, and what is sent must bear that hash (a constraint).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_modules.alerts.states import BEFORE, LIVE, SENT, Colour, Hazard, State
from campanile_tenants.kit.ids import public_code, uuid7


class MsgType(models.TextChoices):
    """What a revision does to the ones before it (CAP msgType)."""

    ALERT = "Alert", _("first message")
    UPDATE = "Update", _("update")
    CANCEL = "Cancel", _("end")


class Alert(models.Model):
    """One matter. `current` is what holds now, or held last; None until something was sent.

    `summary` is kept when the addresses of its messages are gone: numbers that the public report shows.
    """

    class Kind(models.TextChoices):
        """For real, or a drill: it never changes."""

        ACTUAL = "actual", _("real")
        DRILL = "drill", _("drill")

    class Origin(models.TextChoices):
        """Where it began."""

        OWN = "own", _("written here")
        BULLETIN = "bulletin", _("national bulletin")
        CENTRE = "centre", _("proposed by the centre")
        CAP = "cap", _("CAP message of somebody else")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=12, unique=True, default=public_code)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.ACTUAL)
    hazard = models.CharField(_("hazard"), max_length=20, choices=Hazard)
    origin = models.CharField(_("origin"), max_length=8, choices=Origin, default=Origin.OWN)
    campaign = models.UUIDField(null=True, blank=True)
    current = models.OneToOneField(
        "alerts.Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="current_of"
    )
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    closed_at = models.DateTimeField(_("over"), null=True, blank=True)
    summary = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-created_at",)
        indexes: ClassVar = [
            models.Index(fields=("-created_at",), name="alert_newest"),
            models.Index(
                fields=("id",), name="alert_open", condition=Q(closed_at__isnull=True, current__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_drill(self) -> bool:
        """Whether it is a drill."""
        return self.kind == Alert.Kind.DRILL

    @property
    def about(self) -> str:
        """How its messages name it in the ledger."""
        return f"alerts.Alert:{self.pk}"


class Revision(models.Model):
    """What is said, from draft to end.

    `texts`: `{language: {"headline", "description", "instruction"}}`. `areas`: a list of `{"kind": "town"}`,
    `{"kind": "streets", "names": [...]}`, `{"kind": "polygon", "name", "ring": [[longitude, latitude], ...]}` (WGS 84,
    closed), `{"kind": "zone", "name", "rings": [...]}` (a zone of the town as it was drawn then). `channels`: empty is
    all of them. `at_once`: no channel waits for another. `everybody`: also those who did not choose the topic. Times
    are moments; they are shown in Europe/Rome.
    """

    class Approval(models.TextChoices):
        """Why it may be sent."""

        TWO_PEOPLE = "two_people", _("two people")
        DELEGATION = "delegation", _("agreed beforehand")
        BREAK_GLASS = "break_glass", _("one person alone, in an emergency")
        PREPARED = "prepared", _("approved together with the alert")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("revision"), default=1)
    msg_type = models.CharField(max_length=8, choices=MsgType, default=MsgType.ALERT)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    colour = models.PositiveSmallIntegerField(_("colour"), choices=Colour)
    severity = models.CharField(max_length=10, default="Moderate")
    certainty = models.CharField(max_length=10, default="Likely")
    responses = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    onset = models.DateTimeField(_("begins"))
    expires_at = models.DateTimeField(_("holds until"))
    texts = models.JSONField(_("texts"), default=dict)
    areas = models.JSONField(_("where"), default=list)
    channels = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    at_once = models.BooleanField(_("all channels at once"), default=False)
    everybody = models.BooleanField(_("also to those who did not choose this topic"), default=False)
    content_hash = models.CharField(max_length=64, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField(_("written"), default=timezone.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    approval = models.CharField(_("approved how"), max_length=12, choices=Approval, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("why alone"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    active_at = models.DateTimeField(_("in force"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    document = models.TextField(blank=True)

    class Meta:
        verbose_name = _("revision of an alert")
        verbose_name_plural = _("revisions of alerts")
        ordering = ("number",)
        indexes: ClassVar = [models.Index(fields=("state", "expires_at"), name="revision_state")]
        constraints: ClassVar = [
            models.UniqueConstraint(name="revision_once_a_number", fields=("alert", "number")),
            models.UniqueConstraint(name="revision_one_in_force", fields=("alert",), condition=Q(state__in=LIVE)),
            models.UniqueConstraint(name="revision_one_in_hand", fields=("alert",), condition=Q(state__in=BEFORE)),
            models.CheckConstraint(name="revision_state_is_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="revision_colour_is_known", condition=Q(colour__lte=3)),
            models.CheckConstraint(name="revision_expires_later", condition=Q(expires_at__gt=F("onset"))),
            models.CheckConstraint(
                name="revision_sent_as_approved",
                condition=~Q(state__in=(State.APPROVED, *SENT))
                | (
                    Q(approved_hash=F("content_hash"), approved_at__isnull=False)
                    & ~Q(approved_hash="")
                    & ~Q(approval="")
                ),
            ),
            models.CheckConstraint(
                name="revision_two_people_are_two",
                condition=~Q(approval="two_people")
                | Q(approved_by__isnull=True)
                | (~Q(approved_by=F("submitted_by")) & ~Q(approved_by=F("written_by"))),
            ),
            models.CheckConstraint(
                name="revision_alone_has_a_reason", condition=~Q(approval="break_glass") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="revision_sent_has_its_document",
                condition=~Q(state__in=SENT) | (Q(sent_at__isnull=False) & ~Q(document="")),
            ),
        ]

    def __str__(self) -> str:
        return self.headline()

    @property
    def is_open(self) -> bool:
        """Whether nothing of it has left yet."""
        return self.state in BEFORE

    @property
    def is_live(self) -> bool:
        """Whether it is being sent or in force."""
        return self.state in LIVE

    @property
    def colour_word(self) -> str:
        """For class names: `red`."""
        return Colour(self.colour).word

    @property
    def standing(self) -> str:
        """Its state in words; the end of an alert is an end, also while people are told of it."""
        if self.msg_type == MsgType.CANCEL and self.state in SENT:
            return str(State.CANCELLED.label) if self.state == State.CANCELLED else str(_("ended"))
        return str(State(self.state).label)

    @property
    def is_urgent(self) -> bool:
        """Whether it goes ahead of everything and breaks quiet hours: orange, red, and what is extreme or severe."""
        return self.colour >= Colour.ORANGE or self.severity in ("Extreme", "Severe")

    def words(self, language: str = "it") -> dict[str, Any]:
        """The texts in a language, Italian where there are none, any where there is no Italian."""
        return dict(self.texts.get(language) or self.texts.get("it") or next(iter(self.texts.values()), {}))

    def headline(self, language: str = "it") -> str:
        """The headline."""
        return str(self.words(language).get("headline", ""))

    @property
    def identifier(self) -> str:
        """As CAP names it: unique in the world together with the sender."""
        return f"{self.alert.code}.{self.number}"
