"""What happened in the province lately, and when each town's staff was last here: from public tables only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from campanile_platform.onboarding.models import Job
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.models import Activation, Figure

LAST_SIGN_IN = "people.last_sign_in"
MOST = 12


@dataclass(frozen=True)
class Event:
    """Something that happened to a town."""

    when: datetime
    town: str
    what: str


def latest() -> list[Event]:
    """Towns taken in, modules switched on and off, the latest first. 3 queries."""
    found = [
        Event(job.finished_at, job.name, _("taken in"))
        for job in Job.objects.filter(state="done", finished_at__isnull=False).order_by("-finished_at")[:MOST]
        if job.finished_at
    ]
    rows = Activation.objects.select_related("municipality").defer("municipality__boundary")
    found += [
        Event(row.started_at, row.municipality.name, _("%(module)s on") % {"module": _name(row.module)})
        for row in rows.order_by("-started_at")[:MOST]
    ]
    found += [
        Event(row.ended_at, row.municipality.name, _("%(module)s off") % {"module": _name(row.module)})
        for row in rows.filter(ended_at__isnull=False).order_by("-ended_at")[:MOST]
        if row.ended_at
    ]
    return sorted(found, key=lambda event: event.when, reverse=True)[:MOST]


def last_sign_ins() -> dict[str, datetime]:
    """When somebody of each town's staff signed in last, by schema. 1 query."""
    rows = Figure.objects.filter(code=LAST_SIGN_IN).values_list("schema_name", "value")
    return {schema: datetime.fromtimestamp(value, UTC) for schema, value in rows}


def _name(code: str) -> str:
    module = registry.find(code)
    return str(module.verbose_name) if module else code
