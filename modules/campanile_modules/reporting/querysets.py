"""Questions about reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Q

from campanile_modules.reporting.states import OPEN, State
from campanile_tenants.kit.permissions import Reach

if TYPE_CHECKING:
    from campanile_modules.reporting.models import Report  # noqa: F401


class ReportQuerySet(models.QuerySet["Report"]):
    """Lists and counts."""

    def within(self, reach: Reach) -> ReportQuerySet:
        """Those of the offices and categories that a permission reaches."""
        return self.filter(reach.q(office="office", category="category__code", module="reporting"))

    def open(self) -> ReportQuerySet:
        """Those that wait for the town."""
        return self.filter(state__in=OPEN)

    def in_state(self, value: str) -> ReportQuerySet:
        """Those in a state; `open` for all that wait; anything else changes nothing."""
        if value == "open":
            return self.open()
        return self.filter(state=value) if value in State.values else self

    def search(self, words: str) -> ReportQuerySet:
        """Those whose code, title or place contains the words."""
        words = words.strip()
        if not words:
            return self
        return self.filter(Q(code__icontains=words) | Q(title__icontains=words) | Q(address__icontains=words))

    def for_lists(self) -> ReportQuerySet:
        """With the category, in one query."""
        return self.select_related("category")

    def counts(self) -> dict[str, Any]:
        """How many in each state. 1 query."""
        wanted = {state.value: Count("pk", filter=Q(state=state)) for state in State}
        return self.aggregate(**wanted)
