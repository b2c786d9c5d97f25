"""Beside the pages: offers of the shared catalogue, feeds, ratings, the face of the site."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Avg, Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_infra.storage.images import UnusableImage, clean_emblem
from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.public.library.models import SharedService
from campanile_tenants.town.api.uploads import why_unusable
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.site.editing.forms import FeedForm, IdentityForm
from campanile_tenants.town.site.editing.views import EDIT, PUBLISH
from campanile_tenants.town.site.models import BrokenLink, Feed, Identity, Page, Rating
from campanile_tenants.town.site.pages.rating import NEGATIVE, POSITIVE, POSITIVE_FROM
from campanile_tenants.town.site.services import adopting
from campanile_tenants.town.site.services.feeds import read

FACE = Policy(Audience.STAFF, permission="site.edit_identity")


@require_safe
@declared(EDIT)
def offers(request: HttpRequest) -> HttpResponse:
    """Newer texts of the shared catalogue, each with what it would change. 4 queries and two an offer."""
    context = {"offers": adopting.offers(), "not_here": adopting.not_here()}
    return render(request, "site/editing/offers.html", context)


@require_POST
@declared(PUBLISH)
def decide_offer(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """`prendi` takes the newer text, `lascia` keeps ours."""
    page = get_object_or_404(Page, pk=pk)
    shared = get_object_or_404(SharedService, code=page.shared_code or "-")
    if verb == "prendi":
        adopting.take(adopting.offer_for(page, shared), by=request.user)
        messages.success(request, _("“%(title)s” has the newer text.") % {"title": page.title})
    elif verb == "lascia":
        adopting.decline(page, shared)
        messages.success(request, _("“%(title)s” stays as it is.") % {"title": page.title})
    else:
        raise Http404
    return redirect("content:offers")


@require_POST
@declared(PUBLISH)
def adopt(request: HttpRequest, code: str) -> HttpResponse:
    """Puts a service of the catalogue on the site."""
    if not adopting.adopt_all(only=code):
        raise Http404
    messages.success(request, _("It is on the site. Read it over, and choose the office that answers."))
    return redirect("content:edit", pk=Page.objects.get(shared_code=code, language="it").pk)


@declared(PUBLISH)
def feeds(request: HttpRequest) -> HttpResponse:
    """Feeds of the former site: what was read, what was not. 1 query."""
    form = FeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        feed, _made = Feed.objects.update_or_create(
            url=form.cleaned_data["url"], defaults={"category": form.cleaned_data["category"]}
        )
        read(feed, by=request.user)
        if feed.error:
            messages.error(request, feed.error)
        else:
            text = _("%(taken)s new drafts, %(known)s known already.") % {"taken": feed.taken, "known": feed.known}
            messages.success(request, text)
        return redirect("content:feeds")
    context = {"form": form, "feeds": Feed.objects.all()}
    return render(request, "site/editing/feeds.html", context, status=422 if form.errors else 200)


@require_POST
@declared(PUBLISH)
def feed_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """`leggi` reads it now, `togli` forgets it; its drafts stay."""
    feed = get_object_or_404(Feed, pk=pk)
    if verb == "leggi":
        read(feed, by=request.user)
    elif verb == "togli":
        feed.delete()
    else:
        raise Http404
    return redirect("content:feeds")


@require_safe
@declared(EDIT)
def links(request: HttpRequest) -> HttpResponse:
    """Links that lead nowhere, as the last night found them. 1 query."""
    return render(request, "site/editing/links.html", {"links": BrokenLink.objects.select_related("page")})


@require_safe
@declared(EDIT)
def ratings(request: HttpRequest) -> HttpResponse:
    """How clear people find the pages: stars, answers, the pages that need work first. 4 queries."""
    stars = dict(Rating.objects.values_list("stars").annotate(n=Count("pk")))
    total = sum(stars.values())
    most = max(stars.values(), default=0)
    bars = [(n, stars.get(n, 0), round(100 * stars.get(n, 0) / most) if most else 0) for n in range(5, 0, -1)]
    worst = Rating.objects.values("path").annotate(mean=Avg("stars"), n=Count("pk")).order_by("mean", "-n")[:10]
    good = sum(n for given, n in stars.items() if given >= POSITIVE_FROM)
    context = {
        "bars": bars, "total": total, "worst": worst, "good": round(100 * good / total) if total else 0,
        "reasons": _reasons(), "words": Rating.objects.exclude(text="")[:20],
    }  # fmt: skip
    return render(request, "site/editing/ratings.html", context)


def _reasons() -> list[tuple[str, int]]:
    """The fixed answers by how often they were given: at most 25 rows come from the database."""
    given = Rating.objects.filter(answer__isnull=False).values_list("stars", "answer").annotate(n=Count("pk"))
    counted: Counter[str] = Counter()
    for stars, answer, number in given:
        counted[str((POSITIVE if stars >= POSITIVE_FROM else NEGATIVE)[answer - 1])] += number
    return counted.most_common()


@declared(FACE)
def identity(request: HttpRequest) -> HttpResponse:
    """Colour, words, contacts, coat of arms: seen on every page at once."""
    row = Identity.objects.first() or Identity()
    form = IdentityForm(request.POST or None, request.FILES or None, instance=row)
    if request.method == "POST" and form.is_valid():
        coat = b""
        if upload := request.FILES.get("new_coat"):
            try:
                coat = clean_emblem(upload, upload.size or 0)
            except UnusableImage as error:
                form.add_error("new_coat", why_unusable(error))
        if not form.errors:
            former = row.coat.name if coat else ""
            with transaction.atomic():
                saved: Identity = form.save(commit=False)
                saved.social = form.cleaned_data["social_lines"]
                if coat:
                    saved.coat.save("stemma.webp", ContentFile(coat), save=False)
                saved.save()
                record("site.identity_saved", saved)
                if former:
                    transaction.on_commit(lambda: saved.coat.storage.delete(former))
            messages.success(request, _("Saved. It is already on the site."))
            return redirect("content:identity")
    return render(request, "site/editing/identity.html", {"form": form}, status=422 if form.errors else 200)
