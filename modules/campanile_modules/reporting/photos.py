"""Taking in a photo, and giving it out."""

from __future__ import annotations

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from campanile_modules.reporting.apps import ReportingSettings
from campanile_modules.reporting.errors import PhotoRefused, TooManyPhotos
from campanile_modules.reporting.models import Draft, Photo
from campanile_tenants.kit.ids import uuid7
from campanile_tenants.kit.settings import settings_of
from campanile_tenants.kit.storage import UnusableImage, clean_image, why_unusable


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
        photo = Photo(draft=draft, name=name, width=image.width, height=image.height, position=position)
        photo.file.save(f"{uuid7().hex}.jpg", ContentFile(image.content), save=False)
        photo.save()
    return photo


def remove(draft: Draft, photo_id: str) -> None:
    """Deletes one photo of a draft; one that is not there stays not there."""
    for photo in draft.photos.filter(pk=photo_id):
        photo.file.delete(save=False)
        photo.delete()
