"""Issue, Picture, Link, Click: what is written, with what pictures, and how often which link was followed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_modules.newsletters.models.subscribers import Topic
from campanile_tenants.kit.ids import uuid7


class State(models.TextChoices):
    """Where an issue stands."""

    DRAFT = "draft", _("being written")
    SUBMITTED = "submitted", _("waits for a second person")
    APPROVED = "approved", _("on its way")
    PAUSED = "paused", _("paused")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("cancelled")


PUBLIC = (State.APPROVED, State.PAUSED, State.SENT)


class IssueQuerySet(models.QuerySet["Issue"]):
    """Issues, asked for by who may read them."""

    def public(self) -> IssueQuerySet:
        """What stands in the archive: once it left, and never while it waits for its hour."""
        return self.filter(state__in=PUBLIC, send_at__lte=timezone.now())


class Issue(models.Model):
    """One mail to all who get a newsletter.

    `blocks`: what it is made of, in order (see `blocks.py`). `text`: the plain-text twin as somebody edited it; empty:
    made from the blocks. `origin`: what made it when no person did (`digest:2026-12-01`, an entry of
    the centre's list and its version), once. `approved_hash`: SHA-256 of everything that is sent, as whoever approved
    it read it; the database refuses to change it afterwards. `revision` grows with each save: who writes on
    an older one is told.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="issues", verbose_name=_("newsletter"))
    slug = models.SlugField(max_length=80, blank=True)
    subject = models.CharField(_("subject"), max_length=150, blank=True)
    preview = models.CharField(_("first words beside the subject"), max_length=150, blank=True)
    blocks = models.JSONField(_("content"), default=list, blank=True)
    text = models.TextField(_("as plain text"), blank=True)
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(max_length=150, blank=True)
    origin = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    approved_name = models.CharField(max_length=150, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    send_at = models.DateTimeField(_("leaves at"), null=True, blank=True)
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(_("begun"), default=timezone.now)
    changed_at = models.DateTimeField(_("last change"), default=timezone.now)
    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ("-created_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="issue_leaves_approved",
                condition=Q(state__in=("draft", "submitted", "cancelled"))
                | Q(approved_at__isnull=False) & ~Q(approved_hash="") & ~Q(html="") & ~Q(subject=""),
            ),
            models.CheckConstraint(
                name="issue_subject_is_one_line", condition=~Q(subject__contains="\n") & ~Q(subject__contains="\r")
            ),
            models.UniqueConstraint(fields=("topic", "slug"), name="issue_address_once", condition=~Q(slug="")),
            models.UniqueConstraint(fields=("topic", "origin"), name="issue_origin_once", condition=~Q(origin="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=("topic", "-approved_at"), name="issue_archive", condition=~Q(slug="")),
        ]

    def __str__(self) -> str:
        return str(self.subject or _("New issue"))

    @property
    def about(self) -> str:
        """How the delivery engine names it."""
        return f"newsletters.Issue:{self.pk}"

    @property
    def has_left(self) -> bool:
        """Whether mails of it may be in somebody's hands, even if it was stopped half-way."""
        return self.send_at is not None and self.send_at <= timezone.now()

    @property
    def is_public(self) -> bool:
        """Whether it stands in the archive, as `IssueQuerySet.public` asks it."""
        return self.state in PUBLIC and self.has_left


class Picture(models.Model):
    """A picture of an issue: drawn again, at most 1,200 pixels wide, without metadata, with words for who cannot see
    it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="pictures")
    file = models.FileField(upload_to="newsletters", editable=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def path(self) -> str:
        """Where it is shown."""
        return reverse("newsletters:picture", args=[self.pk])


class Link(models.Model):
    """An address that an issue links to. Readers go there by way of the town, which counts them and no more."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="links")
    number = models.PositiveSmallIntegerField()
    url = models.URLField(max_length=500)
    label = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ("number",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("issue", "number"), name="link_once")]

    def __str__(self) -> str:
        return str(self.url)


class Click(models.Model):
    """How often a link was followed on a day. Not by whom."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="clicks")
    day = models.DateField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("clicks of a day")
        verbose_name_plural = _("clicks of days")
        ordering = ("day",)
        constraints: ClassVar = [models.UniqueConstraint(fields=("link", "day"), name="click_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.number}"
