"""Several towns in one question, for operators of the centre who have a grant there: `townsUnderGrant`.

Every root list of every module is a field of each town, found here by itself. A town's fields run in that town, as the
operator whom it let in, under the town's own role; at most twenty towns a request, one after another. What one town
refuses or cannot answer is null with an error at its place, and the others answer all the same.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, ClassVar

import graphene
from django.db import transaction

from campanile_graphql.compose import module_parts
from campanile_graphql.gate import guarded
from campanile_graphql.kernel import Municipality
from campanile_graphql.visits import Visit
from campanile_infra.database.scope import in_schema
from campanile_platform.centre.access_requests import NoGrant
from campanile_platform.centre.models import AccessRequest
from campanile_tenants.contract.access import Audience, Host, Policy
from campanile_tenants.contract.module import ModuleConfig
from campanile_tenants.kit.api import BadCursor, BadPageSize, Connection, DateTime, connection_type
from campanile_tenants.kit.api.lists import shape_of
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import Grant

MOST_TOWNS = 20
UNDER_GRANT = Policy(Audience.OPERATOR, host=Host.CENTRE, permission="centre.ask_access")


def _in_town(policy: Policy, module: ModuleConfig | None, connection: Connection) -> graphene.Field:
    """A root list as a field of a town, behind the same gate; the reading goes on the town's record."""

    def read(root: Any, info: Any, **given: Any) -> Any:
        with transaction.atomic():
            record("grant.read_from_centre", ("field", info.field_name))
            return connection.resolve(root, info, **given)

    behind_the_gate = guarded(policy, module, read)

    def resolve(visit: Visit, info: Any, **given: Any) -> Any:
        if not visit.is_open:
            raise NoGrant
        return behind_the_gate(visit, info, **given)

    words = str(connection.description)
    return graphene.Field(connection_type(connection.row_type), resolver=resolve, description=words, **connection.args)


def _lists() -> dict[str, graphene.Field]:
    found: dict[str, graphene.Field] = {}
    for module, part in module_parts():
        root: Any = getattr(part, "Query", None)
        for name, field in root._meta.fields.items() if root is not None else ():
            policy = root.policies.get(name)
            if isinstance(field, Connection) and isinstance(policy, Policy) and policy.host is not Host.CENTRE:
                found[name] = _in_town(policy, module, field)
    return found


def _until(visit: Visit, info: Any) -> Any:
    return visit.grant.expires_at if visit.grant is not None and visit.is_open else None


TownUnderGrant = type(
    "TownUnderGrant",
    (graphene.ObjectType,),
    {
        "__doc__": "A town that was asked for access, and what it shows under the grant. What it refuses is null.",
        "municipality": graphene.Field(
            graphene.NonNull(Municipality), description="Which town.",
            resolver=lambda visit, info: visit.municipality,
        ),
        "granted_until": graphene.Field(DateTime, description="Null: it has not let us in.", resolver=_until),
        **_lists(),
    },
)  # fmt: skip


class Query(graphene.ObjectType):
    """Root fields for reading in several towns."""

    policies: ClassVar = {"towns_under_grant": UNDER_GRANT}
    towns_under_grant = graphene.Field(
        graphene.NonNull(connection_type(TownUnderGrant)),
        first=graphene.Argument(graphene.Int, description=f"How many from the start, 1 to {MOST_TOWNS}."),
        after=graphene.Argument(graphene.String, description="Only what comes after this cursor."),
        description="The towns that were asked for access, by ISTAT code, with their lists.",
    )  # fmt: skip

    @staticmethod
    def resolve_towns_under_grant(root: Any, info: Any, first: int | None = None, after: str | None = None) -> Any:
        """1 query, 1 for each town, and what its lists cost."""
        if first is None or not 1 <= first <= MOST_TOWNS:
            raise BadPageSize(most=MOST_TOWNS, field="first")
        asked = AccessRequest.objects.filter(operator=info.context.user, closed_at=None)
        found = asked.select_related("municipality").order_by("municipality__istat_code")
        if after is not None:
            found = found.filter(municipality__istat_code__gt=_read(after))
        rows = list(found[: first + 1])
        visits = [Visit(row.municipality, _grant(row), info.context) for row in rows[:first]]
        cursors = [_cursor(visit) for visit in visits]
        return shape_of(visits, cursors, asked.count, has_next=len(rows) > first, has_previous=after is not None)


def _grant(row: AccessRequest) -> Grant | None:
    with in_schema(row.municipality.schema_name):
        return Grant.objects.select_related("operator").filter(pk=row.pk, centre_user=str(row.operator_id)).first()


def _cursor(visit: Visit) -> str:
    return base64.urlsafe_b64encode(f"town/{visit.municipality.istat_code}".encode()).decode()


def _read(cursor: str) -> str:
    try:
        kind, _slash, code = base64.urlsafe_b64decode(cursor.encode()).decode("ascii").partition("/")
    except (ValueError, binascii.Error):
        raise BadCursor(field="after") from None
    if kind != "town" or not code.isdigit():
        raise BadCursor(field="after")
    return code
