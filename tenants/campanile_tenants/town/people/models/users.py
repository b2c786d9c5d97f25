"""User: a person, or a machine, with an account in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from campanile_tenants.town.people.access import Access, Reach


class Kind(models.TextChoices):
    """On whose behalf an account is here. What it may do is said by roles, grants and scopes."""

    OPERATOR = "operator", _("operator of the centre")
    STAFF = "staff", _("staff")
    CITIZEN = "citizen", _("citizen")
    MACHINE = "machine", _("machine")


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
    """A person with an account in one place: the centre, or one town.

    `phone`: in E.164, of a citizen who signs in with a code by SMS.
    An operator at work in a town under a grant has a row there too, without a password.
    """

    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("mobile telephone"), max_length=16, blank=True)
    full_name = models.CharField(_("name and surname"), max_length=150)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.CITIZEN)
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
                condition=~models.Q(email=""),
                violation_error_message=_("A person with this e-mail address is already here."),
            ),
            models.UniqueConstraint(name="user_phone_once", fields=("phone",), condition=~models.Q(phone="")),
            models.CheckConstraint(name="user_kind_is_known", condition=models.Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="user_staff_has_an_address",
                condition=~models.Q(email="") | models.Q(kind__in=(Kind.MACHINE, Kind.CITIZEN)),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_operator(self) -> bool:
        """Whether this is somebody of the centre: at the centre, or in a town under a grant."""
        return self.kind == Kind.OPERATOR

    @cached_property
    def access(self) -> Access:
        """What this person may do here. 1 query for staff, operators and machines, none for citizens."""
        from campanile_tenants.town.people.access import access_of

        return access_of(self)

    @property
    def is_staff_of_town(self) -> bool:
        """Whether the back office is open to this person: staff, or an operator under a grant."""
        return self.is_active and (self.kind == Kind.STAFF or (self.is_operator and self.access.grant is not None))

    def has_permission(self, code: str) -> bool:
        """Whether she holds a declared permission, for some office or category at least."""
        return self.is_active and code in self.access

    def reach(self, code: str) -> Reach:
        """For which offices and categories she holds it."""
        return self.access.reach(code)
