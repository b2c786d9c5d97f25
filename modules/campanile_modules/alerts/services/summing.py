"""What an alert came to, in numbers that may be published: how many were told, how fast, and for how much."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from campanile_modules.alerts.models import Alert
from campanile_modules.alerts.states import LIVE
from campanile_tenants.kit import outreach

_FEW = 5
"""Fewer people than this on a channel are not told apart in public: they could be known by name."""


def numbers(alert: Alert) -> dict[str, Any]:
    """`{"channels": [{channel, told, failed, half, most, last}], "told", "understood", "help", "cost", "at"}`.

    Seconds from sending to handing over: to half of them, to nine in ten, to the last. Euro. 3 queries.
    """
    rows = outreach.board(alert.about)
    said = outreach.answers(alert.about)
    costs = [row.cost for row in rows if row.cost is not None]
    return {
        "channels": [
            {"channel": row.channel, "told": row.told, "failed": row.failed, "half": row.half, "most": row.most,
             "last": row.last}
            for row in rows
        ],
        "told": sum(row.told for row in rows), "understood": said.get("understood", 0), "help": said.get("help", 0),
        "cost": f"{sum(costs, Decimal(0)):.2f}" if costs else None, "at": timezone.now().isoformat(),
    }  # fmt: skip


def keep(alert: Alert) -> None:
    """Keeps the numbers with the alert: its addresses go after sixty days."""
    Alert.objects.filter(pk=alert.pk).update(summary=numbers(alert))


def public(alert: Alert) -> dict[str, Any] | None:
    """What the public report shows; None before anything was sent, and for drills. 0 or 3 queries."""
    if alert.current_id is None or alert.is_drill:
        return None
    current = alert.current
    assert current is not None
    live = current.state in LIVE and alert.closed_at is None
    found = numbers(alert) if live or not alert.summary else dict(alert.summary)
    found["channels"] = [row for row in found["channels"] if row["told"] >= _FEW]
    return found if found["told"] else None
