"""What the module hears on the bus."""

from __future__ import annotations

from campanile_modules.alerts import tasks
from campanile_tenants.kit.events import on


@on("bulletins.taken_in")
def _bulletin() -> None:
    tasks.look_at_proposals.wake_on_commit()


@on("centre.campaign_proposed")
def _campaign(campaign: str) -> None:
    tasks.look_at_proposals.wake_on_commit()
