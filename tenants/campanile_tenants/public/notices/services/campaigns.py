"""The centre proposes one warning to many towns; each town answers for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_infra.database import scope
from campanile_infra.database.scope import in_schema
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.notices.models import Campaign, Invitation
from campanile_tenants.public.registry.events import publish
from campanile_tenants.public.registry.models import Municipality


class NoTowns(CampanileError):
    """A campaign to nobody."""

    code = "CAMPAIGN_NO_TOWNS"
    message = _("Choose at least one town in which the module is on.")


class CampaignOver(CampanileError):
    """It ends before it begins."""

    code = "CAMPAIGN_OVER"
    message = _("The end lies in the past. Write a later day and hour.")


def propose(
    *, title: str, hazard: str, colour: int, content: Mapping[str, Any], expires_at: datetime, by: str,
    towns: Sequence[str],
) -> Campaign:  # fmt: skip
    """Writes the campaign and an invitation for each town (schema names). Raises NoTowns, CampaignOver.

    The towns hear of it through `tell_all`; one that was away hears of it at the next.
    """
    if not towns:
        raise NoTowns(field="towns")
    if expires_at <= timezone.now():
        raise CampaignOver(field="expires_at")
    with transaction.atomic():
        campaign = Campaign.objects.create(
            title=title, hazard=hazard, colour=colour, content=dict(content), expires_at=expires_at, made_by=by
        )
        known = Municipality.objects.filter(schema_name__in=towns, state=Municipality.State.LIVE)
        Invitation.objects.bulk_create(
            [Invitation(campaign=campaign, schema_name=name) for name in known.values_list("schema_name", flat=True)]
        )
    return campaign


def tell_all(campaign: Campaign) -> int:
    """Tells every town that has not answered, on its bus; returns how many were told."""
    waiting = campaign.invitations.filter(state=Invitation.State.WAITING).values_list("schema_name", flat=True)
    told = 0
    for schema in list(waiting):
        with in_schema(schema), transaction.atomic():
            publish("centre.campaign_proposed", campaign=str(campaign.pk))
        told += 1
    return told


def close(campaign: Campaign) -> None:
    """Nothing more is asked of the towns that have not answered."""
    Campaign.objects.filter(pk=campaign.pk, closed_at__isnull=True).update(closed_at=timezone.now())


def invited() -> list[Invitation]:
    """What the centre proposes to the current town and waits for. 1 query."""
    now = timezone.now()
    mine = Invitation.objects.filter(schema_name=scope.current().schema, state=Invitation.State.WAITING)
    return list(
        mine.filter(campaign__closed_at__isnull=True, campaign__expires_at__gt=now).select_related("campaign")
    )  # fmt: skip


def answer(campaign: UUID, state: str) -> None:
    """What the current town did with it. 1 query."""
    mine = Invitation.objects.filter(campaign_id=campaign, schema_name=scope.current().schema)
    mine.update(state=state, answered_at=timezone.now())
