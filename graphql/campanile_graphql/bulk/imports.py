"""Importing rows: a hundred a transaction, each in a savepoint; how far it is commits with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from campanile_graphql.acting import Acting
from campanile_graphql.compose import roots, schema
from campanile_graphql.gate import admit
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.kit.api.jobs import ImportMutation, complaints
from campanile_tenants.kit.api.mutations import InputError
from campanile_tenants.town.api import jobs
from campanile_tenants.town.api.errors import UploadRefused
from campanile_tenants.town.api.models import Job

_A_TRANSACTION = 100


def run(job: Job, context: Acting) -> None:
    """Takes the rows that are left. Raises CampanileError when it may not, or the file cannot be read."""
    schema()  # the modules' imports are known once it is composed
    kind = ImportMutation.known[job.what]
    _admit(kind, context)
    if job.total is None:
        jobs.moved(job, total=sum(1 for _row in _rows(job, kind)))
    rows = islice(_rows(job, kind), job.done, None)
    while chunk := list(islice(rows, _A_TRANSACTION)):
        with transaction.atomic():
            refused = sum(not _take(job, kind, context, job.done + n, row) for n, row in enumerate(chunk, 1))
            if not jobs.moved(job, done=job.done + len(chunk), refused=job.refused + refused):
                transaction.set_rollback(True)
                return
    jobs.end(job, Job.State.DONE)


def _admit(kind: type[ImportMutation], context: Acting) -> None:
    for root in roots().values():
        if root.kind == "Mutation" and getattr(root.field, "type", None) is kind:
            admit(root.policy, root.module, context)
            return
    raise AssertionError(f"{kind.__name__} is not in the schema")


def _take(job: Job, kind: type[ImportMutation], context: Acting, number: int, row: dict[str, str]) -> bool:
    """Whether the row was taken; a dry run takes it back."""
    try:
        with transaction.atomic():
            kind.take_row(context, row)
            if job.dry_run:
                transaction.set_rollback(True)
    except (CampanileError, ValidationError, InputError) as error:
        jobs.refuse_row(job, number, complaints(error))
        return False
    return True


def _rows(job: Job, kind: type[ImportMutation]) -> Iterator[dict[str, str]]:
    """The rows of the file, as texts by column. Raises UploadRefused for what cannot be read."""
    with default_storage.open(job.part(0), "rb") as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
        try:
            yield from _of_csv(text, kind) if job.format == Job.Format.CSV else _of_ndjson(text)
        except UnicodeDecodeError as error:
            raise UploadRefused(reason=_("it is not text in UTF-8.")) from error
        except csv.Error as error:
            raise UploadRefused(reason=_("it is not CSV: %(why)s.") % {"why": error}) from error


def _of_csv(text: Any, kind: type[ImportMutation]) -> Iterator[dict[str, str]]:
    sample = text.readline()
    text.seek(0)
    separator = ";" if sample.count(";") > sample.count(",") else ","
    reader = csv.DictReader(text, delimiter=separator, strict=True, restkey="")
    if kind.columns[0] not in (reader.fieldnames or ()):
        wanted = ", ".join(kind.columns)
        raise UploadRefused(reason=_("its first line does not name the columns: %(columns)s.") % {"columns": wanted})
    for row in reader:
        yield {name: (row.get(name) or "").replace("\0", "") for name in kind.columns}


def _of_ndjson(text: Any) -> Iterator[dict[str, str]]:
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            row = None
        if not isinstance(row, dict):
            raise UploadRefused(reason=_("line %(number)s is not a JSON object.") % {"number": number})
        yield {name: "" if value is None else str(value).replace("\0", "") for name, value in row.items()}
