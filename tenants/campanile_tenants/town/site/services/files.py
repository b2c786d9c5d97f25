"""Taking in pictures and attachments: what is published was looked at first."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from PIL import Image

from campanile_infra.storage.images import UnusableImage, clean_image, in_widths
from campanile_tenants.town.api.uploads import why_unusable
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site.content import Content
from campanile_tenants.town.site.errors import AttachmentRefused, PictureRefused
from campanile_tenants.town.site.models import Attachment, Picture
from campanile_tenants.town.site.models.files import WIDTHS
from campanile_tenants.town.site.tree import place_of

MOST_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True)
class _Form:
    media_type: str
    begins: tuple[bytes, ...]
    zipped_with: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
FORMS = {
    "pdf": _Form("application/pdf", (b"%PDF-",)),
    "odt": _Form(f"{_OPEN}text", (b"PK\x03\x04",), "content.xml"),
    "ods": _Form(f"{_OPEN}spreadsheet", (b"PK\x03\x04",), "content.xml"),
    "docx": _Form(f"{_OFFICE}wordprocessingml.document", (b"PK\x03\x04",), "word/document.xml"),
    "xlsx": _Form(f"{_OFFICE}spreadsheetml.sheet", (b"PK\x03\x04",), "xl/workbook.xml"),
    "zip": _Form("application/zip", (b"PK\x03\x04",)),
    "p7m": _Form("application/pkcs7-mime", (b"0",)),
    "csv": _Form("text/csv", ()),
    "txt": _Form("text/plain", ()),
    "json": _Form("application/json", ()),
}
"""What may be published, by the end of the name. No HTML, no SVG, no macros, nothing that runs."""


def add_picture(upload: Any, alt: str, credit: str = "") -> Picture:
    """Draws the picture again in several widths, as AVIF and WebP. Raises PictureRefused; nothing is kept then."""
    name = str(upload.name or _("picture"))[:80]
    if not alt.strip():
        raise PictureRefused(name=name, reason=_("say in words what it shows"), field="alt")
    try:
        image = clean_image(upload, upload.size or 0)
    except UnusableImage as error:
        raise PictureRefused(name=name, reason=why_unusable(error), field="picture") from error
    picture = Picture(alt=alt.strip()[:250], credit=credit.strip()[:160], width=image.width, height=image.height)
    picture.folder = f"site/pictures/{picture.pk.hex}"
    with Image.open(io.BytesIO(image.content)) as drawn:
        for width, form, content in in_widths(drawn, WIDTHS):
            default_storage.save(picture.file_name(width, form), ContentFile(content))
            if width not in picture.widths:
                picture.widths.append(width)
    picture.save()
    return picture


def add_attachment(upload: Any, title: str) -> Attachment:
    """Keeps a file when its content is what its name says. Raises AttachmentRefused; nothing is kept then."""
    name = get_valid_filename(PurePath(str(upload.name or "file")).name)[-120:]
    form = FORMS.get(name.rpartition(".")[2].lower())
    if form is None:
        known = ", ".join(sorted(FORMS))
        raise AttachmentRefused(
            name=name, field="file", reason=_("only these kinds are published: %(kinds)s") % {"kinds": known}
        )
    if (upload.size or 0) > MOST_BYTES:
        raise AttachmentRefused(name=name, field="file", reason=_("it is larger than 25 MB"))
    if (reason := _why_not(upload, form)) is not None:
        raise AttachmentRefused(name=name, field="file", reason=reason)
    attachment = Attachment(
        name=name, title=(title.strip() or name)[:160], media_type=form.media_type, size=upload.size or 0
    )
    upload.seek(0)
    attachment.file.save(f"{attachment.pk.hex}.{name.rpartition('.')[2].lower()}", upload, save=False)
    attachment.save()
    return attachment


def names_in(*contents: Content) -> dict[str, str]:
    """What pictures, files, offices and categories are called, for people who compare. At most 3 queries."""
    pictures = {content.picture for content in contents if content.picture}
    files = {one for content in contents for one in content.attachments}
    offices = {content.office for content in contents if content.office}
    names = {
        category: str(place[1].label) for category in {c.category for c in contents} if (place := place_of(category))
    }
    names |= {str(row.pk): row.alt for row in Picture.objects.filter(pk__in=pictures)}
    names |= {str(row.pk): row.title for row in Attachment.objects.filter(pk__in=files)}
    return names | dict(Office.objects.filter(code__in=offices).values_list("code", "name"))


def _why_not(upload: IO[bytes], form: _Form) -> str | None:
    upload.seek(0)
    content = upload.read()
    if not content:
        return _("it is empty")
    if form.begins and not content.startswith(form.begins):
        return _("its content is not what its name says")
    return _why_no_archive(upload, form.zipped_with) if form.begins else _why_no_text(content)


def _why_no_text(content: bytes) -> str | None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _("it is not written in UTF-8; save it again as UTF-8")
    return None


def _why_no_archive(upload: IO[bytes], part: str) -> str | None:
    if not part:
        return None
    try:
        upload.seek(0)
        names = zipfile.ZipFile(upload).namelist()
    except zipfile.BadZipFile:
        return _("it is damaged")
    if part not in names:
        return _("its content is not what its name says")
    return _("it holds macros") if any(name.endswith("vbaProject.bin") for name in names) else None
