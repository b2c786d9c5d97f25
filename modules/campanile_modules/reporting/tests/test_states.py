"""The table of states: every move that it allows is made, every other one is refused by code and database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.towns import Town, inside, user

from campanile_modules.reporting.errors import DayMissing, IllegalMove, ReasonMissing, TextMissing, WhomMissing
from campanile_modules.reporting.models import Report, ReportEvent
from campanile_modules.reporting.services import moves
from campanile_modules.reporting.states import ALLOWED_MOVES, CLOSED, OPEN, STATES_OF, WORD_OF, State, Word
from campanile_modules.reporting.tests.making import in_state, move, report

pytestmark = pytest.mark.django_db


def test_every_state_has_a_word_and_the_words_are_four() -> None:
    assert set(WORD_OF) == set(State)
    assert len(Word) == 4
    assert {state for states in STATES_OF.values() for state in states} == set(State)
    assert set(OPEN) | set(CLOSED) == set(State)
    assert not set(OPEN) & set(CLOSED)


def test_from_every_state_but_the_end_there_is_a_way_to_an_end() -> None:
    reached = {State.SUBMITTED, State.PENDING_EMAIL}
    while more := {to for state in reached for to in ALLOWED_MOVES[state]} - reached:
        reached |= more
    assert reached == set(State), "each state can be reached"
    for state in OPEN:
        seen, edge = {state}, {state}
        while edge:
            edge = {to for one in edge for to in ALLOWED_MOVES[one]} - seen
            seen |= edge
        assert seen & set(CLOSED), f"{state} has no end"


@pytest.mark.parametrize("before", list(State))
def test_only_the_moves_of_the_table_are_made(lecco: Town, before: State) -> None:
    with inside(lecco):
        by = user("sindaco")
        for after in State:
            with transaction.atomic():
                one = in_state(before, by)
                count = ReportEvent.objects.filter(report=one).count()
                if after in ALLOWED_MOVES[before]:
                    assert move(one, after, by).state == after
                    assert ReportEvent.objects.filter(report=one).count() == count + 1
                else:
                    with pytest.raises(IllegalMove):
                        move(one, after, by)
                    assert Report.objects.get(pk=one.pk).state == before
                    assert ReportEvent.objects.filter(report=one).count() == count
                transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(list(State)), min_size=1, max_size=12))
def test_whatever_is_tried_the_row_stays_whole(lecco: Town, wanted: list[State]) -> None:
    with inside(lecco), transaction.atomic():
        by, one = user("sindaco"), report(title="Buca")
        for to in wanted:
            before = State(one.state)
            try:
                one = move(one, to, by)
            except IllegalMove:
                assert to not in ALLOWED_MOVES[before]
            one = Report.objects.get(pk=one.pk)
            assert (one.closed_at is not None) == (one.state in CLOSED)
            assert (one.paused_at is not None) == (one.state in (State.WAITING_CITIZEN, State.PENDING_EMAIL))
            assert (one.promise == Report.Promise.OPEN) == (one.state in OPEN)
        moved = [event.to_state for event in one.events.all() if event.kind == "moved"]
        assert (moved or [State.SUBMITTED])[-1] == one.state, "the story ends where the report stands"
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("verb", "error"),
    [
        (lambda one, by: moves.close(one, by=by, state=State.RESOLVED, text=" "), TextMissing),
        (lambda one, by: moves.close(one, by=by, state=State.CLOSED_NO_ACTION, text="No"), ReasonMissing),
        (lambda one, by: moves.reject(one, by=by, text="No", reason=""), ReasonMissing),
        (lambda one, by: moves.forward(one, by=by, whom=" ", text="x"), WhomMissing),
        (lambda one, by: moves.forward(one, by=by, whom="Provincia", text=""), TextMissing),
        (lambda one, by: moves.ask_citizen(one, by=by, text=""), TextMissing),
        (lambda one, by: moves.assign(one, by=by), WhomMissing),
        (lambda one, by: moves.plan(one, by=by, day=one.created_at.date().replace(year=2020)), DayMissing),
    ],
)
def test_a_move_that_owes_something_is_refused_without_it(lecco: Town, verb: object, error: type[Exception]) -> None:
    with inside(lecco):
        one = report()
        with pytest.raises(error):
            verb(one, user("sindaco"))  # type: ignore[operator]
        assert Report.objects.get(pk=one.pk).state == State.SUBMITTED


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "planned"}, {"state": "duplicate"}, {"state": "forwarded"}, {"state": "rejected", "reason": ""},
        {"state": "resolved"}, {"state": "gone"}, {"latitude": "12.0", "longitude": "9.0"}, {"latitude": "45.0"},
    ],
)  # fmt: skip
def test_the_database_refuses_half_a_state(lecco: Town, wrong: dict[str, str]) -> None:
    with inside(lecco):
        one = report()
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.filter(pk=one.pk).update(**wrong)
