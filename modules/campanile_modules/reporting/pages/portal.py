"""Pages for citizens: the public list, map and detail, what author and followers do there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campanile_modules.reporting import services
from campanile_modules.reporting.forms import AnswerForm, MeTooForm, OpinionForm, SecretForm
from campanile_modules.reporting.models import Category, Photo, Report
from campanile_modules.reporting.pages import mine
from campanile_modules.reporting.pages.kiosk import frame
from campanile_modules.reporting.services import following, keys, moves, opinions
from campanile_modules.reporting.states import ALLOWED_MOVES, WORD_OF, State, Word
from campanile_tenants.kit.limits import too_many, within_limit
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.permissions import open_to_all
from campanile_tenants.kit.web import page_of

MOST_MAP_POINTS = 500


@require_safe
@open_to_all
def report_list(request: HttpRequest) -> HttpResponse:
    """What was reported in town, filtered by `?stato=` and `?tipo=`. 3 queries."""
    state, category = request.GET.get("stato", ""), request.GET.get("tipo", "")
    reports = Report.objects.all().public().for_lists().in_word(state)
    if category:
        reports = reports.filter(category__code=category)
    context = {
        "page": page_of(request, reports, 12),
        "categories": Category.objects.all(),
        "words": Word.choices,
        "state": state,
        "category": category,
        "query": "&".join(f"{k}={v}" for k, v in (("stato", state), ("tipo", category)) if v),
    }
    return render(request, "reporting/list.html", context)


@require_safe
@open_to_all
def map_points(request: HttpRequest) -> HttpResponse:
    """The latest reports with a point, as GeoJSON. 1 query."""
    reports = Report.objects.all().public().for_lists().filter(latitude__isnull=False)[:MOST_MAP_POINTS]
    return JsonResponse(feature_collection(reports), content_type="application/geo+json")


def feature_collection(reports: Any) -> dict[str, Any]:
    """Reports with a point as GeoJSON (RFC 7946)."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(str(report.longitude)), float(str(report.latitude))]},
            "properties": {
                "code": report.code,
                "category": str(report.category),
                "state": WORD_OF[State(report.state)].value,
                "label": str(WORD_OF[State(report.state)].label),
            },
        }
        for report in reports
    ]
    return {"type": "FeatureCollection", "features": features}


@require_safe
@open_to_all
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One report: public to all, whole to its author (by session, or `?chiave=` of a mail). 7 queries."""
    report = get_object_or_404(
        Report.objects.for_lists().select_related("duplicate_of", "office", "handover"), code=code.upper()
    )
    if mine.take_key(request, report):
        return redirect("reporting:detail", code=report.code)
    return render(request, "reporting/detail.html", _context(request, report))


def _context(request: HttpRequest, report: Report, **more: Any) -> dict[str, Any]:
    author = mine.is_mine(request, report)
    if not author and not report.is_listed:
        raise Http404
    whole = report.is_published or author
    state = State(report.state)
    handover = getattr(report, "handover", None)
    events = [event for event in report.events.all() if event.is_public and (author or event.kind != "opinion")]
    return frame(request) | {
        "report": report, "whole": whole, "author": author, "events": events, "me_too": MeTooForm(),
        "photos": report.photos.all() if whole else (), "others": report.follows.count(),
        "follow": report.follows.filter(pk=mine.follows(request, report)).first(),
        "went_to": handover if handover is not None and handover.link else None,
        "follow_words": _(following.WORDS), "opinion": OpinionForm(), "say": AnswerForm(),
        "asks_opinion": author and opinions.may_be_given(report),
        "may_withdraw": author and State.WITHDRAWN in ALLOWED_MOVES[state],
        "may_write": author and report.is_open and state != State.PENDING_EMAIL,
    } | more  # fmt: skip


@require_POST
@never_cache
@open_to_all
def me_too(request: HttpRequest, code: str) -> HttpResponseBase:
    """Counts somebody with the same problem; with an address she hears of it."""
    report = get_object_or_404(Report.objects.all().public().open(), code=code.upper())
    form = MeTooForm(request.POST)
    if not within_limit(request, "me_too"):
        return too_many(request, "me_too")
    if "tap" not in request.POST and (not form.is_valid() or form.cleaned_data["website"]):
        return render(request, "reporting/detail.html", _context(request, report, me_too=form, form=form), status=422)
    # one tap beside somebody else's form: the address that stands there was not given for this
    email = "" if "tap" in request.POST else form.cleaned_data["email"]
    follow, created = following.me_too(
        report, browser=mine.browser_of(request), email=email, known=mine.follows(request, report),
        words=_(following.WORDS),
        language=(get_language() or "it")[:2],
    )  # fmt: skip
    mine.remember_follow(request, report, follow.pk)
    messages.success(request, _("Thank you: you are counted.") if created else _("You are counted already."))
    return redirect("reporting:detail", code=report.code)


@require_POST
@never_cache
@open_to_all
def act(request: HttpRequest, code: str, verb: str) -> HttpResponseBase:
    """What author and followers do: confirm, write, withdraw, say what they think, follow no more."""
    report = get_object_or_404(Report.objects.for_lists(), code=code.upper())
    if verb == "non-seguire":
        if following.stop(report, mine.follows(request, report)):
            messages.success(request, _("We write to you about this report no more."))
        return redirect("reporting:detail", code=report.code)
    if not mine.is_mine(request, report):
        raise Http404
    form: Any = {"scrivi": AnswerForm, "giudizio": OpinionForm}.get(verb, lambda _data: None)(request.POST)
    name = {"scrivi": "say", "giudizio": "opinion"}.get(verb, "form")
    if form is not None and not form.is_valid():
        return render(
            request, "reporting/detail.html", _context(request, report, **{name: form}, form=form), status=422
        )
    try:
        words = _do(report, verb, {} if form is None else form.cleaned_data)
    except CampanileError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("reporting:detail", code=report.code)


def _do(report: Report, verb: str, values: dict[str, Any]) -> str:
    if verb == "conferma":
        services.confirm(report)
        return _("Confirmed. Now the office reads it.")
    if verb == "scrivi":
        moves.say(report, values["text"])
        return _("The office reads what you wrote.")
    if verb == "ritira":
        moves.withdraw(report)
        return _("Withdrawn. Nobody sees it any more.")
    if verb == "giudizio":
        changed = opinions.give(report, solved=values["solved"], stars=values["stars"], comment=values["comment"])
        again = changed.state == State.REOPEN_REQUESTED
        return _("Thank you. The office takes it up again.") if again else _("Thank you for telling us.")
    raise Http404


@never_cache
@open_to_all
def find(request: HttpRequest) -> HttpResponseBase:
    """Opens a report by the code and the secret on its receipt."""
    form = SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not within_limit(request, "report_secret"):
            return too_many(request, "report_secret")
        try:
            report = keys.open_with(form.cleaned_data["code"], form.cleaned_data["secret"])
        except CampanileError as error:
            form.add_error("secret", str(error))
        else:
            mine.remember(request, report)
            return redirect("reporting:detail", code=report.code)
    return render(request, "reporting/find.html", {"form": form} | frame(request), status=422 if form.errors else 200)


@require_safe
@open_to_all
def photo(request: HttpRequest, photo_id: UUID) -> FileResponse:
    """A photo: of a published report to all; of a draft or an unpublished one to its author and the office."""
    found = get_object_or_404(Photo.objects.select_related("report__category"), pk=photo_id)
    report = found.report
    allowed = (
        str(found.draft_id) == request.session.get(mine.DRAFT)
        if report is None
        else (report.is_published and report.is_listed)
        or mine.is_mine(request, report)
        or services.may_read(request.user, report)
    )
    if not allowed:
        raise Http404
    response = FileResponse(found.file.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=300"
    response["X-Content-Type-Options"] = "nosniff"
    return response
