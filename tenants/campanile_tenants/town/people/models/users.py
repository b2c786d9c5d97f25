"""User and Invitation. The same tables stand in the public schema (operators) and in each town."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is here. A later issue refines officers by permission and office."""

    OPERATOR = "operator", _("operator of the centre")
    ADMINISTRATOR = "administrator", _("administrator")
    OFFICER = "officer", _("officer")
    CITIZEN = "citizen", _("citizen")


STAFF = (Role.ADMINISTRATOR, Role.OFFICER)


class UserManager(BaseUserManager["User"]):
    """Finds and makes users by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **values: Any) -> User:
        """Makes a user; without a password she cannot sign in until she sets one by invitation."""
        user = self.model(email=self.normalize_email(email).lower(), **values)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with an account in one place: the centre, or one town."""

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name and surname"), max_length=150)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.CITIZEN)
    language = models.CharField(_("language"), max_length=8, default="it")
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("full_name", "email")
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("A person with this e-mail address is already here."),
            ),
            models.CheckConstraint(name="user_role_is_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_staff_of_town(self) -> bool:
        """Whether the back office is open to this person."""
        return self.role in STAFF

    @property
    def is_administrator(self) -> bool:
        """Whether she may switch modules and manage colleagues."""
        return self.role == Role.ADMINISTRATOR

    @property
    def is_operator(self) -> bool:
        """Whether the centre's console is open to this person."""
        return self.role == Role.OPERATOR

    def has_permission(self, code: str) -> bool:
        """Whether she holds a permission that a module declares. No query."""
        return self.is_active and self.role in STAFF


class Invitation(models.Model):
    """A way in for a new colleague: a link by mail, good once and until `expires_at`.

    Only a digest of the link's token is kept.
    """

    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name and surname"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(_("invited by"), max_length=200)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="invitation_expires_later", condition=models.Q(expires_at__gt=models.F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"
