"""Working time: split hours, weekends, national holidays, the patron saint, leap days, the two nights of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campanile_infra.worktime import ROME, Calendar, NeverOpen, calendar

OFFICE = [[["09:00", "12:30"], ["14:30", "17:00"]] if day < 5 else [] for day in range(7)]
TOWN = calendar(OFFICE, patron_saint="12-06")
moments = st.datetimes(datetime(2023, 1, 1), datetime(2029, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any calendar in which somebody works on some day of the week."""
    week = []
    for _day in range(7):
        edges = sorted(draw(st.sets(st.integers(0, 95), max_size=6)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        week.append([[f"{a // 4:02d}:{a % 4 * 15:02d}", f"{b // 4:02d}:{b % 4 * 15:02d}"] for a, b in pairs])
    if not any(week):
        week[draw(st.integers(0, 6))] = [["02:00", "03:30"]]  # in spring the clock jumps right into it
    saint = draw(st.sampled_from(["", "12-06", "02-29", "06-24"]))
    return calendar(week, patron_saint=saint, national_holidays=draw(st.booleans()))


@given(calendars(), moments, st.floats(0, 200))
@settings(max_examples=300, deadline=None)
def test_hours_added_are_hours_counted(hours: Calendar, start: datetime, added: float) -> None:
    end = hours.add_hours(start, added)
    assert end >= start
    assert hours.hours_between(start, end) == pytest.approx(added, abs=1e-5)


@given(calendars(), moments, st.floats(0, 60), st.floats(0, 60))
@settings(max_examples=200, deadline=None)
def test_in_two_steps_it_is_the_same(hours: Calendar, start: datetime, one: float, two: float) -> None:
    twice = hours.add_hours(hours.add_hours(start, one), two)
    assert abs(hours.hours_between(start, twice) - (one + two)) < 1e-5


@given(calendars(), moments, moments, moments)
@settings(max_examples=200, deadline=None)
def test_time_between_adds_up(hours: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    first, middle, last = sorted((a, b, c))
    last = min(last, first + timedelta(days=60))
    middle = min(middle, last)
    whole = hours.hours_between(first, last)
    assert whole == pytest.approx(hours.hours_between(first, middle) + hours.hours_between(middle, last), abs=1e-5)
    assert 0 <= whole <= (last - first) / timedelta(hours=1) + 1e-6


@given(calendars(), moments, st.integers(1, 60), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_term_ends_on_a_working_day_and_more_days_never_end_earlier(
    hours: Calendar, start: datetime, days: int, working: bool
) -> None:
    end = hours.add_days(start, days, working=working)
    day = end.astimezone(ROME).date()
    assert hours.is_working(day) or hours.is_working(day - timedelta(days=1)), "the last moment of a working day"
    assert end > start or days == 0
    assert hours.add_days(start, days + 1, working=working) >= end


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-25T10:00", 2, "2026-11-25T12:00"),
        ("2026-11-25T12:00", 1, "2026-11-25T15:00"),  # over lunch
        ("2026-11-25T13:00", 0.5, "2026-11-25T15:00"),
        ("2026-11-27T16:30", 1, "2026-11-30T09:30"),  # over the weekend
        ("2026-12-04T16:00", 2, "2026-12-07T10:00"),  # the saint is a Sunday this year
        ("2024-12-05T16:00", 2, "2024-12-09T10:00"),  # the saint is a Friday
        ("2026-12-07T16:30", 1, "2026-12-09T09:30"),  # Immaculate Conception
        ("2026-04-03T16:30", 1, "2026-04-07T09:30"),  # Easter Monday
        ("2024-02-28T16:30", 7, "2024-03-01T09:30"),  # the leap day counts
        ("2026-10-02T16:30", 1, "2026-10-05T09:30"),  # 4 October is a Sunday
    ],
)
def test_by_hand(start: str, hours: float, end: str) -> None:
    begun, ended = (datetime.fromisoformat(text).replace(tzinfo=ROME) for text in (start, end))
    assert TOWN.add_hours(begun, hours) == ended


@pytest.mark.parametrize(
    ("start", "days", "working", "end"),
    [
        ("2026-11-25", 1, False, "2026-11-26"),
        ("2026-11-25", 3, False, "2026-11-30"),  # the third day is a Saturday: moved to Monday
        ("2026-11-25", 3, True, "2026-11-30"),
        ("2026-12-01", 5, True, "2026-12-09"),
        ("2024-02-28", 1, True, "2024-02-29"),
        ("2024-01-31", 30, False, "2024-03-01"),
        ("2026-12-01", 30, False, "2026-12-31"),
    ],
)
def test_terms_in_days_by_hand(start: str, days: int, working: bool, end: str) -> None:
    begun = datetime.combine(date.fromisoformat(start), datetime.min.time(), ROME).replace(hour=11)
    ended = TOWN.add_days(begun, days, working=working).astimezone(ROME)
    assert (ended.date().isoformat(), f"{ended:%H:%M}") == (end, "17:00")


@pytest.mark.parametrize(("night", "length"), [("2026-03-29", 3.0), ("2026-10-25", 5.0), ("2026-06-14", 4.0)])
def test_a_night_shift_is_as_long_as_the_night(night: str, length: float) -> None:
    watch = calendar([[["00:00", "04:00"]] for _day in range(7)], national_holidays=False)
    begun = datetime.fromisoformat(f"{night}T00:00").replace(tzinfo=ROME)
    ended = datetime.fromisoformat(f"{night}T12:00").replace(tzinfo=ROME)
    assert watch.hours_between(begun, ended) == length
    assert watch.add_hours(begun, length) == datetime.fromisoformat(f"{night}T04:00").replace(tzinfo=ROME)


def test_nobody_ever_there_is_said() -> None:
    never = calendar([[] for _day in range(7)])
    with pytest.raises(NeverOpen):
        never.add_hours(datetime(2026, 1, 1, tzinfo=UTC), 1)
    with pytest.raises(NeverOpen):
        never.add_days(datetime(2026, 1, 1, tzinfo=UTC), 1, working=True)


@pytest.mark.parametrize(
    "week",
    [[[["09:00", "08:00"]]] * 7, [[["09:00", "12:00"], ["11:00", "13:00"]]] * 7, [[]] * 6, [[["nine", "ten"]]] * 7],
)
def test_hours_that_cannot_be_are_refused(week: list[list[list[str]]]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        calendar(week)
