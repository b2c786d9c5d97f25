"""Topic, Subscriber, Subscription: what a town writes about, and who asked for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campanile_tenants.kit.ids import uuid7

LANGUAGES = (("it", _("Italian")), ("en", _("English")), ("de", _("German")), ("sl", _("Slovene")))
DAYS = tuple(
    enumerate((_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")))
)


class Topic(models.Model):
    """One newsletter of the town. `code` stands in addresses and in List-Id, and stays for good."""

    class Frequency(models.TextChoices):
        """How often people may expect it: a promise, not a rule."""

        WEEKLY = "weekly", _("once a week")
        MONTHLY = "monthly", _("once a month")
        RARELY = "rarely", _("only when there is something")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    description = models.CharField(_("what it is about"), max_length=300)
    frequency = models.CharField(_("how often"), max_length=8, choices=Frequency, default=Frequency.MONTHLY)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="it")
    sample = models.TextField(
        _("an example"), blank=True, max_length=2_000,
        help_text=_("What an issue is like: shown where people subscribe."),
    )  # fmt: skip
    digest_day = models.PositiveSmallIntegerField(
        _("made by itself"), null=True, blank=True, choices=DAYS,
        help_text=_("On this day an issue with the week's news and events waits for somebody to approve it."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("offered to citizens"), default=True)

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        ordering = ("position", "name")

    def __str__(self) -> str:
        english = (get_language() or "it").startswith("en")
        return self.name_en if english and self.name_en else self.name


class Subscriber(models.Model):
    """One address, and nothing else about whoever reads there.

    `code_digest`: of the six digits that prove the address, good until `code_until`, five tries. `reminded_at`: the
    one reminder was sent.
    """

    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=2, default="it")
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    code_digest = models.CharField(max_length=64, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    code_until = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="subscriber_once"),
            models.CheckConstraint(name="subscriber_address_is_small", condition=Q(email=Lower("email"))),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Subscription(models.Model):
    """That an address gets a newsletter, or once did. `words`, `version`, `channel`: to what it agrees, until then.

    `ended_by`: the issue under which somebody ended it, for its figures.
    """

    class State(models.TextChoices):
        """Where it stands."""

        REQUESTED = "requested", _("will be asked by mail")
        PENDING = "pending", _("waits for the confirmation")
        CONFIRMED = "confirmed", _("gets it")
        UNSUBSCRIBED = "unsubscribed", _("ended it")
        BOUNCED = "bounced", _("the address does not exist")
        COMPLAINED = "complained", _("called it spam")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="subscriptions")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    words = models.TextField(blank=True)
    version = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=8, default="web")
    page = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        "newsletters.Issue", on_delete=models.SET_NULL, null=True, blank=True, related_name="endings"
    )

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="subscription_once", fields=("subscriber", "topic")),
            models.CheckConstraint(
                name="subscription_confirmed_has_a_date",
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False, ended_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("topic", "subscriber"), name="subscription_gets_it", condition=Q(state="confirmed")),
            models.Index(fields=("asked_at",), name="subscription_to_ask", condition=Q(state="requested")),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id}: {self.state}"


class Import(models.Model):
    """A file of readers between the look at it and the decision: sealed, and forgotten after a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sealed = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("file of readers")
        verbose_name_plural = _("files of readers")

    def __str__(self) -> str:
        return str(self.pk)


class SharedChoice(models.Model):
    """What this town answered to a newsletter that the centre offers: to which version, and what it took then."""

    code = models.CharField(max_length=40, unique=True)
    version = models.PositiveIntegerField()
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("answer to an offer")
        verbose_name_plural = _("answers to offers")

    def __str__(self) -> str:
        return self.code


class WarmUp(models.Model):
    """Since when a sender's domain is used with care: mail systems trust a new one little by little."""

    domain = models.CharField(_("domain"), max_length=253, unique=True)
    begun_on = models.DateField(_("begun"), default=timezone.localdate)

    class Meta:
        verbose_name = _("warm-up")
        verbose_name_plural = _("warm-ups")

    def __str__(self) -> str:
        return self.domain
