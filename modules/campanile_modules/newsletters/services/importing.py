"""Readers from a file of another program: looked at whole, with its columns named, before anything is written.

Known are the exports of listmonk and MailChimp; any other CSV is read by the columns that somebody names. Nobody is
written down without proof that she agreed: a row has it, the whole file has it, or she is asked by mail.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from disposable_email_domains import blocklist
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campanile_modules.newsletters.errors import FileRefused, NoEvidence, NothingChosen
from campanile_modules.newsletters.models import Subscriber, Subscription, Topic
from campanile_modules.newsletters.services.subscribing import PURPOSE, VERSION, WORDS
from campanile_tenants.kit import audit, consent, outreach

MOST_ROWS, MOST_BYTES = 100_000, 20_000_000
_State = Subscription.State
_Any = TypeVar("_Any")
FIELDS = {
    "email": gettext_lazy("Address"), "agreed": gettext_lazy("How she agreed"),
    "agreed_at": gettext_lazy("When she agreed"), "state": gettext_lazy("Whether she still gets it"),
    "topics": gettext_lazy("Which newsletters"), "language": gettext_lazy("Language"),
}  # fmt: skip
_GUESSES = {
    "email": ("email", "e-mail", "email address", "indirizzo email", "indirizzo e-mail", "mail", "posta elettronica"),
    "agreed": ("consenso", "consent", "prova del consenso", "optin source", "source"),
    "agreed_at": ("confirm_time", "optin_time", "data consenso", "data del consenso", "created_at", "consent date"),
    "state": ("status", "stato", "state"),
    "topics": ("lists", "liste", "newsletter", "argomenti", "tags", "topics"),
    "language": ("language", "lingua", "lang"),
}  # fmt: skip
_ENDED = {"unsubscribed", "cleaned", "blocklisted", "disabled", "disiscritto", "cancellato", "bounced", "complained",
          "unconfirmed", "pending", "no", "0"}  # fmt: skip
_LEFT = {
    "wrong": gettext_lazy("this is no e-mail address"), "disposable": gettext_lazy("an address for ten minutes"),
    "twice": gettext_lazy("stands in the file twice"), "known": gettext_lazy("gets it already"),
    "ended": gettext_lazy("ended it, there or here"), "dead": gettext_lazy("the address is dead, or complained"),
    "proof": gettext_lazy("without proof that she agreed"),
}  # fmt: skip


@dataclass(frozen=True)
class Mapped:
    """Which column holds what: field -> column; and of which program the file is."""

    columns: Mapping[str, str]
    program: str = ""


@dataclass(frozen=True)
class Choice:
    """What whoever imports decided. `agreed`: how all of them agreed, for rows without words of their own; `ask`:
    write to those without proof, and count them once they confirm.
    """

    topics: Sequence[str]
    columns: Mapping[str, str]
    agreed: str = ""
    ask: bool = False


@dataclass(frozen=True)
class Row:
    """A reader of the file. `words` empty: she is asked."""

    email: str
    words: str
    agreed_at: datetime | None
    topics: tuple[str, ...]
    language: str


@dataclass
class Preview:
    """What would happen: `good` are written down at once, `asked` get a mail; `left`: (row, why) of the others."""

    header: list[str]
    mapped: Mapped
    rows: int = 0
    good: list[Row] = field(default_factory=list)
    asked: list[Row] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)
    samples: list[list[str]] = field(default_factory=list)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why rows are left out, with how many."""
        return Counter(str(_LEFT[why]) for _number, why in self.left).most_common()

    @property
    def wrong_rows(self) -> list[int]:
        """Numbers of the first rows with an address that cannot be (the first below the header is 2)."""
        return [number for number, why in self.left if why == "wrong"][:20]


def header_of(text: str) -> list[str]:
    """The names of a file's columns; none when it is no CSV."""
    try:
        return _read(text)[0]
    except FileRefused:
        return []


def guess(header: Sequence[str]) -> Mapped:
    """Which column is what, from their names."""
    small = {name.strip().lower(): name for name in header}
    found: dict[str, str] = {}
    for name, guesses in _GUESSES.items():
        known = next((small[one] for one in guesses if one in small), None)
        if known:
            found[name] = known
    if "email address" in small and "optin_time" in small:
        return Mapped(found, "MailChimp")
    return Mapped(found, "listmonk" if {"email", "name", "attributes"} <= set(small) else "")


def look(text: str, choice: Choice) -> Preview:
    """What the file would bring. Nothing is written. Raises FileRefused, NothingChosen.

    4 queries for every 2,000 rows.
    """
    header, rows = _read(text)
    mapped = guess(header)
    columns = {name: column for name, column in {**mapped.columns, **choice.columns}.items() if column in header}
    found = Preview(header, Mapped(columns, mapped.program))
    if "email" not in columns:
        raise FileRefused(why=_("no column with addresses was found: say which one it is."), field="column_email")
    offered = {topic.code: topic for topic in Topic.objects.filter(is_active=True)}
    wanted = tuple(code for code in choice.topics if code in offered)
    if not wanted:
        raise NothingChosen(field="topics")
    seen: set[str] = set()
    for batch in _batches(rows, 2_000):
        standing = _standing([row.get(columns["email"], "").strip().lower() for _number, row in batch])
        for number, row in batch:
            found.rows += 1
            if len(found.samples) < 5:
                found.samples.append([row.get(name, "")[:60] for name in header])
            _sort(found, number, _of(row, columns, mapped.program, wanted, offered), row, choice, standing, seen)
    return found


def take_in(text: str, choice: Choice) -> Preview:
    """Writes down what `look` shows. Raises NoEvidence when nobody may be written down without more said."""
    found = look(text, choice)
    if not found.good and not found.asked and any(why == "proof" for _number, why in found.left):
        raise NoEvidence(field="agreed")
    topics = {topic.code: topic.pk for topic in Topic.objects.all()}
    with transaction.atomic():
        for batch in _batches(iter(found.good), 2_000):
            _write(batch, topics, _State.CONFIRMED)
            consent.give_consents(
                PURPOSE, [(row.email, row.words, row.agreed_at) for row in batch], version=VERSION, language="it",
                channel="import",
            )  # fmt: skip
        for batch in _batches(iter(found.asked), 2_000):
            _write(batch, topics, _State.REQUESTED)
        audit.record("newsletters.imported", ("readers", "import"), number=len(found.good), asked=len(found.asked),
                     left=len(found.left))  # fmt: skip
    return found


def _sort(
    found: Preview, number: int, row: Row, raw: Mapping[str, str], choice: Choice,
    standing: Mapping[str, Mapping[str, str]], seen: set[str],
) -> None:  # fmt: skip
    known = standing.get(row.email, {})
    why = ""
    if not _is_address(row.email):
        why = "wrong"
    elif row.email.rpartition("@")[2] in blocklist:
        why = "disposable"
    elif row.email in seen:
        why = "twice"
    elif known.get("", "") in ("dead_address", "gone", "complaint"):
        why = "dead"
    elif _ended(raw, found.mapped) or known.get("") == "opt_out":
        why = "ended"
    left = tuple(code for code in row.topics if code not in known)
    if not why and not left:
        why = "known" if any(known.get(code) == "confirmed" for code in row.topics) else "ended"
    words = row.words or choice.agreed.strip()
    if not why and not words and not choice.ask:
        why = "proof"
    seen.add(row.email)
    if why:
        found.left.append((number, why))
    else:
        (found.good if words else found.asked).append(Row(row.email, words, row.agreed_at, left, row.language))


def _of(
    row: Mapping[str, str], columns: Mapping[str, str], program: str, wanted: tuple[str, ...],
    offered: Mapping[str, Topic],
) -> Row:  # fmt: skip
    value = {name: row.get(column, "").strip() for name, column in columns.items()}
    named = {part.strip().lower() for part in value.get("topics", "").replace(";", ",").split(",") if part.strip()}
    chosen = tuple(code for code in wanted if code in named or str(offered[code]).lower() in named) or wanted
    words, when = value.get("agreed", "")[:300], _moment(value.get("agreed_at", ""))
    if program == "MailChimp" and not words and row.get("CONFIRM_TIME"):
        asked = row.get("OPTIN_TIME") or "–"
        words = f"MailChimp: iscrizione confermata il {row['CONFIRM_TIME']} (richiesta: {asked})"
    if program == "listmonk" and "agreed" not in columns:
        words = ""  # listmonk's file says when somebody was written down, not that she agreed
    language = value.get("language", "")[:2].lower()
    return Row(value["email"].lower(), words, when, chosen, language if language in ("it", "en", "de", "sl") else "it")


def _standing(emails: Sequence[str]) -> dict[str, dict[str, str]]:
    """Address -> {newsletter: state}, for those that are confirmed or were ended; under "" why nothing is sent."""
    found: dict[str, dict[str, str]] = {}
    mine = Subscription.objects.filter(subscriber__email__in=emails).exclude(
        state__in=(_State.REQUESTED, _State.PENDING)
    )
    for email, code, state in mine.values_list("subscriber__email", "topic__code", "state"):
        found.setdefault(email, {})[code] = state
    gone = outreach.Suppression.objects.filter(channel="email", topic="", address__in=emails)
    for email, reason in gone.values_list("address", "reason"):
        found.setdefault(email, {})[""] = reason
    return found


def _write(batch: Sequence[Row], topics: Mapping[str, int], state: str) -> None:
    now = timezone.now()
    Subscriber.objects.bulk_create(
        [Subscriber(email=row.email, language=row.language) for row in batch], ignore_conflicts=True
    )
    keys = dict(Subscriber.objects.filter(email__in=[row.email for row in batch]).values_list("email", "pk"))
    confirmed = state == _State.CONFIRMED
    rows = [
        Subscription(
            subscriber_id=keys[row.email], topic_id=topics[code], state=state, words=row.words or _(WORDS),
            version=VERSION, channel="import", confirmed_at=(row.agreed_at or now) if confirmed else None,
        )
        for row in batch for code in row.topics
    ]  # fmt: skip
    Subscription.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("subscriber", "topic"),
        update_fields=("state", "words", "version", "channel", "confirmed_at"),
    )  # fmt: skip


def _ended(row: Mapping[str, str], mapped: Mapped) -> bool:
    if row.get("UNSUB_TIME") or row.get("CLEAN_TIME"):  # MailChimp's files of those who left
        return True
    return row.get(mapped.columns.get("state", ""), "").strip().lower() in _ENDED


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.replace(" UTC", "+00:00"))
        if moment is None and (day := parse_date(text[:10])) is not None:
            moment = datetime(day.year, day.month, day.day)
    except ValueError:
        return None
    if moment is None:
        return None
    aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    return min(aware, timezone.now())


def _read(text: str) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    if len(text) > MOST_BYTES:
        raise FileRefused(why=_("it is larger than 20 MB: split it."), field="file")
    first = text.partition("\n")[0]
    mark = max(";\t,", key=lambda one: (first.count(one), one == ","))
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
    header = [name for name in reader.fieldnames or () if name and name.strip()]
    if not header:
        raise FileRefused(why=_("it is empty."), field="file")

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        try:
            for number, row in enumerate(reader, 2):
                if number > MOST_ROWS + 1:
                    raise FileRefused(why=_("it has more than 100,000 rows: split it."), field="file")
                yield number, {name: value or "" for name, value in row.items() if isinstance(name, str)}
        except csv.Error as error:
            raise FileRefused(why=_("it is not CSV (%(why)s).") % {"why": error}, field="file") from error

    return header, rows()


def _batches(rows: Iterator[_Any], size: int) -> Iterator[list[_Any]]:
    while batch := list(islice(rows, size)):
        yield batch
