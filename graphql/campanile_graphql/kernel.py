"""Root fields that belong to no module: `municipality`, `modules`; at the centre `municipalities`."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene

from campanile_infra.addresses import address
from campanile_tenants.contract.access import ANYONE, Audience, Host, Policy
from campanile_tenants.contract.registry import registry
from campanile_tenants.kit.api import connection_arguments, connection_type, keyset_connection, public_id
from campanile_tenants.public.registry.gate import current_town, is_enabled
from campanile_tenants.public.registry.models import Municipality as MunicipalityRow


class MunicipalityState(graphene.Enum):
    """Where a municipality stands on the platform."""

    PREPARING = "preparing"
    LIVE = "live"
    SUSPENDED = "suspended"


class Municipality(graphene.ObjectType):
    """An Italian municipality on the platform."""

    id = graphene.NonNull(graphene.ID)
    istat_code = graphene.NonNull(graphene.String, description="Six digits, as text.")
    belfiore_code = graphene.NonNull(graphene.String, description="Cadastral code.")
    name = graphene.NonNull(graphene.String)
    full_name = graphene.NonNull(graphene.String, description="As the town calls itself: Comune di ...")
    province_code = graphene.NonNull(graphene.String)
    region = graphene.NonNull(graphene.String)
    population = graphene.NonNull(graphene.Int, description="Inhabitants, 2011 census.")
    state = graphene.NonNull(MunicipalityState)
    url = graphene.String(description="Address of the site.")

    @staticmethod
    def resolve_id(town: Any, info: Any) -> str:
        return public_id("Municipality", town.istat_code)

    @staticmethod
    def resolve_url(town: Any, info: Any) -> str | None:
        host = getattr(town, "host", "") or next((domain.domain for domain in town.domains.all()), "")
        return address(host, "/") if host else None


MunicipalityConnection = connection_type(Municipality)


class Module(graphene.ObjectType):
    """A switchable service."""

    code = graphene.NonNull(graphene.String)
    name = graphene.NonNull(graphene.String)
    summary = graphene.NonNull(graphene.String)
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


class Query(graphene.ObjectType):
    """Root fields for reading."""

    policies: ClassVar = {
        "municipality": ANYONE,
        "modules": ANYONE,
        "municipalities": Policy(Audience.OPERATOR, host=Host.CENTRE, permission="centre.view_towns"),
    }
    municipality = graphene.NonNull(Municipality, description="The town at this host.")
    modules = graphene.NonNull(
        graphene.List(graphene.NonNull(Module)), description="Every installed module, and whether it is on here."
    )
    municipalities = graphene.NonNull(
        MunicipalityConnection, description="Every town of the centre, by name.", **connection_arguments()
    )

    @staticmethod
    def resolve_municipality(root: Any, info: Any) -> Any:
        return current_town()

    @staticmethod
    def resolve_modules(root: Any, info: Any) -> list[Any]:
        return list(registry)

    @staticmethod
    def resolve_municipalities(root: Any, info: Any, first: int, after: str | None = None) -> dict[str, Any]:
        towns = MunicipalityRow.objects.defer("boundary").prefetch_related("domains")
        return keyset_connection(
            towns, list_name="municipalities", keys=("name", "istat_code"), first=first, after=after
        )
