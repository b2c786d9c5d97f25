"""What the module draws above every page of the site, on its home, and on the office's home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from campanile_modules.alerts import querysets
from campanile_modules.alerts.models import Proposal
from campanile_modules.alerts.services.proposals import HAZARDS
from campanile_modules.alerts.states import Colour, State
from campanile_tenants.kit import bulletins, outreach


@dataclass(frozen=True)
class ColourDay:
    """Today or tomorrow: the worst colour, and each risk with what it was in the issue before (None: the same)."""

    day: date
    colour: Colour
    risks: list[tuple[str, Colour, Colour | None]]
    zone: str
    published_at: Any

    @property
    def is_today(self) -> bool:
        """Whether it is today (Europe/Rome)."""
        return self.day == timezone.localdate()


def colour_days() -> list[ColourDay]:
    """Today and tomorrow as the latest bulletin says; empty where there is none. 3 queries."""
    return [
        ColourDay(
            day.day, Colour(int(day.overall)),
            [(str(HAZARDS[risk].label), Colour(int(value)),
              Colour(int(day.before[risk])) if risk in day.changed else None)
             for risk, value in day.risks.items()],
            str(day.zone), day.published_at,
        )
        for day in bulletins.colours()
    ]  # fmt: skip


def banner(request: HttpRequest) -> dict[str, Any] | None:
    """The alerts that hold, above every page; nothing when there are none. 1 query."""
    live = list(querysets.in_force()[:3])
    return {"live": live} if live else None


def home(request: HttpRequest) -> dict[str, Any] | None:
    """The colours of today and tomorrow; nothing where no bulletin speaks of the town. 3 queries."""
    days = colour_days()
    return {"days": days} if days else None


def today(request: HttpRequest) -> dict[str, Any] | None:
    """What waits for this person: proposals, alerts to approve, alerts in force, calls for help. 4 queries."""
    user: Any = request.user
    if not user.has_permission("alerts.view_alerts"):
        return None
    open_ones = Proposal.objects.filter(state=Proposal.State.OPEN, expires_at__gt=timezone.now())
    waiting = list(querysets.in_hand().filter(state=State.SUBMITTED))
    return {
        "proposals": list(open_ones[:3]), "waiting": waiting, "live": list(querysets.in_force()[:3]),
        "helps": outreach.waiting(), "user": user,
    }  # fmt: skip
