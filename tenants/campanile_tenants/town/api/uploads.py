"""Files sent ahead: announced, received, taken by a mutation, or gone after an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from campanile_infra.storage.images import UnusableImage, clean_image
from campanile_infra.storage.presigned import Address, put_address
from campanile_infra.storage.town import forget_strays
from campanile_tenants.contract.errors import InvalidInput
from campanile_tenants.contract.registry import registry
from campanile_tenants.town.api.errors import UnknownUpload, UploadRefused, UploadTooLarge, UploadType
from campanile_tenants.town.api.models import Upload

LIVES = timedelta(hours=1)


@dataclass
class Taken:
    """A file that a mutation has taken: read it before the transaction ends."""

    name: str
    media_type: str
    path: str
    file: File[bytes]


def announce(kind: str, *, name: str, media_type: str, size: int, owner: int | None) -> tuple[Upload, Address | None]:
    """Makes the row, and the address of the file store; None where our own page takes the bytes. 1 query.

    Raises UploadType, UploadTooLarge, InvalidInput.
    """
    declared = registry.uploads()[kind]
    if media_type not in declared.accept:
        raise UploadType(accept=", ".join(declared.accept), field="media_type")
    if size > declared.most_bytes:
        raise UploadTooLarge(most=declared.most_bytes, field="size")
    if size < 1:
        raise InvalidInput(reason=_("An empty file cannot be sent."), field="size")
    if not name.strip() or "\0" in name:
        raise InvalidInput(reason=_("Give the file a name."), field="name")
    upload = Upload.objects.create(
        kind=kind, name=name.strip()[:120], media_type=media_type, size=size, owner_id=owner,
        expires_at=timezone.now() + LIVES,
    )  # fmt: skip
    return upload, put_address(upload.path, media_type, size, int(LIVES.total_seconds()))


def receive(pk: UUID, stream: IO[bytes]) -> None:
    """Keeps the bytes of an announced file on local disk, once; a picture is drawn again first. 2 queries.

    Raises UnknownUpload, UploadTooLarge, UploadRefused.
    """
    upload = Upload.objects.filter(pk=pk, received_at=None, expires_at__gt=timezone.now()).first()
    if upload is None:
        raise UnknownUpload
    content = stream.read(upload.size + 1)
    if len(content) > upload.size:
        raise UploadTooLarge(most=upload.size)
    if registry.uploads()[upload.kind].is_picture:
        content = _redrawn(ContentFile(content), len(content))
    if not Upload.objects.filter(pk=pk, received_at=None).update(received_at=timezone.now(), size=len(content)):
        raise UnknownUpload
    default_storage.save(upload.path, ContentFile(content))


def take(kind: str, pk: str, owner: int | None) -> Taken:
    """Gives the file to a mutation, once: its row goes with the caller's transaction. 2 queries.

    The bytes go when it commits (`forget`). Raises UnknownUpload.
    """
    try:
        upload = Upload.objects.select_for_update().get(pk=UUID(pk), kind=kind, owner_id=owner)
    except (Upload.DoesNotExist, ValueError):
        raise UnknownUpload from None
    path = upload.path
    if upload.expires_at <= timezone.now() or not default_storage.exists(path):
        raise UnknownUpload
    upload.delete()
    return Taken(upload.name, upload.media_type, path, default_storage.open(path, "rb"))


def forget(path: str) -> None:
    """Deletes the bytes of a file that was taken."""
    default_storage.delete(path)


def purge(now: Any = None) -> int:
    """Deletes what nobody took in time, and files that lost their row; returns how many."""
    over = list(Upload.objects.filter(expires_at__lte=now or timezone.now()))
    for upload in over:
        default_storage.delete(upload.path)
        upload.delete()
    return len(over) + forget_strays("uploads", _with_rows)


def _with_rows(names: set[str]) -> set[str]:
    return {str(pk) for pk in Upload.objects.filter(pk__in=names).values_list("pk", flat=True)}


def _redrawn(file: IO[bytes], size: int) -> bytes:
    try:
        return clean_image(file, size).content
    except UnusableImage as error:
        raise UploadRefused(reason=why_unusable(error)) from error


def why_unusable(error: UnusableImage) -> str:
    """What is wrong with a picture, in words."""
    reasons = {
        "too_large": _("it is larger than 15 MB."),
        "too_many_pixels": _("it has more than 50 megapixels. Take it at a smaller size."),
        "not_an_image": _("it is not a JPEG, PNG or WebP picture."),
    }
    return reasons[error.reason]
