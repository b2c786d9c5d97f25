"""Pages for citizens: report in three steps, the receipt, the public list, map and detail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campanile_modules.reporting import photos, services
from campanile_modules.reporting.errors import PhotoRefused, TooManyPhotos
from campanile_modules.reporting.forms import DetailsForm, PrivacyForm
from campanile_modules.reporting.models import Category, Draft, Photo, Report
from campanile_modules.reporting.states import State
from campanile_tenants.kit.permissions import open_to_all
from campanile_tenants.kit.web import page_of

_DRAFT = "reporting_draft"
_MINE = "reporting_mine"
MOST_MAP_POINTS = 500


@require_safe
@open_to_all
def report_list(request: HttpRequest) -> HttpResponse:
    """What was reported in town, filtered by `?stato=` and `?tipo=`. 3 queries."""
    state, category = request.GET.get("stato", ""), request.GET.get("tipo", "")
    reports = Report.objects.for_lists().in_state(state)
    if category:
        reports = reports.filter(category__code=category)
    context = {
        "page": page_of(request, reports, 12),
        "categories": Category.objects.all(),
        "states": State.choices,
        "state": state,
        "category": category,
        "query": "&".join(f"{k}={v}" for k, v in (("stato", state), ("tipo", category)) if v),
    }
    return render(request, "reporting/list.html", context)


@require_safe
@open_to_all
def map_points(request: HttpRequest) -> HttpResponse:
    """The latest open and recent reports with a point, as GeoJSON. 1 query."""
    reports = Report.objects.for_lists().filter(latitude__isnull=False)[:MOST_MAP_POINTS]
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(str(report.longitude)), float(str(report.latitude))]},
            "properties": {
                "code": report.code,
                "category": str(report.category),
                "state": report.state,
                "label": State(report.state).label,
            },
        }
        for report in reports
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")


@require_safe
@open_to_all
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One report: public to all, whole to whoever sent it from this browser. 4 queries."""
    report = get_object_or_404(Report.objects.for_lists(), code=code.upper())
    whole = report.is_published or report.code in request.session.get(_MINE, [])
    events = [event for event in report.events.all() if event.is_public]
    context = {"report": report, "whole": whole, "events": events, "photos": report.photos.all() if whole else ()}
    return render(request, "reporting/detail.html", context)


@require_safe
@open_to_all
def photo(request: HttpRequest, photo_id: UUID) -> FileResponse:
    """A photo: of a published report to all; of a draft or an unpublished one to its author and the office."""
    found = get_object_or_404(Photo.objects.select_related("report__category"), pk=photo_id)
    report = found.report
    allowed = (
        str(found.draft_id) == request.session.get(_DRAFT)
        if report is None
        else report.is_published
        or report.code in request.session.get(_MINE, [])
        or services.may_read(request.user, report)
    )
    if not allowed:
        raise Http404
    response = FileResponse(found.file.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@open_to_all
def new_privacy(request: HttpRequest) -> HttpResponse:
    """Step 1 of 3: what happens with the data."""
    form = PrivacyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _draft(request) is None:
            request.session[_DRAFT] = str(Draft.objects.create().pk)
        return redirect("reporting:new_details")
    return render(request, "reporting/new_privacy.html", {"form": form, "step": 1})


@never_cache
@open_to_all
def new_details(request: HttpRequest) -> HttpResponse:
    """Step 2 of 3. What was typed and the photos that are good are kept even when something else is wrong."""
    draft = _draft(request)
    if draft is None:
        return _begin_again(request)
    if request.method != "POST":
        form = DetailsForm(initial=draft.values)
        return render(request, "reporting/new_details.html", _details_context(form, draft))
    form = DetailsForm(request.POST)
    draft.values = form.to_store()
    draft.save(update_fields=["values"])
    valid = form.is_valid()
    for upload in request.FILES.getlist("photos"):
        try:
            photos.add(draft, upload)
        except (PhotoRefused, TooManyPhotos) as error:
            form.add_error("photos", str(error))
            valid = False
    if valid and "add_photos" not in request.POST:
        return redirect("reporting:new_summary")
    return render(request, "reporting/new_details.html", _details_context(form, draft))


@require_POST
@open_to_all
def remove_photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Takes a photo out of the draft."""
    if (draft := _draft(request)) is not None:
        photos.remove(draft, str(photo_id))
    return redirect("reporting:new_details")


@never_cache
@open_to_all
def new_summary(request: HttpRequest) -> HttpResponse:
    """Step 3 of 3: read it once more, then send. Sending twice sends once."""
    draft = _draft(request)
    if draft is None:
        return redirect("reporting:new")
    form = DetailsForm(draft.values)
    if not form.is_valid():
        return redirect("reporting:new_details")
    values = form.cleaned_data
    if request.method != "POST":
        context = {"values": values, "photos": draft.photos.all(), "step": 3}
        return render(request, "reporting/new_summary.html", context)
    key = str(draft.pk)
    sent = {name: values[name] for name in DetailsForm.stored}
    language = get_language() or "it"
    report = services.submit(**sent, draft=draft, language=language, idempotency_key=f"draft:{key}")
    request.session.pop(_DRAFT, None)
    request.session[_MINE] = [*request.session.get(_MINE, []), report.code][-20:]
    return redirect("reporting:receipt", code=report.code)


@require_safe
@never_cache
@open_to_all
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What was received, its code, and what happens next; only for the browser that sent it."""
    if code not in request.session.get(_MINE, []):
        return redirect("reporting:detail", code=code)
    report = get_object_or_404(Report.objects.for_lists(), code=code)
    has_mail = bool(getattr(report, "reporter", None) and report.reporter.email)
    return render(request, "reporting/receipt.html", {"report": report, "has_mail": has_mail})


def _begin_again(request: HttpRequest) -> HttpResponse:
    """The session ended while somebody wrote: the text is kept, and the first step says so."""
    if request.method == "POST":
        form = DetailsForm(request.POST)
        request.session[_DRAFT] = str(Draft.objects.create(values=form.to_store()).pk)
        messages.success(request, _("Your session had ended. What you wrote is kept: go on from here."))
    return redirect("reporting:new")


def _draft(request: HttpRequest) -> Draft | None:
    key = request.session.get(_DRAFT)
    return Draft.objects.filter(pk=key).first() if key else None


def _details_context(form: DetailsForm, draft: Draft) -> dict[str, Any]:
    return {"form": form, "photos": list(draft.photos.all()), "most_photos": photos.most_photos(), "step": 2}
