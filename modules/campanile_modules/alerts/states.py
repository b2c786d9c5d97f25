"""States of a revision and the moves between them: one table; the database's own trigger holds the same."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a revision of an alert stands."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("waits for approval")
    APPROVED = "approved", _("approved")
    RELEASING = "releasing", _("being sent")
    ACTIVE = "active", _("in force")
    UPDATED = "updated", _("updated since")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("over")
    DISCARDED = "discarded", _("never sent")


MOVES: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.APPROVED, State.DISCARDED}),
    State.SUBMITTED: frozenset({State.DRAFT, State.APPROVED, State.DISCARDED}),
    State.APPROVED: frozenset({State.DRAFT, State.RELEASING, State.DISCARDED}),
    State.RELEASING: frozenset({State.ACTIVE, State.UPDATED, State.CANCELLED, State.EXPIRED}),
    State.ACTIVE: frozenset({State.UPDATED, State.CANCELLED, State.EXPIRED}),
    State.UPDATED: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
    State.DISCARDED: frozenset(),
}
"""From draft straight to approved goes only what nobody else has to approve: see Revision.Approval."""
BEFORE = (State.DRAFT, State.SUBMITTED, State.APPROVED)
"""Nothing has left yet."""
LIVE = (State.RELEASING, State.ACTIVE)
SENT = (*LIVE, State.UPDATED, State.CANCELLED, State.EXPIRED)


class Hazard(models.TextChoices):
    """What the alert is about."""

    SNOW = "snow", _("snow")
    ICE = "ice", _("ice")
    HEAT = "heat", _("heat")
    STORM = "storm", _("thunderstorms")
    WIND = "wind", _("strong wind")
    FLOOD = "flood", _("river in flood")
    LANDSLIDE = "landslide", _("landslides and heavy rain")
    ROAD = "road", _("road closed")
    SCHOOL = "school", _("schools closed")
    WATER = "water", _("drinking water")
    FIRE = "fire", _("fire")
    MISSING = "missing", _("missing person")
    OTHER = "other", _("something else")


WEATHER = (Hazard.SNOW, Hazard.ICE, Hazard.HEAT, Hazard.STORM, Hazard.WIND, Hazard.FLOOD, Hazard.LANDSLIDE)


class Colour(models.IntegerChoices):
    """The colour codes of the national alert system; more is worse. Green alerts are plain notices."""

    GREEN = 0, _("green")
    YELLOW = 1, _("yellow")
    ORANGE = 2, _("orange")
    RED = 3, _("red")

    @property
    def word(self) -> str:
        """For class names."""
        return self.name.lower()
