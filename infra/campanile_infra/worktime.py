"""Working time: moments counted in the hours in which somebody is there, and in working days.

Hours are of Europe/Rome, whatever the clock does in the two nights of the year: an hour of work is an hour that
passes.
National holidays by the `holidays` library (law 260/1949 and its changes; 4 October again from 2026, law 151/2025).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ROME = ZoneInfo("Europe/Rome")
Span = tuple[time, time]
MOST_DAYS = 1_500
"""A calendar without an open hour in four years is no calendar."""


class NeverOpen(ValueError):
    """The calendar has no working time."""


@dataclass(frozen=True)
class Calendar:
    """`week`: the spans of each weekday, Monday first, in order and apart. `patron_saint`: month and day."""

    week: tuple[tuple[Span, ...], ...]
    national_holidays: bool = True
    patron_saint: tuple[int, int] | None = None
    closures: frozenset[date] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        """Whether somebody is there at all on that day."""
        if not self.week[day.weekday()] or day in self.closures:
            return False
        if self.patron_saint == (day.month, day.day):
            return False
        return not (self.national_holidays and day in _national(day.year))

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working spans of a day as moments in UTC; none on a closed day."""
        if not self.is_working(day):
            return []
        return [(_moment(day, begin), _moment(day, end)) for begin, end in self.week[day.weekday()]]

    def add_hours(self, start: datetime, hours: float) -> datetime:
        """The moment at which so many working hours have passed since `start`. Raises NeverOpen."""
        left = timedelta(hours=hours)
        for begin, end in self._from(start):
            since = max(begin, start)
            if since + left <= end:
                return since + left
            left -= end - since
        raise NeverOpen

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Working hours between two moments; 0 when the second is not later."""
        passed = timedelta()
        if end > start:
            for begin, stop in self._from(start):
                if begin >= end:
                    break
                passed += max(min(stop, end) - max(begin, start), timedelta())
        return passed / timedelta(hours=1)

    def add_days(self, start: datetime, days: int, *, working: bool) -> datetime:
        """The end of the day so many days later (the last working moment of it): the day itself does not count.

        With `working` only working days count, else all; a last day on which nobody works moves to the next working
        one (as with terms of law: art. 2963 of the civil code). Raises NeverOpen.
        """
        day, left = start.astimezone(ROME).date(), days
        for _ in range(MOST_DAYS + days):
            if left <= 0 and self.is_working(day):
                return self.spans(day)[-1][1]
            day += timedelta(days=1)
            if not working or self.is_working(day):
                left -= 1
        raise NeverOpen

    def _from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = start.astimezone(ROME).date()
        for n in range(MOST_DAYS):
            for begin, end in self.spans(day + timedelta(days=n)):
                if end > start:
                    yield begin, end


def calendar(
    week: Sequence[Sequence[Sequence[str]]], *, national_holidays: bool = True, patron_saint: str = "",
    closures: Sequence[date] = (),
) -> Calendar:  # fmt: skip
    """From what a table keeps: seven lists of `["09:00", "12:30"]`, `12-06` (month-day). Raises ValueError."""
    if len(week) != 7:
        raise ValueError("seven days a week")
    spans = tuple(tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in day) for day in week)
    for day in spans:
        edges = [moment for span in day for moment in span]
        if edges != sorted(set(edges)):
            raise ValueError("hours in order and apart")
    saint = None
    if patron_saint:
        month, day_of_month = (int(part) for part in patron_saint.split("-"))
        date(2024, month, day_of_month)
        saint = (month, day_of_month)
    return Calendar(spans, national_holidays, saint, frozenset(closures))


def _moment(day: date, at: time) -> datetime:
    """A wall clock time as a moment. One that the clock skips in spring is the moment an hour later, as clocks
    show.
    """
    return datetime.combine(day, at, ROME).astimezone(UTC)


@lru_cache(maxsize=16)
def _national(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("IT", years=year))
