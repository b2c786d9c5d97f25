"""Root fields about files and jobs: `createUpload`, `createExport`, `cancelJob`, `bulkJobs`."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any, ClassVar

import graphene
from django.utils.translation import get_language

from campanile_graphql import files
from campanile_graphql.bulk import exports
from campanile_tenants.contract.errors import NotAllowed, NotAuthenticated
from campanile_tenants.contract.registry import registry
from campanile_tenants.kit.api import (
    ANYONE,
    Audience,
    BadId,
    BulkJob,
    Connection,
    DateTime,
    Live,
    MutationInput,
    MutationType,
    Policy,
    local_id,
    public_id,
)
from campanile_tenants.kit.api.jobs import RowFormat
from campanile_tenants.kit.api.uploads import UPLOAD, owner_of
from campanile_tenants.public.registry.gate import require_enabled
from campanile_tenants.town.api import jobs, uploads
from campanile_tenants.town.api.errors import TooManyUploads
from campanile_tenants.town.api.models import Job
from campanile_tenants.town.api.tasks import run_jobs
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.limits import within_limit
from campanile_tenants.town.people.models import User

RUN_JOBS = Policy(Audience.SIGNED_IN, permission="api.run_jobs")


def _kind_words(value: Any) -> str:
    if value is None:
        return "What a file is for."
    kind = registry.uploads()[value.value]
    return f"At most {kind.most_bytes} bytes; {', '.join(kind.accept)}."


@lru_cache(maxsize=1)
def _upload_kind() -> Any:
    choices = [(code.replace(".", "_").upper(), code) for code in sorted(registry.uploads())]
    return graphene.Enum("UploadKind", choices, description=_kind_words)


class Header(graphene.ObjectType):
    """A header of HTTP."""

    name = graphene.NonNull(graphene.String, description="Its name.")
    value = graphene.NonNull(graphene.String, description="Its value.")


class Upload(graphene.ObjectType):
    """A file on its way: send its bytes to `url`, then give `id` to the mutation that uses it."""

    id = graphene.NonNull(graphene.ID, description="Good once, for who announced it, for an hour.")
    url = graphene.NonNull(graphene.String, description="Where to send the bytes; good for this file only.")
    method = graphene.NonNull(graphene.String, description="PUT.")
    headers = graphene.NonNull(graphene.List(graphene.NonNull(Header)), description="To be sent along.")
    expires_at = graphene.NonNull(DateTime, description="Until when it may be sent and used.")


class CreateUploadInput(graphene.InputObjectType):
    """A file to come."""

    kind = graphene.NonNull(partial(_upload_kind), description="What it is for.")
    name = graphene.NonNull(graphene.String, description="As people know it: strada.jpg.")
    media_type = graphene.NonNull(graphene.String, description="image/jpeg, text/csv ...")
    size = graphene.NonNull(graphene.Int, description="Bytes, exactly.")


class CreateUpload(MutationType):
    """Announces a file."""

    Input = CreateUploadInput
    upload = graphene.Field(Upload, description="Where to send it; null when userErrors says why not.")

    @classmethod
    def perform(cls, context: Any, *, kind: Any, name: str, media_type: str, size: int, **_: Any) -> CreateUpload:
        """Checks who may send what, and makes the address."""
        code = str(getattr(kind, "value", kind))
        _may_send(context, code)
        row, away = uploads.announce(code, name=name, media_type=media_type, size=size, owner=owner_of(context))
        headers = away.headers if away else {"Content-Type": media_type}
        upload = Upload(
            id=public_id(UPLOAD, row.pk), url=away.url if away else files.upload_address(row.pk), method="PUT",
            headers=[Header(name=key, value=value) for key, value in headers.items()], expires_at=row.expires_at,
        )  # fmt: skip
        return cls(upload=upload)


def _may_send(context: Any, code: str) -> None:
    """Raises ModuleNotEnabled, NotAuthenticated, NotAllowed, TooManyUploads."""
    declared, module = registry.uploads()[code], registry.find(code.partition(".")[0])
    if module is not None:
        require_enabled(module.code)
    if declared.permission:
        if not isinstance(context.user, User):
            raise NotAuthenticated
        if not context.user.has_permission(declared.permission):
            raise NotAllowed
    if not within_limit(context, "upload"):
        raise TooManyUploads


class CreateExportInput(MutationInput):
    """What to export."""

    query = graphene.NonNull(
        graphene.String,
        description="One list without first and after: { reportingReports(filterBy: ...) { nodes { code } } }",
    )
    format = graphene.NonNull(RowFormat, description="NDJSON takes everything; CSV takes plain fields.")


class CreateExport(MutationType):
    """Writes a whole list into a file."""

    Input = CreateExportInput
    job = graphene.Field(BulkJob, description="The export on its way; null when userErrors says why not.")

    @classmethod
    def perform(cls, context: Any, *, query: str, format: Any, **_: Any) -> CreateExport:  # noqa: A002
        """Checks the query now, as the worker will."""
        row_format = str(getattr(format, "value", format))
        made = exports.plan(query, context.user, row_format)
        job = jobs.ask(
            kind=Job.Kind.EXPORT, what=made.what, owner_id=owner_of(context), document=query, format=row_format,
            language=get_language() or "it",
        )  # fmt: skip
        record("api.export_asked", job, what=made.what)
        run_jobs.wake_on_commit()
        return cls(job=job)


class CancelJobInput(graphene.InputObjectType):
    """Which job."""

    id = graphene.NonNull(graphene.ID, description="Of a job of one's own.")


class CancelJob(MutationType):
    """Stops an export or an import; rows that were taken stay."""

    Input = CancelJobInput
    job = graphene.Field(BulkJob, description="As it stands now; null when userErrors says why not.")

    @classmethod
    def perform(cls, context: Any, *, id: str, **_: Any) -> CancelJob:  # noqa: A002
        """One of the caller's own."""
        job = BulkJob.objects(context).filter(pk=local_id("BulkJob", id)).first()
        if job is None:
            raise BadId(field="id")
        jobs.cancel(job)
        job.refresh_from_db()
        return cls(job=job)


nodes = {BulkJob: RUN_JOBS}


class Query(graphene.ObjectType):
    """Root fields for reading."""

    policies: ClassVar = {"bulk_jobs": RUN_JOBS}
    bulk_jobs = Connection(
        BulkJob, BulkJob.objects, orders={"MADE_AT": ("made_at", "id")}, newest_first=True,
        description="One's own exports and imports of the last two days, the newest first.",
    )  # fmt: skip


class Subscription(graphene.ObjectType):
    """Root fields for listening."""

    policies: ClassVar = {"job_changed": RUN_JOBS}
    job_changed = Live(
        BulkJob,
        BulkJob.objects,
        events=(jobs.CHANGED,),
        description="One's own job, each time it moved on.",
    )


class Mutation(graphene.ObjectType):
    """Root fields for writing."""

    policies: ClassVar = {"create_upload": ANYONE, "create_export": RUN_JOBS, "cancel_job": RUN_JOBS}
    create_upload = CreateUpload.Field(description="Announces a file that another mutation will use.")
    create_export = CreateExport.Field(description="Writes a whole list into a file, in the background.")
    cancel_job = CancelJob.Field(description="Stops an export or an import.")
