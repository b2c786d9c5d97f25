"""Taking in a photo, hiding faces and plates in it, taking it out again."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from campanile_modules.reporting.apps import ReportingSettings
from campanile_modules.reporting.errors import PhotoRefused, TooManyPhotos
from campanile_modules.reporting.models import Draft, Photo
from campanile_tenants.kit import audit
from campanile_tenants.kit.ids import uuid7
from campanile_tenants.kit.module import InvalidInput
from campanile_tenants.kit.settings import settings_of
from campanile_tenants.kit.storage import Box, UnusableImage, clean_image, hide, look_of, place_of, why_unusable

MOST_BOXES = 40


def most_photos() -> int:
    """How many photos a report of this town may carry."""
    return settings_of("reporting", ReportingSettings).most_photos


def add(draft: Draft, upload: File) -> Photo:
    """Cleans and stores one photo of a draft. Raises PhotoRefused or TooManyPhotos; nothing is stored then."""
    name = (upload.name or _("photo"))[:80]
    try:
        image = clean_image(upload, upload.size or 0)
    except UnusableImage as error:
        raise PhotoRefused(name=name, reason=why_unusable(error), field="photos") from error
    with transaction.atomic():
        Draft.objects.select_for_update().get(pk=draft.pk)
        position = draft.photos.count()
        if position >= most_photos():
            raise TooManyPhotos(most=most_photos(), field="photos")
        photo = Photo(draft=draft, name=name, width=image.width, height=image.height, position=position,
                      look=look_of(image.content))  # fmt: skip
        photo.file.save(f"{uuid7().hex}.jpg", ContentFile(image.content), save=False)
        photo.save()
    return photo


def taken_at(uploads: Sequence[File]) -> tuple[Decimal, Decimal] | None:
    """Where the first of the photos that knows it was taken: only for whoever ticked that we may look."""
    for upload in uploads:
        if (found := place_of(upload)) is not None:
            return Decimal(str(found[0])), Decimal(str(found[1]))
    return None


def remove(draft: Draft, photo_id: str) -> None:
    """Deletes one photo of a draft; one that is not there stays not there."""
    for photo in draft.photos.filter(pk=photo_id):
        photo.file.delete(save=False)
        photo.delete()


def discard(draft_id: UUID | str) -> None:
    """Deletes a draft with its photos; one that is not there stays not there."""
    for draft in Draft.objects.filter(pk=draft_id).prefetch_related("photos"):
        for photo in draft.photos.all():
            photo.file.delete(save=False)
        draft.delete()


def redact(photo: Photo, boxes: Sequence[Box]) -> Photo:
    """Makes parts of a photo unreadable for good: the picture as it was is deleted. Raises InvalidInput."""
    sound = [box for box in boxes if all(0 <= edge <= 1_000 for edge in box) and box[2] and box[3]]
    if not sound or len(sound) > MOST_BOXES:
        raise InvalidInput(reason=_("Draw at least one rectangle over what must not be seen."), field="boxes")
    with transaction.atomic():
        locked = Photo.objects.select_for_update(of=("self",)).get(pk=photo.pk)
        with locked.file.open("rb") as file:
            drawn = hide(file.read(), sound)
        before = locked.file.name
        locked.file.save(f"{uuid7().hex}.jpg", ContentFile(drawn.content), save=False)
        locked.look, locked.redactions = look_of(drawn.content), [*locked.redactions, *map(list, sound)]
        locked.save()
        audit.record("reporting.photo_redacted", locked)
        transaction.on_commit(lambda: locked.file.storage.delete(before))
    return locked
