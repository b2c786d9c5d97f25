"""A province from a CSV file: read and checked whole before anything begins."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from campanile_platform.onboarding.errors import BadCsv

COLUMNS = {
    "istat": "istat_code", "comune": "", "host": "host", "moduli": "modules",
    "amministratore": "administrator_name", "email_amministratore": "administrator_email",
    "email": "contact_email", "pec": "contact_pec", "telefono": "contact_phone", "indirizzo": "address",
}  # fmt: skip
"""Column of the file -> argument of `request_town`; only `istat` is required."""


@dataclass
class Row:
    """One town asked for; `line` counts from 1, the heading included."""

    line: int
    istat_code: str
    modules: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


def read_csv(path: Path) -> list[Row]:
    """The towns of a file in UTF-8, separated by comma or semicolon. Raises BadCsv, which says what to correct."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise BadCsv(file=path, reason=_("there is no such file.")) from None
    except IsADirectoryError:
        raise BadCsv(file=path, reason=_("this is a folder, not a file.")) from None
    except PermissionError:
        raise BadCsv(file=path, reason=_("it may not be read. Check its permissions.")) from None
    except UnicodeDecodeError as error:
        reason = _("it is not in UTF-8 (byte %(n)s). Save it as “CSV UTF-8” and try again.") % {"n": error.start}
        raise BadCsv(file=path, reason=reason) from None
    lines = text.splitlines()
    if not lines or not lines[0].strip():
        raise BadCsv(file=path, reason=_("it is empty. The first line names the columns, “istat” at least."))
    delimiter = ";" if lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.DictReader(lines, delimiter=delimiter)
    headings = [(name or "").strip().lower() for name in reader.fieldnames or []]
    allowed = ", ".join(COLUMNS)
    if unknown := [name for name in headings if name not in COLUMNS]:
        reason = _("unknown column “%(name)s”. Columns: %(allowed)s.") % {"name": unknown[0], "allowed": allowed}
        raise BadCsv(file=path, reason=reason)
    if "istat" not in headings:
        raise BadCsv(file=path, reason=_("the column “istat” is missing. Columns: %(a)s.") % {"a": allowed})
    reader.fieldnames = headings
    return [_row(reader.line_num, record, path) for record in reader]


def _row(line: int, record: dict[str | None, str | None], path: Path) -> Row:
    if None in record:
        raise BadCsv(file=path, reason=_("line %(line)s has more fields than the heading.") % {"line": line})
    values = {str(name): (value or "").strip() for name, value in record.items()}
    modules = [code.strip() for code in values.get("moduli", "").replace("+", " ").split()]
    arguments = {
        argument: values[column]
        for column, argument in COLUMNS.items()
        if argument and argument not in ("istat_code", "modules") and values.get(column)
    }
    return Row(line, values["istat"], modules, arguments)
