"""The fault list of the delivery engine: workers that die, providers that lie, wake-ups that come too often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campanile_infra.channels.fakes import Order
from campanile_infra.channels.sms.fake import FakeAwsMessaging, error
from campanile_infra.channels.telegram.fake import FakeTelegram, too_many
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.providers import buckets
from campanile_tenants.public.providers.models import Provider
from campanile_tenants.town.delivery.models import (
    Attempt,
    Delivery,
    Fact,
    Lane,
    Message,
    Outcome,
    Receipt,
    State,
    Suppression,
    Work,
)
from campanile_tenants.town.delivery.services import Event, broadcast, drain, freeze, ledger, receive, sending, stop
from campanile_tenants.town.delivery.services.upkeep import fold, standing
from campanile_tenants.town.delivery.tickets import ticket
from tests.delivery.conftest import aws_line, set_lines
from tests.delivery.posting import let_leases_run_out, let_time_pass, many, one, outcomes, states
from tests.towns import Town, inside

pytestmark = pytest.mark.django_db
EMERGENCY, BULK = Lane.EMERGENCY, Lane.BULK
Kind = Receipt.Kind


def test_recipients_are_frozen_once_in_lots_and_a_second_freeze_adds_nobody(lecco: Town) -> None:
    with inside(lecco):
        message = many(1_203, lane=BULK)
        assert sorted(len(items) for items in Work.objects.values_list("items", flat=True)) == [203, 500, 500]
        assert message.frozen_at is not None
        assert many(1_203, lane=BULK).pk == message.pk
        assert Delivery.objects.count() == 1_203


def test_freezing_goes_on_behind_the_last_chunk_after_a_crash(lecco: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from campanile_tenants.town.delivery.services import posting

    monkeypatch.setattr(posting, "CHUNK", 100)
    real, calls = Message.save, []

    def save(self: Message, *args: Any, **options: Any) -> None:
        calls.append(1)
        if len(calls) == 4:  # made by broadcast, then a chunk each
            raise RuntimeError("killed")
        real(self, *args, **options)

    monkeypatch.setattr(Message, "save", save)
    with inside(lecco):
        with pytest.raises(RuntimeError):
            many(350, lane=BULK)
        assert Delivery.objects.count() == 200
        many(350, lane=BULK)
        assert Delivery.objects.count() == Delivery.objects.values("address").distinct().count() == 350


def test_five_wake_ups_for_the_same_lot_send_once(lecco: Town, aws: FakeAwsMessaging) -> None:
    with inside(lecco):
        many(7)
        assert [drain(EMERGENCY) for _ in range(5)] == [7, 0, 0, 0, 0]
        assert states() == {"accepted": 7}
    assert len({one["DestinationPhoneNumber"] for one in aws.taken}) == len(aws.taken) == 7


@pytest.mark.parametrize(("lane", "taken"), [(EMERGENCY, 2), (Lane.TRANSACTIONAL, 2), (BULK, 1)])
def test_a_provider_that_takes_it_and_is_silent_gets_one_request_an_attempt(
    lecco: Town, aws: FakeAwsMessaging, lane: str, taken: int
) -> None:
    """An emergency is sent once more, and marked; a newsletter never."""
    aws.next(Order(hang=1.6))
    with inside(lecco):
        delivery = one(lane=lane)
        drain(lane)
        let_time_pass()
        drain(lane)
        assert len(aws.requests) == len(aws.taken) == taken
        delivery.refresh_from_db()
        assert delivery.in_doubt
        assert delivery.state == (State.AMBIGUOUS if lane == BULK else State.ACCEPTED)
        assert outcomes() == ({"ambiguous": 1} if lane == BULK else {"ambiguous": 1, "accepted": 1})
        assert Attempt.objects.count() == taken
    assert [request["Context"]["key"].rsplit(".", 1)[1] for request in aws.taken] == ["1", "2"][:taken]


def test_doubt_twice_is_not_sent_a_third_time(lecco: Town, aws: FakeAwsMessaging) -> None:
    aws.next(Order(cut=True), Order(cut=True))
    with inside(lecco):
        delivery = one(lane=EMERGENCY)
        drain(EMERGENCY)
        let_time_pass()
        drain(EMERGENCY)
        delivery.refresh_from_db()
    assert (delivery.state, len(aws.taken)) == (State.AMBIGUOUS, 2)


@pytest.mark.parametrize(("lane", "left"), [(EMERGENCY, 3), (BULK, 0)])
def test_a_worker_that_died_between_intent_and_answer_leaves_doubt(
    lecco: Town, aws: FakeAwsMessaging, lane: str, left: int
) -> None:
    with inside(lecco):
        many(5, lane=lane)
        lot = ledger.claim(2)
        assert lot is not None
        due = ledger.intend(lot, 3, "aws-sms")
        assert due is not None
        assert len(due) == 3
        assert drain(lane) == 0, "the lease still holds"
        let_leases_run_out()
        assert drain(lane) == 2 + left
        assert Delivery.objects.filter(in_doubt=True).count() == 3
        assert states() == ({"accepted": 5} if left else {"accepted": 2, "ambiguous": 3})


def test_a_stale_worker_cannot_write_and_cannot_go_on(lecco: Town, aws: FakeAwsMessaging) -> None:
    with inside(lecco):
        many(4, lane=BULK)
        stale = ledger.claim(2)
        assert stale is not None
        due = ledger.intend(stale, 2, "aws-sms")
        assert due is not None
        let_leases_run_out()
        assert drain(BULK) == 2
        late = [ledger.Said(d.id, d.n, Outcome.ACCEPTED, State.ACCEPTED, reference="late") for d in due]
        assert ledger.write(stale, late, last=False) == 0
        assert ledger.intend(stale, 2, "aws-sms") is None
        assert states() == {"accepted": 2, "ambiguous": 2}
        assert not Attempt.objects.filter(reference="late").exists()


def test_429_with_10072_seconds_keeps_everybody_away_as_long(lecco: Town, bot: FakeTelegram) -> None:
    bot.next(too_many(10_072))
    with inside(lecco):
        first = one("a", channel="telegram", to="111")
        drain(Lane.TRANSACTIONAL)
        assert first.tries.get().outcome == Outcome.LATER
        one("b", channel="telegram", to="222")
        drain(Lane.TRANSACTIONAL)
        assert len(bot.requests) == 1, "the second was not even asked"
        waits = [work.due_at - timezone.now() for work in Work.objects.all()]
    with in_schema("public"):
        until = Provider.objects.get(name="telegram").blocked_until
    assert until is not None
    assert timedelta(seconds=10_050) < until - timezone.now() <= timedelta(seconds=10_072)
    assert [wait > timedelta(seconds=10_000) for wait in sorted(waits)] == [False, True]


def test_an_emergency_goes_over_the_second_provider_at_once(lecco: Town, settings: Any) -> None:
    with FakeAwsMessaging() as first, FakeAwsMessaging() as second:
        first.always = Order(error("ServiceQuotaExceededException"))
        set_lines(settings, "sms", aws_line(first, "first"), aws_line(second, "second"))
        with inside(lecco):
            many(3)
            assert drain(EMERGENCY) == 3
            assert set(Attempt.objects.filter(outcome="accepted").values_list("provider", flat=True)) == {"second"}
    with in_schema("public"):
        assert "spend cap" in Provider.objects.get(name="first").last_error


def test_wrong_credentials_blame_no_recipient(lecco: Town, aws: FakeAwsMessaging) -> None:
    aws.next(Order(error("UnrecognizedClientException")))
    with inside(lecco):
        delivery = one()
        drain(Lane.TRANSACTIONAL)
        delivery.refresh_from_db()
        assert delivery.state == State.RETRY_WAIT
        buckets.open_again("aws-sms")
        let_time_pass()
        assert drain(Lane.TRANSACTIONAL) == 1


def test_a_breaker_trips_after_five_failures_and_closes_with_the_first_success(
    lecco: Town, aws: FakeAwsMessaging, settings: Any
) -> None:
    set_lines(settings, "sms", aws_line(aws))
    aws.always = Order(error("TooManyParts", status=408))
    line = aws_line(aws)
    with inside(lecco):
        one("first")
        drain(Lane.TRANSACTIONAL)
        for _ in range(buckets.FAILURES_TO_TRIP):
            buckets.failed(line, "away")
        grant = buckets.take(line, "sms", wanted=10, unit=1, emergency=True)
        assert (grant.units, grant.shut) == (0, True)
        with in_schema("public"):
            Provider.objects.filter(name=line.name).update(tripped_until=timezone.now() - timedelta(seconds=1))
        assert buckets.take(line, "sms", wanted=10, unit=1, emergency=True).units == 1, "one on trial"
        buckets.went_well(line)
        assert buckets.take(line, "sms", wanted=10, unit=1, emergency=True).units == 10


def test_a_part_of_each_rate_is_kept_for_emergencies(lecco: Town, aws: FakeAwsMessaging) -> None:
    line = aws_line(aws, rate=10.0)
    with inside(lecco):
        bulk = buckets.take(line, "sms", wanted=100, unit=1, emergency=False)
        assert bulk.units == 12, "60% of a bucket of 20"
        assert buckets.take(line, "sms", wanted=100, unit=1, emergency=False).units == 0
        assert buckets.take(line, "sms", wanted=100, unit=2, emergency=True).units == 8


def test_a_message_larger_than_the_bucket_leaves_when_it_is_full(lecco: Town, aws: FakeAwsMessaging) -> None:
    line = aws_line(aws, rate=0.5)
    with inside(lecco):
        assert buckets.take(line, "sms", wanted=9, unit=3, emergency=False).units == 3
        again = buckets.take(line, "sms", wanted=9, unit=3, emergency=False)
        assert (again.units, again.wait > 4) == (0, True)


def test_a_fault_of_ours_leaves_one_in_doubt_and_the_others_go_on(
    lecco: Town, aws: FakeAwsMessaging, monkeypatch: pytest.MonkeyPatch
) -> None:
    from campanile_infra.channels.sms import aws as module

    real = module.count
    monkeypatch.setattr(module, "count", lambda text: 1 / 0 if "+393331000002" in numbers.pop() else real(text))
    numbers = [f"+39333100000{n}" for n in (3, 2, 1)] * 9
    monkeypatch.setattr(module.AwsSmsTransport, "parallel", 1)
    monkeypatch.setattr(module.AwsSmsTransport, "units", lambda self, body: 1)
    with inside(lecco):
        many(3, lane=BULK)
        drain(BULK)
        assert sorted(states().items()) == [("accepted", 2), ("ambiguous", 1)]


def test_a_long_sms_takes_tokens_for_its_parts(lecco: Town, settings: Any) -> None:
    with FakeAwsMessaging() as fake:
        set_lines(settings, "sms", aws_line(fake, rate=3.0))
        with inside(lecco):
            message = broadcast(key="long", purpose="test", lane=BULK, subject="", body="a" * 200)
            freeze_three(message)
            assert drain(BULK) == 1, "two parts of the 3.6 tokens that bulk may take"
            assert Attempt.objects.get().units == 2


def freeze_three(message: Message) -> None:
    from campanile_tenants.town.delivery.services import Audience

    freeze(message, Audience(
        "SELECT n::bigint AS id, NULL::bigint AS person, 'sms' AS channel, '+3933310000' || n AS address, "
        "'it' AS language, 0 AS step, NULL::timestamptz AS due_at FROM generate_series(1, 3) AS n"
    ))  # fmt: skip


def test_the_stop_button_stops(lecco: Town, aws: FakeAwsMessaging) -> None:
    with inside(lecco):
        message = many(60, lane=BULK)
        lot = ledger.claim(2)
        assert lot is not None
        due = ledger.intend(lot, 10, "aws-sms")
        assert due is not None
        assert stop(message.pk) == 50
        ledger.write(lot, [ledger.Said(d.id, d.n, Outcome.ACCEPTED, State.ACCEPTED) for d in due], last=False)
        assert ledger.intend(lot, 10, "aws-sms") is None
        ledger.drop(lot)
        assert states() == {"accepted": 10, "cancelled": 50}
        assert not Work.objects.exists()
        assert many(60, lane=BULK).pk == message.pk
        assert drain(BULK) == 0


def test_what_is_late_expires(lecco: Town, aws: FakeAwsMessaging) -> None:
    with inside(lecco):
        message = many(3, lane=BULK, expires_at=timezone.now() + timedelta(seconds=60))
        soon = timezone.now() - timedelta(seconds=1)
        Message.objects.filter(pk=message.pk).update(created_at=soon - timedelta(1), expires_at=soon)
        assert drain(BULK) == 0
        assert states() == {"expired": 3}
    assert not aws.requests


def test_an_emergency_overtakes_what_waits_in_bulk(lecco: Town, aws: FakeAwsMessaging) -> None:
    with inside(lecco):
        many(3, lane=BULK, key="news")
        many(2, lane=EMERGENCY, key="flood")
        lot = ledger.claim(BULK.rank)
        assert lot is not None
        assert Message.objects.get(pk=lot.message).lane == EMERGENCY


def test_stop_by_the_recipient_works_at_once_for_what_waits(lecco: Town, aws: FakeAwsMessaging) -> None:
    with inside(lecco):
        first, second = many(1, lane=BULK, key="a"), many(1, lane=BULK, key="b")
        receive([Event("aws-sms", "e", Kind.OPT_OUT, ticket=ticket(first.deliveries.get().pk))])
        assert drain(BULK) == 0
        assert states() == {"suppressed": 2}
        assert states(many(1, lane=BULK, key="c")) == {"suppressed": 1}
        assert Suppression.objects.get().reason == "opt_out"
        assert second.deliveries.get().attempts == 0


def test_a_dead_address_is_not_written_to_again(lecco: Town, bot: FakeTelegram) -> None:
    bot.closed.add("111")
    with inside(lecco):
        delivery = one(channel="telegram", to="111", lane=BULK)
        drain(BULK)
        delivery.refresh_from_db()
        assert delivery.state == State.FAILED_PERMANENT
        assert Suppression.objects.get().reason == "gone"


def test_after_many_tries_it_is_dead_and_says_why(
    lecco: Town, aws: FakeAwsMessaging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "FAILURES_TO_TRIP", 99)
    aws.always = Order(error("Whatever", status=400))
    with inside(lecco):
        delivery = one()
        drain(Lane.TRANSACTIONAL)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.reason) == (State.FAILED_PERMANENT, "Whatever")
        aws.always = None
        monkeypatch.setattr(sending, "transport", lambda line: Away())
        other = one("k2")
        for _ in range(sending.MOST_ATTEMPTS[Lane.TRANSACTIONAL]):
            drain(Lane.TRANSACTIONAL)
            let_time_pass()
        other.refresh_from_db()
        assert (other.state, other.attempts) == (State.DEAD, sending.MOST_ATTEMPTS[Lane.TRANSACTIONAL])


class Away:
    """A provider that nobody reaches."""

    group = 10

    def units(self, body: str) -> int:
        return 1

    def notify_many(self, envelopes: Any) -> list[Any]:
        from campanile_infra.channels.base import TransportError

        return [TransportError("NewConnectionError", permanent=False) for _ in envelopes]


def test_old_deliveries_are_folded_into_facts_of_their_day(lecco: Town, aws: FakeAwsMessaging) -> None:
    with inside(lecco):
        message = many(4, lane=BULK)
        drain(BULK)
        Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(days=61))
        one("young")
        assert fold() == 1
        fact = Fact.objects.get()
        assert (fact.number, fact.units, fact.state, fact.channel) == (4, 4, "accepted", "sms")
        assert str(fact.cost) == "0.16000"
        assert Message.objects.count() == Delivery.objects.count() == 1


def test_the_standing_of_a_message_shows_who_is_being_spoken_to(lecco: Town) -> None:
    with inside(lecco):
        message = many(5, lane=BULK)
        lot = ledger.claim(2)
        assert lot is not None
        ledger.intend(lot, 2, "aws-sms")
        assert standing(message.pk) == {"sms": {"ready": 3, "intent": 2}}
