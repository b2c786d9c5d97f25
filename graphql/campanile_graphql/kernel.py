"""Root fields that belong to no module: who and where one is; an app's queries; at the centre `municipalities`."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from django.db.models import OuterRef, QuerySet, Subquery

from campanile_graphql import registering
from campanile_infra.addresses import address
from campanile_tenants.contract.registry import registry
from campanile_tenants.kit.api import (
    ANYONE,
    EVERYWHERE,
    Audience,
    Children,
    Column,
    Connection,
    DateTime,
    GlobalId,
    Host,
    MutationType,
    Node,
    Policy,
    RowType,
)
from campanile_tenants.public.registry import figures
from campanile_tenants.public.registry.gate import current_town, is_enabled
from campanile_tenants.public.registry.models import Activation, Domain, Figure
from campanile_tenants.public.registry.models import Municipality as MunicipalityRow
from campanile_tenants.town.people.admission import assurance_of
from campanile_tenants.town.people.models import User

CENTRE_TOWNS = Policy(Audience.OPERATOR, host=Host.CENTRE, permission="centre.view_towns")


class MunicipalityState(graphene.Enum):
    """Where a municipality stands on the platform."""

    PREPARING = "preparing"
    LIVE = "live"
    SUSPENDED = "suspended"


class ModuleActivation(RowType):
    """A module that is on."""

    module = Column(graphene.NonNull(graphene.String), "module", description="Its code: reporting.")
    started_at = Column(graphene.NonNull(DateTime), "started_at", description="Since when.")

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Those of now; a town sees its own."""
        return Activation.objects.filter(ended_at__isnull=True)


class MunicipalityFigure(RowType):
    """How many of something a town has now. Never personal data."""

    code = Column(graphene.NonNull(graphene.String), "code", description="What: reporting.submitted.")
    value = Column(graphene.NonNull(graphene.Int), "value", description="How many.")
    changed_at = Column(graphene.NonNull(DateTime), "changed_at", description="Since when it is so.")

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Those that a module declares; a town sees its own."""
        return Figure.objects.filter(code__in=figures.declared())


class FigureTotal(graphene.ObjectType):
    """How many of something all towns have together."""

    code = graphene.NonNull(graphene.String, description="What: reporting.submitted.")
    label = graphene.NonNull(graphene.String, description="In words, in the language of the request.")
    value = graphene.NonNull(graphene.Int, description="How many.")


class Municipality(RowType):
    """An Italian municipality on the platform."""

    class Meta:
        interfaces = (Node,)

    id = GlobalId("Municipality", "istat_code")
    istat_code = Column(graphene.NonNull(graphene.String), "istat_code", description="Six digits, as text.")
    belfiore_code = Column(graphene.NonNull(graphene.String), "belfiore_code", description="Cadastral code.")
    name = Column(graphene.NonNull(graphene.String), "name", description="Name alone: Lecco.")
    full_name = Column(
        graphene.NonNull(graphene.String), "name", description="As the town calls itself: Comune di ...",
        make=lambda _context, name: str(MunicipalityRow(name=name).full_name),
    )  # fmt: skip
    province_code = Column(graphene.NonNull(graphene.String), "province_code", description="Two letters: LC.")
    region = Column(graphene.NonNull(graphene.String), "region", description="Name of the region.")
    population = Column(graphene.NonNull(graphene.Int), "population", description="Inhabitants, 2011 census.")
    state = Column(graphene.NonNull(MunicipalityState), "state", description="Whether its pages answer.")
    url = Column(
        graphene.String, "host", description="Address of the site.",
        make=lambda _context, host: address(host, "/") if host else None,
    )  # fmt: skip

    activations = Children(
        ModuleActivation, ModuleActivation.objects, link="municipality_id", keys=("module", "id"),
        description="The modules that are on.",
    )  # fmt: skip
    figures = Children(
        MunicipalityFigure, MunicipalityFigure.objects, link="schema_name", parent="schema_name", keys=("code", "id"),
        description="How many of what the modules count, kept as it changes.",
    )  # fmt: skip

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Every town, with its primary host."""
        primary = Domain.objects.filter(tenant=OuterRef("pk"), is_primary=True).values("domain")[:1]
        return MunicipalityRow.objects.annotate(host=Subquery(primary))


class Module(graphene.ObjectType):
    """A switchable service."""

    code = graphene.NonNull(graphene.String, description="Stable code: reporting.")
    name = graphene.NonNull(graphene.String, description="Name in the language of the request.")
    summary = graphene.NonNull(graphene.String, description="What it does, in one sentence.")
    is_enabled = graphene.NonNull(graphene.Boolean, description="Whether it is on in this town.")

    @staticmethod
    def resolve_name(module: Any, info: Any) -> str:
        return str(module.verbose_name)

    @staticmethod
    def resolve_summary(module: Any, info: Any) -> str:
        return str(module.summary)

    @staticmethod
    def resolve_is_enabled(module: Any, info: Any) -> bool:
        return is_enabled(module.code)


class PersonKind(graphene.Enum):
    """What somebody is to this place."""

    OPERATOR = "operator"
    STAFF = "staff"
    CITIZEN = "citizen"
    MACHINE = "machine"


class AssuranceLevel(graphene.Enum):
    """How sure we are who somebody is (eIDAS)."""

    NONE = 0
    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


class Viewer(graphene.ObjectType):
    """Who asks."""

    name = graphene.NonNull(graphene.String, description="As colleagues see it.")
    kind = graphene.NonNull(PersonKind, description="What she is here.")
    permissions = graphene.NonNull(
        graphene.List(graphene.NonNull(graphene.String)), description="Codes of what she may do, sorted."
    )
    assurance = graphene.NonNull(AssuranceLevel, description="How surely she signed in.")

    @staticmethod
    def resolve_name(user: User, info: Any) -> str:
        return user.full_name or user.email or ""

    @staticmethod
    def resolve_permissions(user: User, info: Any) -> list[str]:
        return sorted(code for code in registry.permissions() if user.has_permission(code))

    @staticmethod
    def resolve_assurance(user: User, info: Any) -> int:
        return int(assurance_of(info.context))


class RegisteredDocument(graphene.ObjectType):
    """A query that may be asked for by its id."""

    document_id = graphene.NonNull(graphene.String, description="`sha256:` and the digest of its text.")
    cost = graphene.NonNull(graphene.Int, description="Points, as far as its variables do not say otherwise.")


class RegisterDocumentsInput(graphene.InputObjectType):
    """Queries of an app."""

    documents = graphene.NonNull(
        graphene.List(graphene.NonNull(graphene.String)),
        description="Texts with one operation each; 50 at most.",
    )


class RegisterDocuments(MutationType):
    """Lets anybody ask for an app's queries by their ids, as long as the app's token lives."""

    Input = RegisterDocumentsInput
    registered = graphene.List(
        graphene.NonNull(RegisteredDocument),
        description="As they were sent; null when userErrors says why not.",
    )

    @classmethod
    def perform(cls, context: Any, *, documents: list[str], **_: Any) -> RegisterDocuments:
        """Reads, prices and keeps them."""
        found = registering.register(context.user, documents)
        return cls(registered=[RegisteredDocument(document_id=number, cost=price) for number, price in found])


nodes = {Municipality: CENTRE_TOWNS}


class Query(graphene.ObjectType):
    """Root fields for reading."""

    policies: ClassVar = {
        "municipality": ANYONE, "modules": ANYONE, "viewer": EVERYWHERE, "municipalities": CENTRE_TOWNS,
        "figure_totals": CENTRE_TOWNS,
    }  # fmt: skip
    municipality = graphene.Field(graphene.NonNull(Municipality), description="The town at this host.")
    modules = graphene.Field(
        graphene.NonNull(graphene.List(graphene.NonNull(Module))),
        description="Every installed module, and whether it is on here.",
    )
    viewer = graphene.Field(Viewer, description="Who asks; null for anonymous.")
    municipalities = Connection(
        Municipality, Municipality.objects, description="Every town of the centre, by name.",
        orders={"NAME": ("name", "istat_code"), "POPULATION": ("population", "istat_code")},
    )  # fmt: skip

    figure_totals = graphene.Field(
        graphene.NonNull(graphene.List(graphene.NonNull(FigureTotal))),
        description="What all towns of the centre have together.",
    )

    @staticmethod
    def resolve_figure_totals(root: Any, info: Any) -> list[FigureTotal]:
        labels = figures.declared()
        return [
            FigureTotal(code=code, label=str(labels[code].label), value=value)
            for code, value in figures.totals().items()
        ]

    @staticmethod
    def resolve_municipality(root: Any, info: Any) -> Any:
        return current_town()

    @staticmethod
    def resolve_modules(root: Any, info: Any) -> list[Any]:
        return list(registry)

    @staticmethod
    def resolve_viewer(root: Any, info: Any) -> User | None:
        return info.context.user if isinstance(info.context.user, User) else None


class Mutation(graphene.ObjectType):
    """Root fields for writing."""

    policies: ClassVar = {
        "register_documents": Policy(Audience.MACHINE, permission="api.register_documents"),
    }  # fmt: skip
    register_documents = RegisterDocuments.Field(description="Registers the queries of an app, with its token.")
