"""Questions about reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from campanile_modules.reporting.states import OPEN, STATES_OF, State, Word
from campanile_tenants.kit.permissions import Reach

if TYPE_CHECKING:
    from campanile_modules.reporting.models import Report  # noqa: F401


class ReportQuerySet(models.QuerySet["Report"]):
    """Lists and counts."""

    def public(self) -> ReportQuerySet:
        """Those that everybody may know of."""
        return self.filter(is_listed=True)

    def within(self, reach: Reach) -> ReportQuerySet:
        """Those of the offices and categories that a permission reaches."""
        return self.filter(reach.q(office="office", category="category__code", module="reporting"))

    def open(self) -> ReportQuerySet:
        """Those that are not over."""
        return self.filter(state__in=OPEN)

    def overdue(self, at: datetime | None = None) -> ReportQuerySet:
        """Open ones past the day on the receipt, whose clock runs."""
        return self.filter(due_at__lt=at or timezone.now())

    def planned_between(self, first: date, last: date) -> ReportQuerySet:
        """Those whose works are planned in these days."""
        return self.filter(state=State.PLANNED, planned_for__range=(first, last)).order_by("planned_for", "id")

    def in_state(self, value: str) -> ReportQuerySet:
        """Those in a state; `open` for all that are not over, `late` for those that are overdue; anything else changes
        nothing.
        """
        if value == "open":
            return self.open()
        if value == "late":
            return self.overdue()
        return self.filter(state=value) if value in State.values else self

    def in_word(self, value: str) -> ReportQuerySet:
        """Those that citizens read under one of the four words; `open` for all that are not over."""
        if value == "open":
            return self.open()
        return self.filter(state__in=STATES_OF[Word(value)]) if value in Word.values else self

    def search(self, words: str) -> ReportQuerySet:
        """Those whose code, title or place contains the words."""
        words = words.strip()
        if not words:
            return self
        return self.filter(Q(code=words.upper()) | Q(title__icontains=words) | Q(address__icontains=words))

    def for_lists(self) -> ReportQuerySet:
        """With the category, in one query."""
        return self.select_related("category")

    def counts(self) -> dict[str, Any]:
        """How many in each state. 1 query."""
        found = dict(self.order_by().values_list("state").annotate(n=Count("pk")))
        return {state.value: found.get(state.value, 0) for state in State}
