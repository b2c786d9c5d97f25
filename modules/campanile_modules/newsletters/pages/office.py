"""For who writes: the list, the editor, the look before it leaves, approval, numbers, readers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_modules.newsletters.apps import NewslettersSettings
from campanile_modules.newsletters.forms import (
    ApproveForm,
    IssueForm,
    NewTopicForm,
    TopicForm,
    as_text,
    blocks_from,
)
from campanile_modules.newsletters.models import Issue, State, Subscription, Topic
from campanile_modules.newsletters.services import checking, counting, issues, rendering, senders, sharing
from campanile_tenants.kit import audit, excerpts
from campanile_tenants.kit.messaging import send_html
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.permissions import may, permission_required, require_permission
from campanile_tenants.kit.settings import settings_of
from campanile_tenants.kit.web import absolute, page_of, showing_frames

WRITE, APPROVE = "newsletters.write_issues", "newsletters.approve_issues"
READERS, SET_UP = "newsletters.manage_readers", "newsletters.set_up"
_ANY = ["GET", "HEAD", "POST"]
NEW: dict[str, dict[str, Any]] = {
    "heading": {"type": "heading", "text": ""}, "text": {"type": "text", "text": ""},
    "image": {"type": "image", "picture": "", "alt": "", "link": ""},
    "button": {"type": "button", "label": "", "url": ""}, "divider": {"type": "divider"},
    "news": {"type": "pages", "kind": "news", "number": 3}, "events": {"type": "pages", "kind": "events", "number": 3},
}  # fmt: skip


@require_safe
@permission_required(WRITE)
def overview(request: HttpRequest) -> HttpResponse:
    """All issues, the newest first, and the newsletters with how many get them. 5 queries, 8 for who sets up."""
    topics = list(Topic.objects.all())
    counts = dict(
        Subscription.objects.filter(state=Subscription.State.CONFIRMED).values_list("topic").annotate(n=Count("pk"))
    )
    context = {
        "page": page_of(request, Issue.objects.select_related("topic").defer("html", "text", "blocks"), 20),
        "topics": [(topic, counts.get(topic.pk, 0)) for topic in topics],
        "may_set_up": may(request, SET_UP),
        "may_write_down": may(request, READERS),
        "embed": f'<iframe src="{absolute(reverse("newsletters:embed"))}" title="Newsletter" width="100%" '
        'height="640"></iframe>',
        "growth": counting.growth(),
        "offers": sharing.offers() if may(request, SET_UP) else [],
    }
    return render(request, "newsletters/office.html", context)


@require_POST
@permission_required(WRITE)
def begin(request: HttpRequest) -> HttpResponse:
    """A new issue of one newsletter."""
    topic = get_object_or_404(Topic, code=request.POST.get("di", ""))
    made = issues.begin(topic, by=require_permission(request.user, WRITE))
    return redirect("newsletters:edit", pk=made.pk)


@require_http_methods(_ANY)
@permission_required(WRITE)
def edit(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The editor. Every button saves; what is wrong is said beside what was written. 4 queries."""
    found = _issue(pk)
    if found.state not in (State.DRAFT, State.SUBMITTED):
        return redirect("newsletters:standing", pk=pk)
    if request.method != "POST":
        form = IssueForm(instance=found, initial={"revision": found.revision})
        return _editor(request, found, form, found.blocks)
    form = IssueForm(request.POST, instance=_issue(pk))
    written = blocks_from(request.POST)
    if not form.is_valid():
        return _editor(request, found, form, written)
    verb, _dash, place = request.POST.get("fai", "").partition("-")
    try:
        written = _with_picture(request, found, written)
        issues.save(
            found, {**form.cleaned_data, "blocks": as_text(_changed(written, verb, place))},
            revision=form.cleaned_data["revision"], by=require_permission(request.user, WRITE),
        )  # fmt: skip
    except CampanileError as error:
        error.add_to(form)
        return _editor(request, _issue(pk), form, written)
    if verb == "guarda":
        return redirect("newsletters:look", pk=pk)
    messages.success(request, _("Saved."))
    return redirect(f"{request.path}#blocco-{place}" if verb in ("su", "giu") else request.path)


@require_POST
@permission_required(WRITE)
def submit(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Whoever wrote it asks a second person to approve it."""
    try:
        issues.submit(_issue(pk), by=require_permission(request.user, WRITE))
    except CampanileError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A colleague can approve it now. It stands on her page of today."))
    return redirect("newsletters:look", pk=pk)


@require_safe
@permission_required(WRITE)
@showing_frames
def look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """As readers get it, with what is to be mended; the second person approves here."""
    found = _issue(pk)
    drawn = rendering.draw(found)
    user = require_permission(request.user, WRITE)
    alone = not settings_of("newsletters", NewslettersSettings).two_people
    second = user.has_permission(APPROVE) and (alone or found.author_id != user.pk)
    findings = checking.check(found, drawn, links="link" in request.GET)
    readers = issues.readers(found.topic)
    context = {
        "issue": found, "findings": findings, "stops": any(one.stops for one in findings), "alone": alone,
        "readers": readers, "text": drawn.text, "looked_at_links": "link" in request.GET,
        "plan": senders.plan(readers).days,
        "may_approve": second and found.state in ((State.SUBMITTED, State.DRAFT) if alone else (State.SUBMITTED,)),
        "form": ApproveForm(initial={"read": issues.fingerprint_of(found, drawn)}),
    }  # fmt: skip
    return render(request, "newsletters/look.html", context)


@require_safe
@permission_required(WRITE)
@xframe_options_sameorigin
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The mail itself, for the frame of the page beside it. Nothing in it runs."""
    found = _issue(pk)
    html = found.html or rendering.draw(found).html
    response = HttpResponse(_without_marks(html))
    here = request.build_absolute_uri("/").rstrip("/")  # 'self' is nobody inside a sandbox
    response["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {here} data: http: https:; style-src 'unsafe-inline'; frame-ancestors {here}"
    )
    return response


@require_POST
@permission_required(WRITE)
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponseBase:
    """`prova` sends it to whoever asks; `approva`, `pausa`, `riprendi`, `annulla`, `rimanda` for who may approve."""
    user, found = require_permission(request.user, WRITE), _issue(pk)
    try:
        if verb == "prova":
            _to_me(found, user)
            messages.success(request, _("Sent to %(address)s.") % {"address": user.email})
            return redirect("newsletters:look", pk=pk)
        require_permission(user, APPROVE)
        if verb == "approva":
            return _approve(request, found, user)
        done = {"pausa": issues.pause, "riprendi": issues.resume, "annulla": issues.cancel}.get(verb)
        if done is not None:
            done(found)
        elif verb == "rimanda":
            number = issues.send_again(found)
            messages.success(request, _("Sent again to %(n)d.") % {"n": number})
        else:
            raise Http404
    except CampanileError as error:
        messages.error(request, str(error))
        if verb == "approva":  # what has to be read again stands there
            return redirect("newsletters:look", pk=pk)
    return redirect("newsletters:standing", pk=pk)


@require_safe
@permission_required(WRITE)
def standing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What became of an issue, in numbers. 7 queries."""
    found = _issue(pk)
    if found.state in (State.DRAFT, State.SUBMITTED):
        return redirect("newsletters:edit", pk=pk)
    context = {
        "issue": found, "numbers": counting.numbers(found), "charts": counting.charts(found),
        "may_approve": may(request, APPROVE),
    }  # fmt: skip
    return render(request, "newsletters/standing.html", context)


@require_http_methods(_ANY)
@permission_required(SET_UP)
def topic(request: HttpRequest, code: str = "") -> HttpResponse:
    """One newsletter, or a new one."""
    found = get_object_or_404(Topic, code=code) if code else None
    form = TopicForm(request.POST or None, instance=found) if found else NewTopicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        audit.record("newsletters.set_up", form.save())
        messages.success(request, _("Kept."))
        return redirect("newsletters:office")
    title = str(found or _("New newsletter"))
    return render(
        request, "newsletters/topic.html", {"form": form, "title": title}, status=422 if form.errors else 200
    )


@require_POST
@permission_required(SET_UP)
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """A newsletter that the centre shares: taken (`fai=prendi`) or left."""
    take = request.POST.get("fai") == "prendi"
    if sharing.answer(code, take=take):
        messages.success(request, _("Taken: citizens can subscribe now.") if take else _("Left as it is."))
    return redirect("newsletters:office")


@require_safe
@permission_required(WRITE)
def numbers_csv(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The numbers of an issue as CSV: nobody is named. 5 queries."""
    found = _issue(pk)
    response = HttpResponse(counting.as_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.slug or found.pk}.csv"'
    return response


def _approve(request: HttpRequest, found: Issue, user: Any) -> HttpResponseBase:
    form = ApproveForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("newsletters:look", pk=found.pk)
    issues.approve(found, by=user, **form.cleaned_data)
    messages.success(request, _("Approved. It leaves exactly as you read it."))
    return redirect("newsletters:standing", pk=found.pk)


def _to_me(found: Issue, user: Any) -> None:
    drawn = rendering.draw(found)
    send_html(purpose="newsletters.trial", to=user.email, subject=_("Trial: %(subject)s") % {"subject": found.subject},
              body=_without_marks(drawn.text), html=_without_marks(drawn.html))  # fmt: skip


def _without_marks(text: str) -> str:
    """Links that are each reader's own lead nowhere yet."""
    return text.replace(rendering.STOP, "#").replace(rendering.READ_ONLINE, "#")


def _editor(request: HttpRequest, found: Issue, form: IssueForm, written: list[dict[str, Any]]) -> HttpResponse:
    pictures = {str(one.pk): one for one in found.pictures.all()}
    sources = excerpts.sources()
    shown = [
        {**block, "shown": pictures.get(str(block.get("picture", ""))),
         "label": dict(sources).get(str(block.get("source", "")), _("switched off"))}
        for block in written
    ]  # fmt: skip
    context = {"issue": found, "form": form, "blocks": shown, "excerpts": sources}
    return render(request, "newsletters/edit.html", context, status=422 if form.errors else 200)


def _with_picture(request: HttpRequest, found: Issue, written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pictures that were sent go into their blocks; the blocks are in the order of the form."""
    for number, block in enumerate(written):
        if block.get("type") == "image" and (upload := request.FILES.get(f"b-{number}-file")) is not None:
            block["picture"] = str(issues.add_picture(found, upload).pk)
    return written


def _changed(written: list[dict[str, Any]], verb: str, place: str) -> list[dict[str, Any]]:
    """The blocks after one button: added, taken away, moved up or down."""
    if verb == "aggiungi" and place in NEW:
        return [*written, dict(NEW[place])]
    if verb == "aggiungi" and place in dict(excerpts.sources()):
        return [*written, {"type": "module", "source": place, "number": 3}]
    if not place.isdecimal() or len(place) > 3 or int(place) >= len(written):
        return written
    here = int(place)
    if verb == "togli":
        return [*written[:here], *written[here + 1 :]]
    there = here - 1 if verb == "su" else here + 1 if verb == "giu" else here
    if 0 <= there < len(written):
        written[here], written[there] = written[there], written[here]
    return written


def _issue(pk: UUID) -> Issue:
    return get_object_or_404(Issue.objects.select_related("topic"), pk=pk)
