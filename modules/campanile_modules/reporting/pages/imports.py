"""Taking in reports of a former program, with a look before they count; and hiding parts of a photo."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from campanile_modules.reporting import photos
from campanile_modules.reporting.forms_setup import ImportForm
from campanile_modules.reporting.models import Category, Draft, Photo, Report
from campanile_modules.reporting.services import importing
from campanile_modules.reporting.states import State
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.permissions import permission_required, require_permission

MAY = "reporting.import_reports"
_FILE = "reporting_import"
MOST_BYTES = 20_000_000
_ANY = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(_ANY)
@permission_required(MAY)
def upload(request: HttpRequest) -> HttpResponse:
    """A file; then what is in it, how it was understood, and selects to say otherwise."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and "text" not in request.POST and form.is_valid():
        text = _text(form.cleaned_data["file"].read(MOST_BYTES))
        draft = Draft.objects.create(values={"import": text})
        try:
            shown = importing.preview(text)
        except CampanileError as error:
            form.add_error("file", str(error))
        else:
            request.session[_FILE] = str(draft.pk)
            return render(request, "reporting/import_preview.html", _shown(shown))
    return render(request, "reporting/import.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_POST
@permission_required(MAY)
def take_in(request: HttpRequest) -> HttpResponse:
    """Looks again with what was chosen, or writes."""
    key = request.session.get(_FILE)
    draft = Draft.objects.filter(pk=key).first() if key else None
    if draft is None:
        messages.error(request, _("Choose the file again: it was kept for a day."))
        return redirect("reporting:import")
    try:
        first = importing.preview(draft.values["import"])
        chosen = importing.Choice(
            first.mapping.columns,
            {word: request.POST.get(f"state:{word}", value) for word, value in first.mapping.states.items()},
            {word: request.POST.get(f"category:{word}", value) for word, value in first.mapping.categories.items()},
        )
        shown = importing.preview(draft.values["import"], chosen)
        written, left = importing.take_in(shown)
    except (CampanileError, ValueError) as error:
        messages.error(request, str(error))
        return redirect("reporting:import")
    draft.delete()
    request.session.pop(_FILE, None)
    messages.success(request, _("%(n)d reports taken in, %(left)d left out.") % {"n": written, "left": left})
    return redirect("reporting:inbox")


@never_cache
@require_http_methods(_ANY)
@permission_required("reporting.answer_report")
def redact(request: HttpRequest, code: str, photo_id: UUID) -> HttpResponse:
    """Rectangles over faces and plates: drawn with the finger or the mouse, or written with the keyboard."""
    user = require_permission(request.user, "reporting.answer_report")
    report = get_object_or_404(Report.objects.within(user.reach("reporting.answer_report")), code=code)
    photo = get_object_or_404(Photo, pk=photo_id, report=report)
    error = ""
    if request.method == "POST":
        try:
            photos.redact(photo, _boxes(request.POST))
        except CampanileError as refused:
            error = str(refused)
        else:
            messages.success(request, _("Hidden for good. The photo as it was is deleted."))
            return redirect("reporting:office_detail", code=code)
    context = {"report": report, "photo": photo, "error": error}
    return render(request, "reporting/redact.html", context, status=422 if error else 200)


def _boxes(values: Any) -> list[tuple[int, int, int, int]]:
    """From the drawing (JSON), or from the four numbers in percent."""
    try:
        drawn = [tuple(round(float(edge)) for edge in box) for box in json.loads(values.get("boxes") or "[]")]
        if values.get("width"):
            names = ("left", "top", "width", "height")
            drawn.append(tuple(round(float(values.get(name) or 0) * 10) for name in names))
    except (ValueError, TypeError):
        return []
    return [(box[0], box[1], box[2], box[3]) for box in drawn if len(box) == 4]


def _shown(shown: importing.Preview) -> dict[str, Any]:
    known = {category.code: str(category) for category in Category.objects.all()}
    kinds = [
        (word, number, shown.mapping.categories[word], shown.mapping.categories[word] not in known)
        for word, number in shown.category_words.most_common()
    ]
    states = [(word, number, shown.mapping.states[word]) for word, number in shown.state_words.most_common()]
    return {
        "shown": shown, "kinds": kinds, "states": states, "known": known, "choices": State.choices,
        "first": [list(row.values()) for row in shown.rows[:3]],
    }  # fmt: skip


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
