"""Contact, Endpoint, Preference: who is reached, over what, about what, and at which hours."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_tenants.town.delivery.models import CHANNEL_WORDS


class Channel(models.TextChoices):
    """The ways to somebody. The order is the order of an escalation: what costs nothing comes first."""

    PUSH = "push", CHANNEL_WORDS["push"]
    TELEGRAM = "telegram", CHANNEL_WORDS["telegram"]
    IO = "io", CHANNEL_WORDS["io"]
    EMAIL = "email", CHANNEL_WORDS["email"]
    SMS = "sms", CHANNEL_WORDS["sms"]
    VOICE = "voice", CHANNEL_WORDS["voice"]


class Contact(models.Model):
    """Somebody who wants to be told, or whom the town wrote down because she has no digital means.

    `latitude` and `longitude` in degrees (WGS 84). `fragile`: somebody who needs help in an emergency; only with her
    consent. `relative_name`: whom to call when she
    does not answer, over an endpoint of hers that is `of_relative`.
    """

    class Kind(models.TextChoices):
        """Real people, and those that stand in for them."""

        CITIZEN = "citizen", _("citizen")
        DRILL = "drill", _("takes part in drills")
        CANARY = "canary", _("tries out the channels")

    class Source(models.TextChoices):
        """Who wrote her down."""

        SELF = "self", _("herself")
        TOWN = "town", _("the town")
        IMPORT = "import", _("an import")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.CITIZEN)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="contact"
    )
    source = models.CharField(_("written down by"), max_length=8, choices=Source, default=Source.SELF)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, default="it")
    street = models.CharField(_("street"), max_length=120, blank=True)
    house_number = models.CharField(_("house number"), max_length=12, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    fragile = models.BooleanField(_("needs help in an emergency"), default=False)
    fragile_note = models.CharField(_("what to know"), max_length=300, blank=True)
    relative_name = models.CharField(_("relative to call"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("written down"), default=timezone.now)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ("name", "id")
        indexes: ClassVar = [
            models.Index(Lower("street"), "house_number", name="contact_household"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="contact_place_is_whole",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(
                name="contact_note_only_if_fragile", condition=models.Q(fragile=True) | models.Q(fragile_note="")
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.pk)


class Endpoint(models.Model):
    """One address on one channel. Nothing is sent to it before it is verified (`verified_at`) or after `retired_at`.

    `quiet_from` to `quiet_to`: hours (of Europe/Rome) in which she wants peace; `breaks_quiet`: an emergency may break
    it, because she agreed. `pending` is what was asked for and waits for the code. Addresses: an e-mail address, a
    number in E.164, a chat, a tax code, a push subscription.
    """

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="endpoints")
    channel = models.CharField(_("channel"), max_length=12, choices=Channel)
    address = models.CharField(_("address"), max_length=512)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    retired_at = models.DateTimeField(_("no longer used"), null=True, blank=True)
    of_relative = models.BooleanField(_("telephone of a relative"), default=False)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    breaks_quiet = models.BooleanField(_("emergencies also in quiet hours"), default=True)
    pending = models.JSONField(default=dict, blank=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    code_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        verbose_name = _("way to reach somebody")
        verbose_name_plural = _("ways to reach somebody")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(name="endpoint_once", fields=("contact", "channel", "address")),
            models.CheckConstraint(name="endpoint_channel_is_known", condition=models.Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="endpoint_quiet_is_whole",
                condition=models.Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("channel", "address"), name="endpoint_address")]

    def __str__(self) -> str:
        return self.get_channel_display()


class Preference(models.Model):
    """That an endpoint wants to hear about a topic that a module declares (`alerts.weather`)."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="preferences")
    topic = models.CharField(_("topic"), max_length=60)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        ordering = ("topic",)
        constraints: ClassVar = [models.UniqueConstraint(name="preference_once", fields=("endpoint", "topic"))]
        indexes: ClassVar = [models.Index(fields=("topic", "endpoint"), name="preference_topic")]

    def __str__(self) -> str:
        return self.topic
