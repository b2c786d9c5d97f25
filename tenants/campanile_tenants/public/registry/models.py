"""Municipality, Domain, Activation, UsageEvent: public tables, walled per town by row-level security.

`db_table` names the schema because a town's search_path does not contain `public`. What a town's role may
do here is granted in the first migration and nowhere else.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from campanile_infra.addresses import address
from campanile_infra.database.names import schema_of


class Municipality(TenantMixin, models.Model):
    """A town: a tenant with a schema `c_<ISTAT code>`. It answers requests only when LIVE or SUSPENDED."""

    class State(models.TextChoices):
        """Where a town stands in its life."""

        PREPARING = "preparing", _("being prepared")
        LIVE = "live", _("live")
        SUSPENDED = "suspended", _("suspended")

    auto_create_schema = False
    auto_drop_schema = False

    istat_code = models.CharField(_("ISTAT code"), max_length=6, unique=True)
    belfiore_code = models.CharField(_("cadastral (Belfiore) code"), max_length=4, unique=True)
    ipa_code = models.SlugField(_("IPA code"), max_length=20, unique=True, blank=True)
    tax_code = models.CharField(_("tax code of the body"), max_length=11, blank=True)
    name = models.CharField(_("name"), max_length=120)
    other_name = models.CharField(_("name in the other official language"), max_length=120, blank=True)
    slug = models.SlugField(_("short name"), max_length=120)
    province_code = models.CharField(_("province"), max_length=2)
    province_name = models.CharField(_("name of the province"), max_length=60)
    region = models.CharField(_("region"), max_length=60)
    population = models.PositiveIntegerField(_("inhabitants"), help_text=_("2011 census"))
    boundary = models.JSONField(_("boundary"), null=True, blank=True, help_text=_("GeoJSON geometry, WGS 84"))
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_pec = models.EmailField(_("certified e-mail (PEC)"), blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=30, blank=True)
    address = models.CharField(_("address of the town hall"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PREPARING)
    schema_version = models.CharField(_("migrations applied"), max_length=64, blank=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now)
    live_since = models.DateTimeField(_("live since"), null=True, blank=True)

    class Meta:
        db_table = '"public"."registry_municipality"'
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ("name", "istat_code")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="municipality_schema_is_its_code",
                condition=models.Q(schema_name=Concat(models.Value("c_"), "istat_code")),
            ),
            models.CheckConstraint(
                name="municipality_istat_code_is_six_digits", condition=models.Q(istat_code__regex=r"^[0-9]{6}$")
            ),
            models.CheckConstraint(
                name="municipality_live_has_a_date",
                condition=~models.Q(state="live") | models.Q(live_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fills schema name, slug and IPA code from codes and name. Raises InvalidSchemaName.

        The index of public bodies (IPA) gives municipalities `c_` and the cadastral code, unless they chose another.
        """
        self.ipa_code = self.ipa_code or f"c_{self.belfiore_code.lower()}"
        self.schema_name = schema_of(self.istat_code)
        self.slug = self.slug or slugify(self.name)
        super().save(*args, **kwargs)

    def _check_schema_name_is_unique(self) -> None:
        """django-tenants asks with a query; here two constraints of the database hold it."""

    @property
    def full_name(self) -> str:
        """How a town calls itself: `Comune di Lecco`."""
        return _("Municipality of %(name)s") % {"name": self.name}

    def site(self, path: str = "") -> str:
        """The full address of a page of the town. 1 query."""
        return address(self.domains.get(is_primary=True).domain, path)

    @property
    def serves(self) -> bool:
        """Whether its pages answer. A half-made town never does."""
        return self.state in (self.State.LIVE, self.State.SUSPENDED)

    def get_tenant_type(self) -> None:
        """django-tenants asks; all towns are of one kind."""
        return


class Town(Municipality):
    """A municipality as requests see it: its row, its primary host and the modules that are on."""

    modules: frozenset[str] = frozenset()
    settings_of: dict[str, dict[str, Any]]
    host: str = ""

    class Meta:
        proxy = True


class Domain(DomainMixin, models.Model):
    """A host name at which a town answers."""

    domain = models.CharField(_("host name"), max_length=253, unique=True)
    tenant = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="domains")

    class Meta:
        db_table = '"public"."registry_domain"'
        verbose_name = _("host name")
        verbose_name_plural = _("host names")
        ordering = ("-is_primary", "domain")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("tenant",), condition=models.Q(is_primary=True), name="domain_one_primary_a_town"
            ),
            models.CheckConstraint(
                name="domain_is_a_host_name", condition=models.Q(domain__regex=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")
            ),
        ]

    def __str__(self) -> str:
        return str(self.domain)


class Activation(models.Model):
    """One period in which a module was on for a town: since when, by whom, at which price and settings.

    Switching off ends the row, switching on again begins another: the history is never rewritten.
    """

    schema_name = models.CharField(max_length=63)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="activations")
    module = models.CharField(_("module"), max_length=30)
    started_at = models.DateTimeField(_("on since"), default=timezone.now)
    started_by = models.CharField(_("switched on by"), max_length=200)
    ended_at = models.DateTimeField(_("off since"), null=True, blank=True)
    ended_by = models.CharField(_("switched off by"), max_length=200, blank=True)
    yearly_price = models.DecimalField(
        _("price a year in EUR"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    trial_until = models.DateField(_("free until"), null=True, blank=True)
    settings = models.JSONField(_("settings"), default=dict, blank=True)

    class Meta:
        db_table = '"public"."registry_activation"'
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        ordering = ("-started_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("municipality", "module"),
                condition=models.Q(ended_at__isnull=True),
                name="activation_one_at_a_time",
            ),
            models.CheckConstraint(
                name="activation_ends_after_it_starts",
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schema_name}: {self.module}"


class ListPrice(models.Model):
    """What a module costs a year, in EUR without VAT, for towns from so many inhabitants up to the next band.

    Public among the towns of the platform. `trial_days`: how long it is free the first time a town switches it on.
    """

    module = models.CharField(_("module"), max_length=30)
    inhabitants_from = models.PositiveIntegerField(_("from inhabitants"), default=0)
    yearly_price = models.DecimalField(_("price a year in EUR"), max_digits=10, decimal_places=2)
    trial_days = models.PositiveSmallIntegerField(_("days free at the start"), default=0)

    class Meta:
        db_table = '"public"."registry_listprice"'
        verbose_name = _("list price")
        verbose_name_plural = _("list prices")
        ordering = ("module", "inhabitants_from")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("module", "inhabitants_from"), name="listprice_once_a_band"),
            models.CheckConstraint(name="listprice_is_not_negative", condition=models.Q(yearly_price__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.module} ≥ {self.inhabitants_from}: {self.yearly_price} EUR"


class UsageEvent(models.Model):
    """One metered use, written by a town, read by the centre for the invoice. Holds no personal data."""

    schema_name = models.CharField(max_length=63)
    meter = models.CharField(_("meter"), max_length=60)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    happened_at = models.DateTimeField(_("when"), default=timezone.now)
    idempotency_key = models.CharField(max_length=120)

    class Meta:
        db_table = '"public"."registry_usageevent"'
        verbose_name = _("metered use")
        verbose_name_plural = _("metered uses")
        ordering = ("-happened_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("schema_name", "meter", "idempotency_key"), name="usageevent_counted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schema_name}: {self.meter} {self.quantity}"


class Figure(models.Model):
    """How many of something a town has now, without who or what: kept by triggers in the town's own transactions.

    Declared figures are counts. `people.last_sign_in` is the moment (Unix seconds) when somebody of the staff was last
    here; it is no declared figure and is not counted again.

    The centre reads these instead of the towns' schemas; each night they are counted again.
    """

    schema_name = models.CharField(max_length=63)
    code = models.CharField(max_length=60)
    value = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = '"public"."registry_figure"'
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("schema_name", "code"), name="figure_once_a_town"),
        ]
        indexes: ClassVar = [models.Index(fields=("code",), include=("value",), name="figure_by_code")]

    def __str__(self) -> str:
        return f"{self.schema_name}: {self.code} {self.value}"


class SpareSchema(models.Model):
    """A prepared, empty town schema waiting for a name. The row and the schema come and go together."""

    schema_name = models.CharField(max_length=63, unique=True)
    version = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = '"public"."registry_spareschema"'
        verbose_name = _("spare schema")
        verbose_name_plural = _("spare schemas")
        ordering = ("made_at",)

    def __str__(self) -> str:
        return str(self.schema_name)
