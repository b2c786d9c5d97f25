"""Bytes beside GraphQL: a file that is sent ahead of a mutation, and the file of an export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from uuid import UUID

import orjson
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campanile_graphql.bearer import machine_behind
from campanile_graphql.errors import RequestError
from campanile_infra.addresses import address
from campanile_infra.database.scope import current, in_schema
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.api import uploads
from campanile_tenants.town.api.models import Job
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import User

_TYPES = {Job.Format.NDJSON: "application/x-ndjson", Job.Format.CSV: "text/csv; charset=utf-8"}


def _signer() -> Signer:
    return Signer(salt=f"upload:{current().schema}")


def upload_address(pk: UUID) -> str:
    """Where our own page takes the bytes of an announced file, in this town only."""
    return address(current_town().host, reverse("api_upload", args=[_signer().sign(str(pk))]))


@csrf_exempt
@require_http_methods(["PUT"])
def receive_upload(request: HttpRequest, signed: str) -> HttpResponse:
    """Takes the bytes of an announced file; whoever has the address may send them, once."""
    try:
        pk = UUID(_signer().unsign(signed))
        uploads.receive(pk, request)  # type: ignore[arg-type]  # it has read()
    except (BadSignature, ValueError):
        raise Http404 from None
    except CampanileError as error:
        return _told(error.code, str(error), error.http_status)
    return HttpResponse(status=204)


@require_safe
def job_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The file of an export that is done, for whoever asked for it; the fetching goes on record. 3 queries."""
    try:
        user: Any = machine_behind(request) or request.user
    except RequestError as error:
        return _told(error.code, error.message, error.status)
    if not isinstance(user, User):
        return _told("UNAUTHENTICATED", "Send the token or the session that asked for the export.", 401)
    done = {"kind": Job.Kind.EXPORT, "state": Job.State.DONE}
    job = Job.objects.filter(pk=pk, owner=user, **done).first()
    if job is None:
        raise Http404
    record("api.export_fetched", job, what=job.what)
    response = StreamingHttpResponse(_parts(job), content_type=_TYPES[cast(Job.Format, job.format)])
    response["Content-Disposition"] = f'attachment; filename="{job.what}-{job.made_at:%Y%m%d}.{job.format}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _parts(job: Job) -> Iterator[bytes]:
    schema, town = current()

    def read() -> Iterator[bytes]:
        for number in range(job.parts):
            # the body is read after the middleware has left the town
            with in_schema(schema, town), default_storage.open(job.part(number), "rb") as part:
                content = part.read()
            yield content

    return read()


def _told(code: str, message: str, status: int) -> HttpResponse:
    body = {"errors": [{"message": message, "extensions": {"code": code}}]}
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json")
