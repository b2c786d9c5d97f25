"""Reports of a former program from CSV: columns, states and kinds are guessed, shown, and changed before they
count.
"""

from __future__ import annotations

import csv
import hashlib
import io
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campanile_modules.reporting.errors import BadImport
from campanile_modules.reporting.models import Category, Report, ReportEvent
from campanile_modules.reporting.states import CLOSED, Reason, State
from campanile_tenants.kit import audit

CHUNK = 1_000
MOST_ROWS = 200_000
FORMER = "former program"
FIELDS = ("id", "state", "created", "closed", "title", "description", "category", "address", "latitude", "longitude")
_COLUMNS = {
    "id": ("id", "codice", "numero", "protocollo"), "state": ("stato", "state", "status"),
    "created": ("creato", "creata", "data", "data creazione", "aperta il", "created"),
    "closed": ("chiusa", "chiuso", "data chiusura", "closed"),
    "title": ("titolo", "oggetto", "descrizionebreve", "title"),
    "description": ("descrizione", "testo", "dettagli", "description"),
    "category": ("categoria", "tipo", "tipologia", "category"),
    "address": ("indirizzo", "via", "luogo", "address"), "latitude": ("lat", "latitudine", "latitude"),
    "longitude": ("lon", "lng", "longitudine", "longitude"),
}  # fmt: skip
STATES = {
    "aperta": State.SUBMITTED, "nuova": State.SUBMITTED, "ricevuta": State.SUBMITTED, "in carico": State.IN_CHARGE,
    "in lavorazione": State.IN_CHARGE, "assegnata": State.ASSIGNED, "chiusa": State.RESOLVED,
    "risolta": State.RESOLVED, "archiviata": State.CLOSED_NO_ACTION, "respinta": State.REJECTED,
    "annullata": State.WITHDRAWN, "eliminata": State.REJECTED,
}  # fmt: skip
Progress = Callable[[int, int], None]
_NOON = time(12)


@dataclass(frozen=True)
class Choice:
    """Which column holds what, which state and category each word means. A category that is missing is made."""

    columns: dict[str, str]
    states: dict[str, str]
    categories: dict[str, str]


@dataclass(frozen=True)
class Preview:
    """What a file holds: its rows, the guess, how often each word comes, what is wrong (`line: why`)."""

    rows: list[dict[str, str]]
    mapping: Choice
    headings: list[str]
    state_words: Counter[str]
    category_words: Counter[str]
    problems: list[tuple[int, str]] = field(default_factory=list)


def preview(text: str, chosen: Choice | None = None) -> Preview:
    """Reads a file and guesses; `chosen` instead of the guess. Nothing is written. Raises BadImport. 1 query."""
    try:
        dialect = csv.Sniffer().sniff(text[:4_000], delimiters=",;\t|")
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), dialect=dialect))
    except csv.Error as error:
        raise BadImport(why=_("it is not a CSV file."), field="file") from error
    if not rows or len(rows) > MOST_ROWS:
        raise BadImport(why=_("it is empty, or too long."), field="file")
    headings = [str(name) for name in rows[0] if name]
    columns = chosen.columns if chosen else _guess_columns(headings)
    if "created" not in columns or "state" not in columns:
        raise BadImport(why=_("no column holds the state, or the day (for example Stato, Creato)."), field="file")
    states = Counter(_value(row, columns, "state") for row in rows)
    kinds = Counter(_value(row, columns, "category") for row in rows)
    mapping = chosen or Choice(
        columns, {word: STATES.get(word.lower(), State.SUBMITTED).value for word in states}, _guess_categories(kinds)
    )
    problems = _problems(rows, mapping)
    return Preview(rows, mapping, headings, states, kinds, problems)


def take_in(shown: Preview, *, source: str = FORMER, progress: Progress = lambda done, of: None) -> tuple[int, int]:
    """Writes the reports, a thousand a statement, all or nothing; those that were taken in before are left alone, by
    their number in the former program, whatever the file is called. `source` tells two former programs apart.

    Nobody is written to. Rows with a problem are left out. Returns how many were written and left out. Raises
    BadImport when every row has a problem.
    """
    mapping, now = shown.mapping, timezone.now()
    wrong = {number for number, _why in shown.problems}
    good = [row for number, row in enumerate(shown.rows, 2) if number not in wrong]
    if not good:
        raise BadImport(why=_("every line has a problem."), field="file")
    written = 0
    with transaction.atomic():
        categories = _categories(shown)
        for begin in range(0, len(good), CHUNK):
            made = [_report(row, mapping, categories, source, now) for row in good[begin : begin + CHUNK]]
            keys = [report.idempotency_key for report in made]
            known = set(
                Report.objects.filter(idempotency_key__in=keys).values_list("idempotency_key", flat=True)
            )  # fmt: skip
            reports = [report for report in made if report.idempotency_key not in known]
            Report.objects.bulk_create(reports)
            ReportEvent.objects.bulk_create([event for report in reports for event in _story(report)])
            written += len(reports)
            progress(min(begin + CHUNK, len(good)), len(good))
        audit.record("reporting.imported", ("import", source[:40]), reports=written)
    return written, len(shown.rows) - written


def _report(
    row: Mapping[str, str], mapping: Choice, categories: Mapping[str, Category], source: str, now: datetime
) -> Report:
    def value(name: str) -> str:
        return _value(row, mapping.columns, name)

    state = State(mapping.states[value("state")])
    created = _moment(value("created")) or now
    closed = (_moment(value("closed")) or created) if state in CLOSED else None
    category = categories[mapping.categories.get(value("category"), "") or "other"]
    number = value("id")
    return Report(
        category=category, office_id=category.office_id, title=(value("title") or str(category))[:100],
        description=value("description")[:2000], address=value("address")[:200], latitude=_degree(value("latitude")),
        longitude=_degree(value("longitude")), channel=Report.Channel.IMPORT, state=state, created_at=created,
        changed_at=closed or created, closed_at=closed, answered_at=closed,
        reason=_reason(state), promise=Report.Promise.NONE if closed else Report.Promise.OPEN,
        idempotency_key=_key(source, number),
    )  # fmt: skip


def _story(report: Report) -> list[ReportEvent]:
    kind = ReportEvent.Kind
    story = [ReportEvent(report=report, kind=kind.RECEIVED, to_state=State.SUBMITTED, happened_at=report.created_at)]
    if report.state != State.SUBMITTED:
        when = report.closed_at or report.created_at
        story.append(ReportEvent(report=report, kind=kind.MOVED, from_state=State.SUBMITTED, to_state=report.state,
                                 happened_at=when))  # fmt: skip
    return story


def _categories(shown: Preview) -> dict[str, Category]:
    """By code; those that the mapping names and the town lacks are made, not offered to citizens."""
    known = {category.code: category for category in Category.objects.all()}
    wanted = {code: word for word, code in shown.mapping.categories.items() if code and code not in known}
    if "other" not in known:
        wanted.setdefault("other", _("Other"))
    made = [
        Category(code=code, name=word[:80] or code, is_active=False, position=900) for code, word in wanted.items()
    ]
    Category.objects.bulk_create(made)
    return known | {category.code: category for category in made}


def _guess_columns(headings: Sequence[str]) -> dict[str, str]:
    plain = {_plain(name): name for name in headings}
    return {
        role: next(plain[name] for name in names if name in plain)
        for role, names in _COLUMNS.items() if any(name in plain for name in names)
    }  # fmt: skip


def _guess_categories(words: Counter[str]) -> dict[str, str]:
    known = list(Category.objects.all())
    by_name = {_plain(category.name): category.code for category in known}
    found = {}
    for word in words:
        plain = _plain(word)
        alike = next((code for name, code in by_name.items() if plain and (plain in name or name in plain)), "")
        found[word] = by_name.get(plain) or alike or (slugify(word)[:40] if word else "other")
    return found


def _problems(rows: Sequence[Mapping[str, str]], mapping: Choice) -> list[tuple[int, str]]:
    """What is wrong, by line; the heading is line 1."""
    found, seen = [], dict[str, int]()
    for line, row in enumerate(rows, 2):
        number = _value(row, mapping.columns, "id")
        if why := _wrong(row, mapping):
            found.append((line, why))
        elif number and seen.setdefault(number, line) != line:
            found.append((line, _("The number %(number)s stands in line %(line)d already.")
                          % {"number": number[:40], "line": seen[number]}))  # fmt: skip
    return found


def _key(source: str, number: str) -> str | None:
    """The same report of the same program has the same key; one without a number has none."""
    return f"import:{hashlib.sha256(f'{source}/{number}'.encode()).hexdigest()[:48]}" if number else None


def _wrong(row: Mapping[str, str], mapping: Choice) -> str:
    created = _value(row, mapping.columns, "created")
    if _moment(created) is None:
        return _("“%(text)s” is no day.") % {"text": created}
    closed = _moment(_value(row, mapping.columns, "closed"))
    if closed is not None and closed < _moment(created):  # type: ignore[operator]
        return _("It is closed before it begins.")
    latitude, longitude = (_degree(_value(row, mapping.columns, name)) for name in ("latitude", "longitude"))
    if (latitude is None) != (longitude is None) or (
        latitude is not None and not (35 <= latitude <= 48 and 6 <= (longitude or 0) <= 19)
    ):
        return _("The point is not in Italy.")
    return ""


def _reason(state: State) -> str:
    if state == State.CLOSED_NO_ACTION:
        return Reason.NOT_FOUND
    return Reason.NOT_A_REPORT if state == State.REJECTED else ""


def _value(row: Mapping[str, str], columns: Mapping[str, str], name: str) -> str:
    return " ".join((row.get(columns.get(name, "")) or "").split())


def _moment(text: str) -> datetime | None:
    """A day at noon, or a moment, Europe/Rome when it says no zone; None: neither."""
    try:
        moment = parse_datetime(text) if len(text) > 10 else None
        day = None if moment else (parse_date(text) or _italian(text))
    except ValueError:
        return None
    if moment is None and day is None:
        return None
    moment = moment or datetime.combine(day, _NOON)  # type: ignore[arg-type]
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _italian(text: str) -> date | None:
    parts = text.replace("-", "/").split("/")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    return date(int(parts[2]), int(parts[1]), int(parts[0]))


def _degree(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ".")).quantize(Decimal("0.000001")) if text else None
    except InvalidOperation:
        return None


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(bare.lower().split())
