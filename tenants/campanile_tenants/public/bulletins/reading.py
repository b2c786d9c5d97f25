"""Reading bulletins in their three shapes: a row a zone, a row a municipality, and the index of the repository."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from html import unescape
from zoneinfo import ZoneInfo

from campanile_tenants.public.bulletins.errors import NotABulletin
from campanile_tenants.public.bulletins.models import Colour, Risk

ROME = ZoneInfo("Europe/Rome")
_COLOURS = {
    "NESSUNA ALLERTA": Colour.GREEN, "ALLERTA VERDE": Colour.GREEN, "ALLERTA GIALLA": Colour.YELLOW,
    "ALLERTA ARANCIONE": Colour.ORANGE, "ALLERTA ROSSA": Colour.RED,
}  # fmt: skip
_COLUMNS = {
    Risk.HYDROGEOLOGICAL: "avviso_idrogeologico",
    Risk.STORMS: "avviso_temporali",
    Risk.HYDRAULIC: "avviso_idraulico",
}
_WHEN = ("data_pubblicazione", "data_validita_inizio", "data_validita_fine", "zona_codice", "avviso_criticita")
_NAME = re.compile(r"Bollettino del (\d{1,2}) (\w+) (\d{4}) ore (\d{1,2}):(\d{2})")
_MONTHS = ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
           "novembre", "dicembre")  # fmt: skip
_PART = re.compile(r"<b>([^<]*?CRITICITA' PER RISCHIO[^<]*?)</b>(.*?)(?=<b>[^<]*CRITICITA' PER RISCHIO|$)", re.S)
_RISKS = {"IDROGEOLOGICO": Risk.HYDROGEOLOGICAL, "TEMPORALI": Risk.STORMS, "IDRAULICO": Risk.HYDRAULIC}
MOST_ROWS = 20_000


@dataclass
class Colours:
    """What is said of one zone on one day."""

    zone: str
    day: date
    valid_from: datetime
    valid_to: datetime
    risks: dict[Risk, Colour] = field(default_factory=dict)

    @property
    def overall(self) -> Colour:
        """The worst of the risks."""
        return max(self.risks.values(), default=Colour.GREEN)


@dataclass
class Bulletin:
    """One published bulletin. `places`: ISTAT code -> zone, from files with a row a municipality.

    `only_raised`: the source names only zones above green, so that all others are green.
    """

    published_at: datetime
    colours: dict[tuple[str, date], Colours] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    only_raised: bool = False
    days: dict[date, tuple[datetime, datetime]] = field(default_factory=dict)


def read(content: bytes) -> list[Bulletin]:
    """The bulletins in a file. Raises NotABulletin with what is wrong, and where."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotABulletin(reason="not UTF-8") from error
    return [_index(text)] if text.lstrip().startswith("{") else list(_table(text))


def _table(text: str) -> Iterator[Bulletin]:
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in (*_WHEN, *_COLUMNS.values()) if name not in (reader.fieldnames or ())]
    if missing:
        raise NotABulletin(reason=f"no column {missing[0]}")
    found: dict[datetime, Bulletin] = {}
    for number, row in enumerate(reader, start=2):
        if number > MOST_ROWS:
            raise NotABulletin(reason=f"more than {MOST_ROWS} rows")
        try:
            published = _moment(row["data_pubblicazione"])
            bulletin = found.setdefault(published, Bulletin(published))
            _row(bulletin, row)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotABulletin(reason=f"row {number}: {error}") from error
    if not found:
        raise NotABulletin(reason="no rows")
    yield from found.values()


def _row(bulletin: Bulletin, row: Mapping[str, str]) -> None:
    start, end = _moment(row["data_validita_inizio"]), _moment(row["data_validita_fine"])
    day, zone = end.astimezone(ROME).date(), row["zona_codice"].strip()
    said = Colours(zone, day, start, end, {risk: _colour(row[column]) for risk, column in _COLUMNS.items()})
    if said.overall != _colour(row["avviso_criticita"]):
        raise ValueError(f"{zone}: the worst of the risks is not what the row says")
    before = bulletin.colours.get((zone, day))
    if before is not None and before.risks != said.risks:
        raise ValueError(f"{zone}: two rows disagree")
    bulletin.colours[zone, day] = said
    bulletin.days[day] = (start, end)
    if code := row.get("pro_com_t", "").strip():
        if not re.fullmatch(r"\d{6}", code):
            raise ValueError(f"“{code}” is no ISTAT code of six digits")
        bulletin.places[code] = zone


def _index(text: str) -> Bulletin:
    """The index of the official repository: words for people, of which only zones above green are named."""
    try:
        data = json.loads(text)
        published = _published(str(data["name"]))
        parts = [(published.date(), data["today"]), (published.date() + timedelta(days=1), data["tomorrow"])]
        bulletin = Bulletin(published, only_raised=True)
        for day, part in parts:
            start = published if day == published.date() else datetime.combine(day, time(), ROME)
            bulletin.days[day] = (start, datetime.combine(day, time(23, 59, 59), ROME))
            for zone, risk, colour in _raised(str(part["html_descrition"])):  # their spelling
                said = bulletin.colours.setdefault((zone, day), Colours(zone, day, *bulletin.days[day]))
                said.risks[risk] = max(said.risks.get(risk, Colour.GREEN), colour)
    except (ValueError, KeyError, TypeError) as error:
        raise NotABulletin(reason=f"index: {error}") from error
    return bulletin


def _raised(html: str) -> Iterator[tuple[str, Risk, Colour]]:
    for heading, body in _PART.findall(html):
        colour = _colour(unescape(heading).strip().rstrip(":"))
        risk = next(risk for word, risk in _RISKS.items() if word in heading)
        for line in re.split(r"<br\s*/?>", body):
            words = unescape(re.sub(r"<b>[^<]*</b>\s*:?", "", line))
            for zone in re.sub(r"<[^>]+>", "", words).split(","):
                if name := zone.strip(" .:\n"):
                    yield name, risk, colour


def _published(name: str) -> datetime:
    found = _NAME.search(name)
    if found is None or found[2].lower() not in _MONTHS:
        raise ValueError(f"“{name}” says no day")
    month = _MONTHS.index(found[2].lower()) + 1
    return datetime(int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), tzinfo=ROME)


def _colour(text: str) -> Colour:
    """`Moderata per rischio idraulico / ALLERTA ARANCIONE` -> ORANGE."""
    words = text.rpartition("/")[2].strip().upper()
    if words not in _COLOURS:
        raise ValueError(f"“{text}” is no colour")
    return _COLOURS[words]


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.strip())
    if found.tzinfo is None:
        raise ValueError(f"“{text}” has no time zone")
    return found
