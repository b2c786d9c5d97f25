"""Pictures, attachments and the coat of arms."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.site.face import face_of
from campanile_tenants.town.site.models import Attachment, Picture
from campanile_tenants.town.site.pages.tree import open_to_all

_FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
@open_to_all
def picture(request: HttpRequest, pk: UUID, width: int, form: str) -> FileResponse:
    """One file of a picture; it never changes. 1 query."""
    found = get_object_or_404(Picture, pk=pk)
    if width not in found.widths or form not in ("avif", "webp"):
        raise Http404
    return _sent(found.file_name(width, form), f"image/{form}")


@require_safe
@open_to_all
def attachment(request: HttpRequest, pk: UUID, name: str) -> FileResponse:
    """An attachment under its own name. It is downloaded, never shown as a page of ours. 1 query."""
    found = get_object_or_404(Attachment, pk=pk)
    response = FileResponse(
        found.file.open("rb"), content_type=found.media_type, as_attachment=True, filename=found.name
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@open_to_all
def coat(request: HttpRequest, name: str) -> FileResponse:
    """The town's coat of arms. No query."""
    stored = face_of(current_town()).coat
    if not stored or stored.rpartition("/")[2] != name:
        raise Http404
    return _sent(stored, "image/webp")


def _sent(name: str, media_type: str) -> FileResponse:
    try:
        response = FileResponse(default_storage.open(name, "rb"), content_type=media_type)
    except FileNotFoundError as error:
        raise Http404 from error
    response["Cache-Control"] = _FOR_EVER
    response["X-Content-Type-Options"] = "nosniff"
    return response
