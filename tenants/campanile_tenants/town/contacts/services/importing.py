"""Contacts from a CSV file: looked at whole before anything is written, and every row that is wrong is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.contacts.addresses import normal
from campanile_tenants.town.contacts.errors import ConsentMissing
from campanile_tenants.town.contacts.models import Channel, Contact, Endpoint
from campanile_tenants.town.contacts.services.subscribing import Written, write_down

COLUMNS = (
    "nome",
    "telefono",
    "via",
    "civico",
    "lingua",
    "fragile",
    "note",
    "familiare",
    "telefono_familiare",
    "consenso",
)
NEEDED = ("telefono", "consenso")
MOST_ROWS, MOST_BYTES = 20_000, 4_000_000
MOST_WRONG = 0.1
"""Above this part of wrong rows the file is not taken: a column is probably in the wrong place."""
_YES = {"si", "sì", "s", "1", "x", "yes", "true"}


class FileRefused(CampanileError):
    """The file as a whole cannot be read."""

    code = "CONTACTS_FILE_REFUSED"
    message = gettext_lazy("%(reason)s")


class TooManyWrong(CampanileError):
    """So many rows are wrong that the file itself must be."""

    code = "CONTACTS_TOO_MANY_WRONG"
    message = gettext_lazy(
        "%(wrong)s of %(rows)s rows are wrong, more than one in ten. Look whether the columns are in the right place, "
        "mend the rows that are named, and try again. Nothing was written."
    )


@dataclass(frozen=True)
class Preview:
    """What would happen. `wrong`: row (the first below the header is 2) -> what to do about it."""

    rows: int
    good: list[Written] = field(default_factory=list)
    known: int = 0
    wrong: dict[int, str] = field(default_factory=dict)

    @property
    def is_acceptable(self) -> bool:
        """Whether few enough rows are wrong."""
        return len(self.wrong) <= self.rows * MOST_WRONG


def preview(content: bytes, topics: Sequence[str]) -> Preview:
    """Reads the file and writes nothing. Raises FileRefused."""
    known = set(
        Endpoint.objects.filter(channel=Channel.VOICE, retired_at__isnull=True).values_list("address", flat=True)
    )  # fmt: skip
    found = Preview(rows=0)
    rows, good, already, wrong = 0, found.good, 0, found.wrong
    for number, row in _rows(content):
        rows += 1
        try:
            person = _person(row, topics)
            phone = normal(Channel.VOICE, person.phone)
            if person.relative_phone:
                normal(Channel.VOICE, person.relative_phone)
        except CampanileError as error:
            wrong[number] = str(error)
            continue
        if phone in known:
            already += 1
            continue
        known.add(phone)
        good.append(person)
    return Preview(rows, good, already, wrong)


def take_in(content: bytes, topics: Sequence[str]) -> Preview:
    """Writes the good rows down. Raises FileRefused, TooManyWrong: then nothing was written."""
    found = preview(content, topics)
    if found.wrong and not found.is_acceptable:
        raise TooManyWrong(wrong=len(found.wrong), rows=found.rows)
    with transaction.atomic():
        for person in found.good:
            write_down(person, source=Contact.Source.IMPORT)
    return found


def _rows(content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    if len(content) > MOST_BYTES:
        raise FileRefused(reason=_("The file is larger than four megabytes. Split it."), field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what Excel writes on Windows
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if first.count(";") >= first.count(",") else ",")
    names = [name.strip().lower() for name in reader.fieldnames or ()]
    if missing := [name for name in NEEDED if name not in names]:
        raise FileRefused(
            reason=_("The column “%(name)s” is missing. Columns: %(all)s.")
            % {"name": missing[0], "all": ", ".join(COLUMNS)}, field="file",
        )  # fmt: skip
    reader.fieldnames = names
    for number, row in enumerate(reader, start=2):
        if number > MOST_ROWS + 1:
            raise FileRefused(reason=_("The file has more than 20,000 rows. Split it."), field="file")
        yield number, {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}


def _person(row: Mapping[str, str], topics: Sequence[str]) -> Written:
    if not row.get("consenso"):
        raise ConsentMissing(field="consenso")
    return Written(
        name=row.get("nome", "")[:120], phone=row["telefono"], street=row.get("via", "")[:120],
        house_number=row.get("civico", "")[:12], agreed=row["consenso"], topics=topics,
        language=(row.get("lingua") or "it").lower()[:2], fragile=row.get("fragile", "").lower() in _YES,
        fragile_note=row.get("note", "")[:300], relative_name=row.get("familiare", "")[:120],
        relative_phone=row.get("telefono_familiare", ""),
    )  # fmt: skip
