"""Emptying a town's lanes: lease a lot, take tokens, commit the intent, speak (no transaction open), write answers."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import timezone

from campanile_infra.channels.base import Accepted, Answer, Envelope, Line, TransportError, lines, transport
from campanile_tenants.public.providers import buckets
from campanile_tenants.town.delivery.models import Lane, Message, Outcome, State
from campanile_tenants.town.delivery.services import accounts, ledger
from campanile_tenants.town.delivery.services.ledger import Due, Lot, Said
from campanile_tenants.town.delivery.services.receiving import match_early, suppress
from campanile_tenants.town.delivery.services.words import Words, words
from campanile_tenants.town.delivery.tickets import ticket

_log = logging.getLogger(__name__)
MOST_ATTEMPTS = {Lane.EMERGENCY: 8, Lane.TRANSACTIONAL: 6, Lane.BULK: 6}
LONGEST_PAUSE = 3_600.0
_ASK_AGAIN = 120.0
"""Seconds after which a lot looks again whether its line is open: an operator may have opened it."""
_PACED = 20
"""How many mails at once are asked for of a domain with a pace: what a group over SMTP holds."""
_SHORT = 5.0
"""An emergency waits this long beside an empty bucket before it goes away and comes again."""


@dataclass
class _Round:
    """What holds for every delivery of a lot."""

    lot: Lot
    message: Message
    account: Mapping[str, Any]
    found: dict[str, Words] = field(default_factory=dict)
    common: dict[str, Any] = field(init=False)
    hooks: str = field(init=False)

    def __post_init__(self) -> None:
        self.hooks = accounts.hooks()
        expires = self.message.expires_at
        self.common = {
            **accounts.options(self.lot.channel),
            "urgent": self.lane == Lane.EMERGENCY,
            "ttl": max(60, int((expires - timezone.now()).total_seconds())) if expires else 86_400,
        }

    @property
    def lines(self) -> tuple[Line, ...]:
        """The ways out: for a drill those with its own credentials, where there are some."""
        return lines(self.lot.channel, drill=self.message.exercise)

    @property
    def lane(self) -> Lane:
        return Lane(self.message.lane)

    def words_in(self, language: str) -> Words:
        if language not in self.found:
            self.found[language] = words(self.message, self.lot.channel, language)
        return self.found[language]


def drain(lane: str, *, seconds: float = 30.0) -> int:
    """Sends what is due in `lane` of the current town, and in the lanes before it; returns how many were taken.

    An emergency also stays while something is due within five seconds (it waits for its tokens); `seconds` at most:
    who wakes it does so again, so that no town keeps the others waiting.
    """
    rank, sent = Lane(lane).rank, 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        lot = ledger.claim(rank)
        if lot is not None:
            sent += _send(lot)
        elif (pause := ledger.next_due(rank)) is not None and pause <= _SHORT and lane == Lane.EMERGENCY:
            time.sleep(max(pause, 0.02))
        else:
            break
    return sent


def _send(lot: Lot) -> int:
    message = Message.objects.get(pk=lot.message)
    turn = _Round(lot, message, accounts.of(lot.channel))
    _recover(turn)
    sent = 0
    while lot.left:
        line, granted, unit, wait = _choose(turn)
        if line is None:
            ledger.give_back(lot, wait)
            return sent
        due = ledger.intend(lot, granted // unit, line.name)
        if due is None:  # not ours any more, or stopped
            ledger.drop(lot)
            return sent
        sent += _hand_over(turn, line, due)
    ledger.end(lot)
    return sent


def _choose(turn: _Round) -> tuple[Line | None, int, int, float]:
    """The first line that takes something now, how many units, a message's units, or in how many seconds to ask again.

    A line that is shut (by the provider, by our breaker) is passed over; one that is merely empty is waited for.
    """
    lot, known = turn.lot, turn.lines
    wait, most = _ASK_AGAIN, len(lot.left)
    if lot.pace in settings.MAIL_PACE:
        grant = buckets.take(_to_domain(lot.pace), lot.channel, wanted=min(most, _PACED), unit=1, emergency=False)
        if not grant.units:
            return None, 0, 1, grant.wait
        most = grant.units
    for line in sorted(known, key=lambda line: line.name != lot.provider):
        way = transport(line)
        unit = max(1, way.units(turn.words_in("it").body))
        wanted = min(most, way.group) * unit
        grant = buckets.take(
            line, lot.channel, wanted=wanted, unit=unit, emergency=turn.lane == Lane.EMERGENCY
        )  # fmt: skip
        if grant.units:
            return line, grant.units, unit, 0.0
        wait = min(wait, grant.wait)
        if not grant.shut:
            break
    if not known:
        _log.error("Channel %s is not set up; %d messages wait.", lot.channel, len(lot.left))
    return None, 0, 1, wait


def _to_domain(domain: str) -> Line:
    """How fast mails to many may arrive at one mail system: a bucket for all towns, as a provider has one."""
    return Line(f"to {domain}"[:80], "", rate=settings.MAIL_PACE[domain], reserve=0.0)


def _hand_over(turn: _Round, line: Line, due: list[Due]) -> int:
    envelopes = [_envelope(turn, one) for one in due]
    answers = transport(line).notify_many(envelopes) if envelopes else []
    said = [_judge(turn, one, answer) for one, answer in zip(due, answers, strict=True)]
    _tell_the_line(line, answers)
    sent = ledger.write(turn.lot, said, provider=_other(turn, line), last=not turn.lot.left)
    _after(turn, line, due, answers)
    return sent


def _envelope(turn: _Round, due: Due) -> Envelope:
    found = turn.words_in(due.language)
    name = ticket(due.id)
    links = {"[[answer]]": f"{turn.hooks}risposta/{name}/", "[[stop]]": f"{turn.hooks}basta/{name}/"}
    options = {**found.options, **turn.common, "in_doubt": due.in_doubt}
    if turn.lot.channel == "email" and turn.message.topic:
        options["headers"] = {**options.get("headers", {}), **_list_headers(turn, links["[[stop]]"])}
    return Envelope(
        reference=name, key=f"{name}.{due.n}",
        sender=turn.message.sender or accounts.sender(turn.lot.channel, turn.account),
        recipient=due.address, subject=found.subject, body=_filled(found.body, links), html=_filled(found.html, links),
        language=due.language, account=turn.account, options=options,
    )  # fmt: skip


def _filled(text: str, links: Mapping[str, str]) -> str:
    """The recipient's own links in place of their marks."""
    if "[[" in text:
        for mark, link in links.items():
            text = text.replace(mark, link)
    return text


def _list_headers(turn: _Round, stop: str) -> dict[str, str]:
    """What a mail client needs to end the subscription in one click (RFC 2369, 2919, 8058)."""
    host = turn.hooks.partition("//")[2].partition("/")[0].partition(":")[0]
    return {
        "List-Id": f"<{turn.message.topic}.{host}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _judge(turn: _Round, due: Due, answer: Answer) -> Said:
    if isinstance(answer, Accepted):
        return Said(
            due.id, due.n, Outcome.ACCEPTED, State.ACCEPTED, reference=answer.reference, units=answer.units,
            cost=answer.cost,
        )  # fmt: skip
    _log.warning("Delivery %d over %s was not taken: %s", due.id, turn.lot.channel, answer)
    detail = str(answer)[:60]
    if answer.in_doubt:
        return _doubtful(turn, due.id, due.n, due.in_doubt, detail)
    if answer.permanent:
        return Said(due.id, due.n, Outcome.REFUSED, State.FAILED_PERMANENT, detail=detail)
    if answer.retry_after is not None or answer.ours:
        pause = max(answer.retry_after or 60.0, 1.0)
        return Said(due.id, due.n, Outcome.LATER, State.RETRY_WAIT, detail=detail, again=_round(turn, pause))
    if due.n >= MOST_ATTEMPTS[turn.lane]:
        return Said(due.id, due.n, Outcome.LATER, State.DEAD, detail=detail)
    first = 2.0 if turn.lane == Lane.EMERGENCY else 15.0
    pause = min(first * 2 ** (due.n - 1), LONGEST_PAUSE)
    return Said(due.id, due.n, Outcome.LATER, State.RETRY_WAIT, detail=detail, again=pause)


def _doubtful(turn: _Round, delivery: int, n: int, doubted: bool, detail: str) -> Said:
    """Emergencies and answers to somebody are sent once more, and marked; what goes to many never is."""
    if turn.lane == Lane.BULK or doubted or turn.message.stopped_at is not None:
        return Said(delivery, n, Outcome.AMBIGUOUS, State.AMBIGUOUS, detail=detail)
    again = 0.0 if turn.lane == Lane.EMERGENCY else 15.0
    return Said(delivery, n, Outcome.AMBIGUOUS, State.RETRY_WAIT, detail=detail, again=again)


def _round(turn: _Round, pause: float) -> float:
    """An emergency with another line does not wait for the one that keeps us away."""
    other = turn.lane == Lane.EMERGENCY and len(turn.lines) > 1
    return 0.0 if other else pause


def _other(turn: _Round, line: Line) -> str:
    """Which line an emergency that failed is to try next."""
    if turn.lane != Lane.EMERGENCY:
        return ""
    names = [one.name for one in turn.lines]
    return names[(names.index(line.name) + 1) % len(names)]


def _tell_the_line(line: Line, answers: list[Answer]) -> None:
    errors = [answer for answer in answers if isinstance(answer, TransportError)]
    stay_away = [error for error in errors if error.retry_after is not None or error.ours]
    if stay_away:
        seconds = max(error.retry_after or 60.0 for error in stay_away)
        buckets.keep_away(line, seconds, str(stay_away[0]))
    elif answers and len([error for error in errors if not error.permanent]) == len(answers):
        buckets.failed(line, str(errors[0]))
    elif len(errors) < len(answers):
        buckets.went_well(line)


def _after(turn: _Round, line: Line, due: list[Due], answers: list[Answer]) -> None:
    """Addresses that are dead are not written to again; receipts that came before the answer find their delivery."""
    for one, answer in zip(due, answers, strict=True):
        if isinstance(answer, TransportError) and answer.dead_address:
            suppress(turn.lot.channel, one.address, reason="gone", detail=str(answer))
    references = [answer.reference for answer in answers if isinstance(answer, Accepted) and answer.reference]
    if references:
        match_early(line.name, references)


def _recover(turn: _Round) -> None:
    """Attempts without an answer of a worker that died: nobody knows whether they left."""
    if turn.lot.position and (open_ones := ledger.left_in_doubt(turn.lot)):
        said = [_doubtful(turn, delivery, n, doubted, "worker lost") for delivery, n, doubted in open_ones]
        ledger.write(turn.lot, said, last=False)
