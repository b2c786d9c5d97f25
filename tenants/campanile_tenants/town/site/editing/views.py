"""Pages of the editor: the list, writing, what colleagues wrote meanwhile, history, publication."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.people.models import User
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import Content, compare, merge, part_labels
from campanile_tenants.town.site.drawing import drawn
from campanile_tenants.town.site.editing.forms import EndForm, PageForm, ScheduleForm
from campanile_tenants.town.site.errors import AttachmentRefused, PictureRefused, SomebodyElseWrote
from campanile_tenants.town.site.face import face_of
from campanile_tenants.town.site.models import BrokenLink, Page, Picture, Version
from campanile_tenants.town.site.models.pages import LANGUAGES
from campanile_tenants.town.site.services import adopting, publishing
from campanile_tenants.town.site.services.files import add_attachment, add_picture, names_in

EDIT = Policy(Audience.STAFF, permission="site.edit_pages")
PUBLISH = Policy(Audience.STAFF, permission="site.publish_pages")
LANGUAGE_NAMES = dict(LANGUAGES)
_UNDO = "site_undo"
STATES = ("published", "draft", "changed", "scheduled", "broken")


@require_safe
@declared(EDIT)
def pages(request: HttpRequest) -> HttpResponse:
    """All pages, with filters kept in the address: `?tipo=&stato=&cerca=&pagina=`. 5 queries."""
    kind, state, words = (request.GET.get(name, "") for name in ("tipo", "stato", "cerca"))
    rows = Page.objects.defer("data", "search").annotate(
        latest=Max("versions__number"), written=Max("versions__made_at")
    )
    if kind in tree.KINDS:
        rows = rows.filter(kind=kind)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(summary__icontains=words))
    rows = _in_state(rows, state).order_by(F("written").desc(nulls_last=True), "-id")
    kept = urlencode({key: value for key, value in (("tipo", kind), ("stato", state), ("cerca", words)) if value})
    context = {
        "page": Paginator(rows, 25).get_page(request.GET.get("pagina")), "kinds": list(tree.KINDS.values()),
        "kind": kind, "state": state, "words": words, "kept": kept, "states": _state_labels(),
        "offers": adopting.count_offers(), "broken": BrokenLink.objects.count(),
        "undo": request.session.get(_UNDO),
    }  # fmt: skip
    return render(request, "site/editing/pages.html", context)


def _state_labels() -> list[tuple[str, str]]:
    words = (_("published"), _("never published"), _("changed since"), _("scheduled"), _("with broken links"))
    return list(zip(STATES, words, strict=True))


def _in_state(rows: Any, state: str) -> Any:
    if state == "published":
        return rows.filter(published_at__isnull=False)
    if state == "draft":
        return rows.filter(published_at__isnull=True)
    if state == "changed":
        return rows.filter(published_at__isnull=False, latest__gt=F("published_version"))
    if state == "scheduled":
        return rows.filter(publish_at__isnull=False)
    return rows.filter(broken_links__isnull=False).distinct() if state == "broken" else rows


@require_POST
@declared(PUBLISH)
def bulk(request: HttpRequest) -> HttpResponse:
    """POST `verb=publish|take_away` and `pages`: does it to each, says what was left out, and can be undone."""
    verb = request.POST.get("verb", "")
    if verb not in ("publish", "take_away"):
        raise Http404
    chosen = Page.objects.filter(pk__in=[pk for pk in request.POST.getlist("pages") if pk.isdigit()][:200])
    before, refused = [], []
    for page in chosen:
        was = (page.pk, page.published_version, page.published_at.isoformat() if page.published_at else "")
        try:
            if verb == "publish":
                publishing.publish(page, by=request.user)
            else:
                publishing.take_away(page)
            before.append(was)
        except CampanileError as error:
            refused.append(f"{page.title}: {error}")
    if before:
        text = ngettext("%(n)s page done.", "%(n)s pages done.", len(before)) % {"n": len(before)}
        messages.success(request, text)
        request.session[_UNDO] = before
    for line in refused[:5]:
        messages.error(request, line)
    return _back(request)


@require_POST
@declared(PUBLISH)
def undo(request: HttpRequest) -> HttpResponse:
    """Puts back what strangers saw of each page before the last bulk action: the version, and the day it bears."""
    for pk, version, since in request.session.pop(_UNDO, []):
        if (page := Page.objects.filter(pk=pk).first()) is not None:
            publishing.put_back(page, version, parse_datetime(since) if since else None)
    messages.success(request, _("Everything is as it was before."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list, with the filters that were on."""
    query = request.POST.get("kept", "")
    return redirect(f"{reverse('content:pages')}?{query}" if query else "content:pages")


@declared(EDIT)
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty page of a kind; with `?di=<page>&lingua=en` the translation of a page, beginning with its text."""
    declared_kind = _kind(kind)
    original, language = _original(request, kind)
    content = original.content if original else Content(category=tree.categories_of(kind)[0][0], is_active=True)
    form = PageForm(request.POST or None, request.FILES or None, kind=declared_kind, content=content, base=0)
    if request.method == "POST":
        form.is_valid()
        written = _with_files(form, request)
        if not form.errors:
            page = publishing.new_page(kind, written, by=request.user, language=language, translation_of=original)
            return _after(request, page, 1)
    context = _page_context(request, form, declared_kind) | {
        "original": original,
        "language": LANGUAGE_NAMES[language],
    }
    return render(request, "site/editing/page.html", context, status=422 if form.errors else 200)


def _original(request: HttpRequest, kind: str) -> tuple[Page | None, str]:
    """The page that is to be translated, and into what."""
    asked, language = request.GET.get("di", ""), request.GET.get("lingua", "")
    if not asked:
        return None, "it"
    if not asked.isdigit() or language not in languages_of_site():
        raise Http404
    original = get_object_or_404(Page, pk=int(asked), kind=kind, translation_of__isnull=True)
    if original.translations.filter(language=language).exists():
        raise Http404
    return original, language


def languages_of_site() -> list[str]:
    """Languages beside Italian in which pages of this town may be written: English, and those it chose."""
    return list(dict.fromkeys(["en", *face_of(current_town()).languages]))


def _translations(page: Page) -> dict[str, Any]:
    """What the page has in other languages, and what it could have. 1 query."""
    known = {one.language: one for one in page.translations.all()} if page.translation_of_id is None else {}
    open_to = [] if page.translation_of_id else [code for code in languages_of_site() if code not in known]
    return {
        "translations": [(LANGUAGE_NAMES[code], one.pk) for code, one in known.items()],
        "translatable": [(code, LANGUAGE_NAMES[code]) for code in open_to],
    }


def _page_context(request: HttpRequest, form: PageForm, kind: tree.Kind) -> dict[str, Any]:
    user = request.user
    assert isinstance(user, User)
    return {
        "form": form,
        "kind": kind,
        "picture": form.chosen_picture,
        "may_publish": user.has_permission(PUBLISH.permission),
        "schedule": ScheduleForm(),
    }


def _kind(code: str) -> tree.Kind:
    if code not in tree.KINDS:
        raise Http404
    return tree.KINDS[code]


@declared(EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes the next version. When a colleague wrote meanwhile, both are put together and shown, not saved."""
    page = get_object_or_404(Page, pk=pk)
    latest = page.versions.first()
    assert latest is not None
    base = latest
    if request.method == "POST" and (asked := request.POST.get("base", "")).isdigit():
        base = page.versions.filter(number=int(asked)).first() or latest
    form = PageForm(
        request.POST or None, request.FILES or None, kind=page.declared, content=base.content, base=base.number
    )
    if request.method == "POST":
        form.is_valid()
        written = _with_files(form, request)
        if not form.errors:
            try:
                note = form.cleaned_data["note"]
                version = publishing.save_version(page, written, base=base.number, by=request.user, note=note)
            except SomebodyElseWrote as error:
                return _merged(request, page, (base, latest), written, error)
            return _after(request, page, version.number)
    context = _page_context(request, form, page.declared) | {"page": page, "latest": latest} | _translations(page)
    context["end"] = EndForm(initial={"until": page.expires_at})
    return render(request, "site/editing/page.html", context, status=422 if form.errors else 200)


def _with_files(form: PageForm, request: HttpRequest) -> Content:
    """What was written, with the files that came with it.

    A file that is refused leaves the rest as it is; one that was taken stays in the form when something else is wrong.
    """
    content = form.to_content()
    parts = content.parts()
    said = getattr(form, "cleaned_data", {})
    if (upload := request.FILES.get("new_picture")) and "new_picture" in form.fields:
        try:
            picture = add_picture(upload, said.get("picture_alt", ""), said.get("picture_credit", ""))
            parts["picture"] = form.keep_picture(picture)
        except PictureRefused as error:
            form.add_error("picture_alt" if error.field == "alt" else "new_picture", str(error))
    if (upload := request.FILES.get("new_file")) and "new_file" in form.fields:
        try:
            attachment = add_attachment(upload, said.get("new_file_title", ""))
            parts["attachments"] = (*parts["attachments"], form.keep_attachment(attachment))
        except AttachmentRefused as error:
            form.add_error("new_file", str(error))
    return Content.from_parts(parts)


def _merged(
    request: HttpRequest, page: Page, versions: tuple[Version, Version], mine: Content, error: SomebodyElseWrote
) -> HttpResponse:  # fmt: skip
    base, latest = versions
    both = merge(base.content, latest.content, mine)
    form = PageForm(kind=page.declared, content=both.content, base=latest.number)
    labels = part_labels(page.declared)
    conflicts = [labels.get(key, key) for key in both.conflicts]
    context = _page_context(request, form, page.declared) | {
        "page": page, "latest": latest, "meanwhile": error, "conflicts": conflicts,
        "theirs": compare(base.content, latest.content, page.declared, names_in(base.content, latest.content)),
    }  # fmt: skip
    return render(request, "site/editing/page.html", context, status=409)


def _after(request: HttpRequest, page: Page, number: int) -> HttpResponse:
    """After saving: publishes, schedules or shows the preview, as the button said."""
    verb = request.POST.get("verb", "save")
    if verb == "preview":
        return redirect("content:preview", pk=page.pk, number=number)
    user = request.user
    assert isinstance(user, User)
    if verb in ("publish", "schedule") and user.has_permission(PUBLISH.permission):
        try:
            if verb == "publish":
                publishing.publish(page, number, by=user)
                messages.success(request, _("Published. Everybody sees it now."))
            else:
                form = ScheduleForm(request.POST)
                if form.is_valid() and form.cleaned_data["when"] > timezone.now():
                    publishing.schedule(page, form.cleaned_data["when"], number)
                    messages.success(request, _("It will be published by itself at the hour you chose."))
                else:
                    messages.error(request, _("Choose a moment to come. The text is saved."))
        except CampanileError as error:
            messages.error(request, _("The text is saved. %(error)s") % {"error": error})
    else:
        messages.success(request, _("Saved as a draft: only your colleagues see it."))
    return redirect("content:edit", pk=page.pk)


@require_POST
@declared(PUBLISH)
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """`togli` takes it away, `annulla` forgets its hour, `fine` sets its end, `evidenza` puts it in front or back."""
    page = get_object_or_404(Page, pk=pk)
    if verb == "togli":
        publishing.take_away(page)
        messages.success(request, _("Taken away. All its versions are kept: you can publish it again."))
    elif verb == "annulla":
        publishing.unschedule(page)
        messages.success(request, _("It waits no longer for its hour."))
    elif verb == "fine":
        form = EndForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Write a day and an hour, or leave it empty."))
        else:
            publishing.end(page, form.cleaned_data["until"])
            messages.success(request, _("Saved."))
    elif verb == "evidenza":
        publishing.feature(page, on=not page.is_featured)
        messages.success(request, _("Saved."))
    else:
        raise Http404
    return redirect("content:edit", pk=page.pk)


@require_safe
@declared(EDIT)
def preview(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The page as strangers would see this version. Queries: those of the page, and two."""
    page = get_object_or_404(Page.objects.select_related("office", "picture"), pk=pk)
    version = get_object_or_404(page.versions, number=number)
    content = version.content
    page.picture = Picture.objects.filter(pk=content.picture).first() if content.picture else None
    context = drawn(page, content) | {"preview": version, "missing": list(content.missing(page.declared).values())}
    response = render(request, "site/editing/preview.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@declared(EDIT)
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions, and what changed between `?da=` and `?a=` (the last two). 5 queries."""
    page = get_object_or_404(Page, pk=pk)
    versions = list(page.versions.all())
    by_number = {version.number: version for version in versions}

    def asked(name: str, default: int) -> Version:
        value = request.GET.get(name, "")
        return by_number.get(int(value) if value.isdigit() else default, versions[0])

    new_one = asked("a", versions[0].number)
    old_one = asked("da", max(1, new_one.number - 1))
    names = names_in(old_one.content, new_one.content)
    changes = compare(old_one.content, new_one.content, page.declared, names)
    context = {"page": page, "versions": versions, "old": old_one, "new": new_one, "changes": changes}
    return render(request, "site/editing/history.html", context)


@require_POST
@declared(EDIT)
def restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Writes an old version again, as a draft."""
    page = get_object_or_404(Page, pk=pk)
    get_object_or_404(page.versions, number=number)
    publishing.restore(page, number, by=request.user)
    messages.success(
        request, _("Version %(number)s is back as a draft. Publish it when it is right.") % {"number": number}
    )
    return redirect("content:edit", pk=pk)
