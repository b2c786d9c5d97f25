"""Exports and imports that take long, as the API shows them; and the base of a module's import."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from campanile_infra.addresses import address
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.kit.api.lists import Children
from campanile_tenants.kit.api.mutations import InputError, MutationInput, MutationType
from campanile_tenants.kit.api.rows import Column, GlobalId, Node, RowType
from campanile_tenants.kit.api.scalars import DateTime
from campanile_tenants.kit.api.uploads import owner_of, take
from campanile_tenants.kit.api.user_errors import user_errors
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.api import jobs
from campanile_tenants.town.api.models import Job, JobProblem
from campanile_tenants.town.api.tasks import run_jobs
from campanile_tenants.town.audit.services import record

ROWS = "api.rows"


class JobKind(graphene.Enum):
    """Which way rows go."""

    EXPORT = Job.Kind.EXPORT.value
    IMPORT = Job.Kind.IMPORT.value


class JobState(graphene.Enum):
    """Where a job stands."""

    WAITING = Job.State.WAITING.value
    RUNNING = Job.State.RUNNING.value
    DONE = Job.State.DONE.value
    FAILED = Job.State.FAILED.value
    CANCELLED = Job.State.CANCELLED.value


class RowFormat(graphene.Enum):
    """How rows are written."""

    NDJSON = Job.Format.NDJSON.value
    CSV = Job.Format.CSV.value


class ImportProblem(RowType):
    """Why a row of an import was not taken."""

    row = Column(graphene.NonNull(graphene.Int), "row", description="Counted from 1, without the heading.")
    field = Column(graphene.NonNull(graphene.String), "field", description="Column; empty: the whole row.")
    code = Column(graphene.NonNull(graphene.String), "code", description="As in userErrors.")
    message = Column(graphene.NonNull(graphene.String), "message", description="For people.")

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Those of one's own jobs."""
        return JobProblem.objects.filter(job__owner=owner_of(context))


def _file(_context: Any, pk: Any, kind: str, state: str) -> str | None:
    if kind != Job.Kind.EXPORT or state != Job.State.DONE:
        return None
    return address(current_town().host, reverse("api_job_file", args=[pk]))


class BulkJob(RowType):
    """An export or an import on its way. It goes on by itself; look again, or listen with `jobChanged`."""

    class Meta:
        interfaces = (Node,)

    id = GlobalId("BulkJob")
    kind = Column(graphene.NonNull(JobKind), "kind", description="Which way.")
    what = Column(graphene.NonNull(graphene.String), "what", description="The list, or the mutation.")
    state = Column(graphene.NonNull(JobState), "state", description="Where it stands.")
    is_dry_run = Column(graphene.NonNull(graphene.Boolean), "dry_run", description="Whether it only looks.")
    done = Column(graphene.NonNull(graphene.Int), "done", description="Rows so far.")
    total = Column(graphene.Int, "total", description="Rows in all, as counted at the start; null before.")
    refused = Column(graphene.NonNull(graphene.Int), "refused", description="Rows that were not taken.")
    error_code = Column(graphene.NonNull(graphene.String), "error_code", description="Why it failed; else empty.")
    error = Column(graphene.NonNull(graphene.String), "error", description="The same for people.")
    made_at = Column(graphene.NonNull(DateTime), "made_at", description="When it was asked for.")
    finished_at = Column(DateTime, "finished_at", description="When it was over; null before.")
    expires_at = Column(graphene.NonNull(DateTime), "expires_at", description="When it and its file are deleted.")
    url = Column(
        graphene.String, "id", "kind", "state", make=_file,
        description="The file, to be fetched with the same session or token; null until an export is done.",
    )  # fmt: skip
    problems = Children(
        ImportProblem, ImportProblem.objects, link="job_id", keys=("row", "id"),
        description="Rows that were not taken, the first thousand.",
    )  # fmt: skip

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """One's own."""
        return Job.objects.filter(owner=owner_of(context))


class ImportInput(MutationInput):
    """A file of rows."""

    file = graphene.NonNull(graphene.ID, description="Id of an upload of the kind API_ROWS: CSV in UTF-8, or NDJSON.")
    dry_run = graphene.Boolean(description="Look at every row, keep none.")


class ImportMutation(MutationType):
    """Base of a module's import: write `columns` and `take_row`. A worker takes the rows, a hundred a transaction.

    A refused row is named in the job's problems and does not stop the others.
    """

    class Meta:
        abstract = True

    Input = ImportInput
    job = graphene.Field(BulkJob, description="The import on its way; null when userErrors says why not.")
    columns: ClassVar[tuple[str, ...]] = ()
    """Names in the heading; others are ignored. The first must be there."""
    known: ClassVar[dict[str, type[ImportMutation]]] = {}

    @classmethod
    def __init_subclass_with_meta__(cls, **options: Any) -> None:
        super().__init_subclass_with_meta__(**options)
        ImportMutation.known[cls.__name__] = cls

    @classmethod
    def take_row(cls, context: Any, row: dict[str, str]) -> None:
        """Takes one row. Raises CampanileError, ValidationError or InputError for one that cannot be taken."""
        raise NotImplementedError

    @classmethod
    def perform(cls, context: Any, *, file: str, dry_run: bool = False, **_: Any) -> Any:
        """Takes the file and leaves the rest to a worker."""
        from django.core.files.storage import default_storage

        taken = take(context, ROWS, file)
        job = jobs.ask(
            kind=Job.Kind.IMPORT, what=cls.__name__, owner_id=owner_of(context), dry_run=dry_run,
            format=Job.Format.CSV if taken.media_type == "text/csv" else Job.Format.NDJSON,
            language=get_language() or "it",
        )  # fmt: skip
        with taken.file as content:
            default_storage.save(job.part(0), content)
        record("api.import_asked", job, what=cls.__name__, dry_run=dry_run)
        run_jobs.wake_on_commit()
        return cls(job=job)


def complaints(error: Exception) -> list[tuple[str, str, str]]:
    """A refused row's field, code and message, as `userErrors` would say them. Raises what is no refusal."""
    if isinstance(error, InputError):
        told = user_errors(error.form)
    elif isinstance(error, CampanileError | ValidationError):
        told = user_errors(error)
    else:
        raise error
    return [(".".join(one.field or ()), str(one.code), str(one.message)) for one in told]
