"""Role and Assignment: bundles of permissions, and who holds them for which offices and categories."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.access import Host
from campanile_tenants.contract.module import CENTRE_ROLES, TOWN_ROLES
from campanile_tenants.contract.registry import registry

STANDARD_NAMES = {
    "administrator": _("administrator"),
    "communications": _("communications"),
    "civil_protection": _("civil protection"),
    "officer": _("officer of an office"),
    "desk": _("desk operator"),
    "reader": _("reader"),
    "operations": _("operations"),
    "billing": _("billing"),
    "support": _("support"),
    "auditor": _("auditor"),
}
ADMINISTRATOR = "administrator"


class Role(models.Model):
    """A bundle of permissions with a name.

    A standard role holds what the modules declare for it, plus `added`, less `removed`; so a module that is
    installed later is in it by itself. A role of the town's own holds `added` only.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    is_standard = models.BooleanField(default=False)
    added = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    removed = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(name="role_has_a_name", condition=models.Q(is_standard=True) | ~models.Q(name="")),
            models.CheckConstraint(
                name="role_administrator_is_whole",
                condition=~models.Q(code=ADMINISTRATOR) | models.Q(removed=[]),
                violation_error_message=_("The administrator holds every permission."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or gettext(str(STANDARD_NAMES.get(self.code, self.code)))

    @property
    def permissions(self) -> frozenset[str]:
        """Codes of the permissions that are installed and that this role holds. No query."""
        return frozenset(held_by(self.code if self.is_standard else "", self.added, self.removed))


class Assignment(models.Model):
    """A role in somebody's hands: everywhere, or only for one office and some categories, and for how long.

    `categories` are codes as the modules declare them, `<module>:<code>`.
    """

    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="assignments")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("role"))
    office = models.ForeignKey(
        "people.Office", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("only for this office")
    )
    categories = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    valid_from = models.DateTimeField(_("from"), default=timezone.now)
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    given_by = models.CharField(_("given by"), max_length=200)

    class Meta:
        verbose_name = _("assignment of a role")
        verbose_name_plural = _("assignments of roles")
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("user", "role", "office"), name="assignment_once", nulls_distinct=False),
            models.CheckConstraint(
                name="assignment_ends_later",
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role_id}"


def held_by(
    standard: str, added: list[str] | tuple[str, ...] = (), removed: list[str] | tuple[str, ...] = ()
) -> set[str]:
    """Permissions of a standard role (empty: none), with what a town added and removed."""
    installed = registry.permissions(Host.CENTRE if standard in CENTRE_ROLES else None)
    if standard == ADMINISTRATOR:
        return set(registry.permissions(Host.TOWN))
    declared = {code for code, permission in installed.items() if standard and standard in permission.roles}
    return (declared | (set(added) & set(registry.permissions()))) - set(removed)


def standard_roles(host: Host) -> tuple[str, ...]:
    """Codes of the standard roles of a town, or of the centre."""
    return CENTRE_ROLES if host is Host.CENTRE else TOWN_ROLES
