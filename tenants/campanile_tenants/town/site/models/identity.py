"""Identity: how a town shows itself. One row; pages know it without a query."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from campanile_tenants.town.site.models.pages import LANGUAGES


class Identity(models.Model):
    """The town's words, colour, coat of arms, contacts and addresses. Empty contacts fall back to the registry's."""

    class Colour(models.TextChoices):
        """Colours that keep a contrast of 4.5 to 1 with white, whatever stands on them (WCAG 2.1, 1.4.3)."""

        BLUE = "blue", _("Italian blue")
        GREEN = "green", _("Wood green")
        TEAL = "teal", _("Lake teal")
        WINE = "wine", _("Wine red")
        BRICK = "brick", _("Brick")
        VIOLET = "violet", _("Violet")
        SLATE = "slate", _("Slate")

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    tagline = models.CharField(_("below the name"), max_length=80, blank=True)
    welcome = models.CharField(_("welcome on the home page"), max_length=160, blank=True)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour, default=Colour.BLUE)
    coat = models.FileField(upload_to="site/coat", blank=True, editable=False)
    languages = ArrayField(
        models.CharField(max_length=2, choices=LANGUAGES), default=list, blank=True, verbose_name=_("other languages")
    )
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    emergency_phone = models.CharField(
        _("telephone for emergencies"), max_length=30, blank=True,
        help_text=_("Of the local police or civil protection; shown beside 112, also without a network."),
    )  # fmt: skip
    email = models.EmailField(_("e-mail"), blank=True)
    pec = models.EmailField(_("certified e-mail (PEC)"), blank=True)
    address = models.CharField(_("address of the town hall"), max_length=200, blank=True)
    tax_code = models.CharField(_("tax code / VAT number"), max_length=11, blank=True)
    social = models.JSONField(_("social media"), default=list, blank=True)
    accessibility_url = models.URLField(
        _("accessibility statement"), blank=True,
        validators=[RegexValidator(r"^https://form\.agid\.gov\.it/", _("The statement stands on https://form.agid.gov.it/."))],
        help_text=_("The address that AgID gave you: https://form.agid.gov.it/…"),
    )  # fmt: skip
    topics = ArrayField(
        models.SlugField(max_length=60), default=list, blank=True, verbose_name=_("topics in evidence")
    )

    class Meta:
        verbose_name = _("identity of the site")
        verbose_name_plural = _("identity of the site")
        constraints: ClassVar = [
            models.CheckConstraint(name="identity_is_one", condition=models.Q(singleton=True)),
            models.CheckConstraint(
                name="identity_statement_is_agids",
                condition=models.Q(accessibility_url="")
                | models.Q(accessibility_url__startswith="https://form.agid.gov.it/"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.tagline)
