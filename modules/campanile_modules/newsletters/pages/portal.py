"""For readers: asking for newsletters in two steps, choosing anew, what was sent so far, the way behind a link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import FileResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campanile_modules.newsletters.forms import CodeForm, PreferencesForm, SubscribeForm
from campanile_modules.newsletters.models import Issue, Link, Picture, Subscriber, Subscription, Topic
from campanile_modules.newsletters.services import counting, rendering, subscribing
from campanile_tenants.kit.limits import too_many, within_limit
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.permissions import may, open_to_all
from campanile_tenants.kit.web import conditional, page_of

_ASKED = "newsletters_asked"
_ANY = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(_ANY)
@open_to_all
def subscribe(request: HttpRequest) -> HttpResponseBase:
    """Step 1 of 2: which newsletters, and the address. Also what was sent lately. 3 queries."""
    form = form_of(request)
    if (answer := asked(request, form)) is not None:
        return answer
    context = to_show(form) | {"latest": _public().order_by("-send_at")[:5]}
    return render(request, "newsletters/subscribe.html", context, status=422 if form.errors else 200)


def form_of(request: HttpRequest) -> SubscribeForm:
    """The form to subscribe, with what the address ticks (`?di=notizie`)."""
    return SubscribeForm(request.POST or None, initial={"topics": request.GET.getlist("di")})


def to_show(form: SubscribeForm) -> dict[str, Any]:
    """What a template of the form needs."""
    return {"form": form, "topics": Topic.objects.filter(is_active=True), "words": _(subscribing.WORDS),
            "chosen": form["topics"].value() or ()}  # fmt: skip


def asked(request: HttpRequest, form: SubscribeForm) -> HttpResponseBase | None:
    """Where a form that was sent leads to; None: it is to be shown, with what is wrong beside its fields."""
    if request.method != "POST" or not form.is_valid():
        return None
    values = form.cleaned_data
    if not within_limit(request, "subscribe", key=values["email"].lower()[:200]):
        return too_many(request, "subscribe")
    try:
        reader = subscribing.ask(
            values["email"], [topic.code for topic in values["topics"]], words=_(subscribing.WORDS),
            language=(get_language() or "it")[:2], page=request.path,
        )  # fmt: skip
    except CampanileError as error:
        error.add_to(form)
        return None
    request.session[_ASKED] = reader.pk
    return redirect("newsletters:code")


@never_cache
@require_http_methods(_ANY)
@open_to_all
def code(request: HttpRequest) -> HttpResponseBase:
    """Step 2 of 2: the six digits of the mail, for whoever does not want to leave the page."""
    reader = Subscriber.objects.filter(pk=request.session.get(_ASKED) or 0).first()
    if reader is None:
        return redirect("newsletters:subscribe")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not within_limit(request, "code_of_address", key=reader.email[:200]):
            return too_many(request, "code_of_address")
        try:
            subscribing.confirm(reader, form.cleaned_data["code"])
        except CampanileError as error:
            form.add_error("code", str(error))
        else:
            request.session.pop(_ASKED, None)
            return _done(request, reader)
    return render(
        request, "newsletters/code.html", {"form": form, "reader": reader}, status=422 if form.errors else 200
    )


@never_cache
@require_http_methods(_ANY)
@open_to_all
def confirm(request: HttpRequest, name: str) -> HttpResponse:
    """Behind the link of the mail. GET only asks: what scans links must not confirm anything for anybody."""
    reader = _reader(name)
    if request.method == "POST":
        subscribing.confirm_all(reader)
        return _done(request, reader)
    waiting = reader.subscriptions.filter(state=Subscription.State.PENDING).select_related("topic")
    return render(request, "newsletters/confirm.html", {"reader": reader, "waiting": waiting})


@never_cache
@require_http_methods(_ANY)
@open_to_all
def preferences(request: HttpRequest, name: str) -> HttpResponse:
    """What she gets, by her own link, without a password. 3 queries."""
    reader = _reader(name)
    mine = reader.subscriptions.filter(state=Subscription.State.CONFIRMED).values_list("topic__code", flat=True)
    form = PreferencesForm(request.POST or None, initial={"topics": list(mine)})
    saved = False
    if request.method == "POST" and form.is_valid():
        codes = [] if "stop" in request.POST else [topic.code for topic in form.cleaned_data["topics"]]
        subscribing.choose(reader, codes, language=(get_language() or "it")[:2])
        saved, form = True, PreferencesForm(initial={"topics": codes})
    context = {"form": form, "reader": reader, "saved": saved, "topics": Topic.objects.filter(is_active=True),
               "chosen": form["topics"].value() or ()}  # fmt: skip
    return render(request, "newsletters/preferences.html", context)


@require_safe
@open_to_all
def archive(request: HttpRequest, topic: str) -> HttpResponse:
    """What was sent of one newsletter, the newest first. 3 queries."""
    found = get_object_or_404(Topic, code=topic)
    page = page_of(request, _public().filter(topic=found).order_by("-send_at"), 12)
    return render(request, "newsletters/archive.html", {"topic": found, "page": page})


@require_safe
@open_to_all
def feed(request: HttpRequest, topic: str) -> HttpResponse:
    """The same as an Atom feed (RFC 4287). 2 queries."""
    found = get_object_or_404(Topic, code=topic)
    issues = list(_public().filter(topic=found).order_by("-send_at")[:20])
    body = render_to_string("newsletters/feed.xml", {"topic": found, "issues": issues}, request=request)
    return conditional(request, body.encode(), "application/atom+xml; charset=utf-8")


@require_safe
@open_to_all
def issue(request: HttpRequest, topic: str, slug: str) -> HttpResponse:
    """One issue as a page that can be read aloud. 4 queries."""
    found = get_object_or_404(_public(), topic__code=topic, slug=slug)
    return render(request, "newsletters/issue.html", {"issue": found, "drawn": rendering.shown(found)})


@require_safe
@open_to_all
def go(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """To where a link of a mail leads: only to what stands in that issue. Counted by day, not by whom. 2 queries."""
    link = get_object_or_404(Link, issue_id=pk, number=number)
    if request.method == "GET":
        counting.follow(link)
    response = HttpResponseRedirect(link.url)
    response["Cache-Control"], response["Referrer-Policy"] = "no-store", "no-referrer"
    return response


@require_safe
@open_to_all
def picture(request: HttpRequest, pk: UUID) -> FileResponse:
    """A picture of an issue that left, stopped half-way too; of another for who writes. 1 query."""
    found = get_object_or_404(Picture.objects.select_related("issue"), pk=pk)
    if not (found.issue.has_left or may(request, "newsletters.write_issues")):
        raise Http404
    response = FileResponse(found.file.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _public() -> QuerySet[Issue]:
    return Issue.objects.all().public().select_related("topic")


def _reader(name: str) -> Subscriber:
    reader = subscribing.reader_of(name)
    if reader is None:
        raise Http404
    return reader


def _done(request: HttpRequest, reader: Subscriber) -> HttpResponse:
    mine = reader.subscriptions.filter(state=Subscription.State.CONFIRMED).select_related("topic")
    context = {"mine": mine, "link": subscribing.link_of(reader)}
    return render(request, "newsletters/done.html", context)
