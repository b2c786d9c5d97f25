"""Reporting in three steps. Nothing that was typed is lost, and what is known already is shown before it is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campanile_modules.reporting import photos, services
from campanile_modules.reporting.errors import PhotoRefused, TooManyPhotos
from campanile_modules.reporting.forms import DetailsForm, PrivacyForm
from campanile_modules.reporting.models import Category, Draft, Report
from campanile_modules.reporting.pages import mine
from campanile_modules.reporting.pages.kiosk import frame, is_kiosk
from campanile_modules.reporting.pages.mine import DRAFT
from campanile_modules.reporting.services import duplicates, puzzles
from campanile_tenants.kit.limits import within_limit
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.people import Kind, User
from campanile_tenants.kit.permissions import open_to_all

_SECRET = "reporting_secret"  # noqa: S105 - the name of a value in the session


@never_cache
@open_to_all
def privacy(request: HttpRequest) -> HttpResponse:
    """Step 1 of 3: what happens with the data."""
    form = PrivacyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _draft(request) is None:
            request.session[DRAFT] = str(Draft.objects.create().pk)
        return redirect("reporting:new_details")
    return render(request, "reporting/new_privacy.html", {"form": form, "step": 1} | frame(request))


@never_cache
@open_to_all
def details(request: HttpRequest) -> HttpResponse:
    """Step 2 of 3. What was typed and the photos that are good are kept even when something else is wrong."""
    draft = _draft(request)
    if draft is None:
        return _begin_again(request)
    if request.method != "POST":
        form = DetailsForm(initial=draft.values)
        return render(request, "reporting/new_details.html", _details_context(request, form, draft))
    uploads = request.FILES.getlist("photos")
    form = DetailsForm(_with_place(request, uploads))
    draft.values = form.to_store() | {
        "puzzle": request.POST.get("puzzle", ""),
        "solved": request.POST.get("solved", ""),
    }
    draft.save(update_fields=["values"])
    valid = form.is_valid()
    for upload in uploads:
        try:
            photos.add(draft, upload)
        except (PhotoRefused, TooManyPhotos) as error:
            form.add_error("photos", str(error))
            valid = False
    if valid and "add_photos" not in request.POST:
        return redirect("reporting:new_summary")
    return render(request, "reporting/new_details.html", _details_context(request, form, draft))


@require_POST
@open_to_all
def remove_photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Takes a photo out of the draft."""
    if (draft := _draft(request)) is not None:
        photos.remove(draft, str(photo_id))
    return redirect("reporting:new_details")


@require_POST
@never_cache
@open_to_all
def similar(request: HttpRequest) -> HttpResponse:
    """What is known already of what is being written, as a piece of the page; posted, so that no address keeps it.

    3 queries.
    """
    form = DetailsForm(request.POST)
    form.is_valid()
    found = alike(form.cleaned_data, _draft(request))
    return render(request, "reporting/_similar.html", {"similar": found})


@never_cache
@open_to_all
def summary(request: HttpRequest) -> HttpResponse:
    """Step 3 of 3: read it once more, then send. Sending twice sends once."""
    draft = _draft(request)
    if draft is None:
        return redirect("reporting:new")
    form = DetailsForm(draft.values)
    if not form.is_valid():
        return redirect("reporting:new_details")
    values = form.cleaned_data
    context = frame(request) | {
        "values": values, "photos": draft.photos.all(), "step": 3, "similar": alike(values, draft),
        "asked": [(field.label, values.get(field.name)) for field in form.question_fields()],
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "reporting/new_summary.html", context)
    try:
        report = _send(request, draft, form)
    except CampanileError as error:
        error.add_to(form)
        return render(request, "reporting/new_details.html", _details_context(request, form, draft), status=422)
    request.session.pop(DRAFT, None)
    mine.remember(request, report)
    if report.secret:
        request.session[_SECRET] = [report.code, report.secret]
    return redirect("reporting:receipt", code=report.code)


@require_safe
@never_cache
@open_to_all
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What was received, its code and secret, by when the town answers; only for the browser that sent it."""
    report = get_object_or_404(Report.objects.for_lists(), code=code)
    if not mine.is_mine(request, report):
        return redirect("reporting:detail", code=code)
    known, secret = request.session.get(_SECRET, ["", ""])
    author = getattr(report, "reporter", None)
    context = frame(request) | {
        "report": report, "has_mail": bool(author and author.email), "has_phone": bool(author and author.phone),
        "secret": secret if known == code else "",
    }  # fmt: skip
    return render(request, "reporting/receipt.html", context)


def _send(request: HttpRequest, draft: Draft, form: DetailsForm) -> Report:
    values = form.cleaned_data
    sent = {name: values[name] for name in DetailsForm.stored}
    solved = puzzles.is_solved(str(draft.values.get("puzzle", "")), str(draft.values.get("solved", "")))
    doubts = (not solved) + (not within_limit(request, "report"))
    person = request.user if isinstance(request.user, User) and request.user.kind == Kind.CITIZEN else None
    return services.submit(
        **sent, draft=draft, language=(get_language() or "it")[:2], idempotency_key=f"draft:{draft.pk}",
        channel=Report.Channel.KIOSK if is_kiosk(request) else Report.Channel.WEB,
        answers=form.answers(), user=person, may_be_handed_over=values["may_be_handed_over"], suspicious=doubts > 1,
    )  # fmt: skip


def alike(values: dict[str, Any], draft: Draft | None) -> list[duplicates.Alike]:
    """Open reports that are like what is being written; none of kinds that only author and office see. 3 queries."""
    category = values.get("category")
    if not isinstance(category, Category) or category.visibility != Category.Visibility.PUBLIC:
        return []
    looks = [photo.look for photo in draft.photos.all() if photo.look is not None] if draft else []
    return duplicates.nearby(
        category, latitude=values.get("latitude"), longitude=values.get("longitude"),
        address=values.get("address", ""), title=values.get("title", ""), looks=looks,
    )  # fmt: skip


def _with_place(request: HttpRequest, uploads: list[Any]) -> Any:
    """What was sent; with the place of the photo, when she ticked that we may read it and there is no other point."""
    asked = request.POST.get("place_of_photo") and not request.POST.get("latitude")
    if not asked or (found := photos.taken_at(uploads)) is None:
        return request.POST
    values = request.POST.copy()
    values["latitude"], values["longitude"] = str(found[0]), str(found[1])
    return values


def _begin_again(request: HttpRequest) -> HttpResponse:
    """The session ended while somebody wrote: the text is kept, and the first step says so."""
    if request.method == "POST":
        form = DetailsForm(request.POST)
        request.session[DRAFT] = str(Draft.objects.create(values=form.to_store()).pk)
        messages.success(request, _("Your session had ended. What you wrote is kept: go on from here."))
    return redirect("reporting:new")


def _draft(request: HttpRequest) -> Draft | None:
    key = request.session.get(DRAFT)
    return Draft.objects.filter(pk=key).first() if key else None


def _details_context(request: HttpRequest, form: DetailsForm, draft: Draft) -> dict[str, Any]:
    return frame(request) | {
        "form": form, "photos": list(draft.photos.all()), "most_photos": photos.most_photos(), "step": 2,
        "puzzle": puzzles.puzzle(), "bits": puzzles.BITS,
    }  # fmt: skip
