"""For whoever looks after readers: who they are, why nothing comes, writing down, files in and out, the proof."""

from __future__ import annotations

import tempfile
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_modules.newsletters.forms import FileForm, MappingForm, ReaderForm
from campanile_modules.newsletters.models import Import, Subscriber, Subscription, Topic
from campanile_modules.newsletters.services import importing, readers, subscribing
from campanile_tenants.kit import audit
from campanile_tenants.kit.module import CampanileError
from campanile_tenants.kit.permissions import permission_required
from campanile_tenants.kit.sealing import seal, unseal
from campanile_tenants.kit.web import page_of

MAY = "newsletters.manage_readers"
_ANY = ["GET", "HEAD", "POST"]


@never_cache
@require_safe
@permission_required(MAY)
def listed(request: HttpRequest) -> HttpResponse:
    """Readers by a part of the address and by state, `?cerca=`, `?stato=`. 5 queries; the reading goes on record."""
    words, state = request.GET.get("cerca", "").strip(), request.GET.get("stato", "")
    page = page_of(request, readers.found(words, state).prefetch_related("subscriptions__topic"), 30)
    if page.object_list:
        audit.record("newsletters.read_personal_data", ("readers", "list"), number=len(page.object_list))
    context = {"page": page, "words": words, "state": state, "states": Subscription.State.choices,
               "anybody": bool(words or state or page.object_list)}  # fmt: skip
    return render(request, "newsletters/readers.html", context)


@never_cache
@require_http_methods(_ANY)
@permission_required(MAY)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A reader; POST writes to her again although her mails came back. 6 queries."""
    reader = get_object_or_404(Subscriber, pk=pk)
    if request.method == "POST":
        readers.lift(reader)
        messages.success(request, _("From now on she gets mails again."))
        return redirect("newsletters:reader", pk=pk)
    audit.record("newsletters.read_personal_data", ("subscriber", str(pk)), number=1)
    gone = readers.unreachable(reader)
    context = {
        "reader": reader, "consents": readers.consents(reader), "gone": gone,
        "subscriptions": reader.subscriptions.select_related("topic", "ended_by").order_by("topic__position"),
        "may_lift": gone and all(one.reason in ("dead_address", "gone") for one in gone),
    }  # fmt: skip
    return render(request, "newsletters/reader.html", context)


@never_cache
@require_safe
@permission_required(MAY)
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """What she agreed to, as a page of A4."""
    reader = get_object_or_404(Subscriber, pk=pk)
    response = HttpResponse(readers.proof(reader), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="consenso-{pk}.pdf"'
    return response


@never_cache
@require_http_methods(_ANY)
@permission_required(MAY)
def write_down(request: HttpRequest) -> HttpResponse:
    """Writing somebody down: with how she agreed, or with a mail in which she confirms."""
    form = ReaderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        codes = [topic.code for topic in values["topics"]]
        try:
            if values["agreed"].strip():
                subscribing.write_down(values["email"], codes, agreed=values["agreed"])
                messages.success(request, _("Written down."))
            else:
                subscribing.ask(values["email"], codes, words=_(subscribing.WORDS), channel="desk", page=request.path)
                messages.success(request, _("She gets a mail now, and counts once she confirms."))
        except CampanileError as error:
            error.add_to(form)
        else:
            return redirect("newsletters:readers")
    return render(request, "newsletters/write_down.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(_ANY)
@permission_required(MAY)
def upload(request: HttpRequest) -> HttpResponse:
    """A file of another program; nothing is written yet."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        text = _text(form.cleaned_data["file"].read(importing.MOST_BYTES + 1))
        kept = Import.objects.create(sealed=seal(text))
        return redirect("newsletters:mapping", pk=kept.pk)
    return render(request, "newsletters/import.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(_ANY)
@permission_required(MAY)
def mapping(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """How the file was understood, and what would come of it; `fai=prendi` writes it down."""
    kept = Import.objects.filter(pk=pk).first()
    if kept is None:
        messages.error(request, _("Choose the file again: it was kept for a day."))
        return render(request, "newsletters/import.html", {"form": FileForm()}, status=410)
    text = unseal(kept.sealed)
    topics = list(Topic.objects.filter(is_active=True))
    form = MappingForm(request.POST or None, header=importing.header_of(text), topics=topics)
    shown: importing.Preview | None = None
    try:
        choice = form.choice()
        if request.method == "POST" and request.POST.get("fai") == "prendi" and form.is_valid():
            return _taken(request, kept, importing.take_in(text, choice))
        shown = importing.look(text, choice)
    except CampanileError as error:
        messages.error(request, str(error))
        shown = _or_nothing(text, form.choice()) if form.choice().topics else None
    context = {"form": form, "shown": shown, "kept": kept}
    return render(request, "newsletters/mapping.html", context)


@never_cache
@require_safe
@permission_required("newsletters.set_up")
def export(request: HttpRequest) -> HttpResponseBase:
    """Readers as CSV (`?forma=listmonk` in listmonk's form), or everything as a ZIP (`?forma=tutto`)."""
    shape, day = request.GET.get("forma", ""), timezone.localdate().isoformat()
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response; written here, while the town is known
    name = f"newsletter-{day}.zip" if shape == "tutto" else f"lettori-{day}.csv"
    if shape == "tutto":
        readers.export_whole(file)
    else:
        file.writelines(line.encode() for line in readers.export_csv(listmonk=shape == "listmonk"))
        audit.record("newsletters.exported", ("readers", "export"), number=Subscriber.objects.count())
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)


@require_POST
@permission_required(MAY)
def forget(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Puts a file away that is not to be taken in."""
    get_object_or_404(Import, pk=pk).delete()
    return redirect("newsletters:readers")


def _taken(request: HttpRequest, kept: Import, found: importing.Preview) -> HttpResponse:
    kept.delete()
    said = ngettext("%(n)d reader written down.", "%(n)d readers written down.", len(found.good)) % {
        "n": len(found.good)
    }
    if found.asked:
        said += " " + ngettext("%(n)d is asked by mail.", "%(n)d are asked by mail.", len(found.asked)) % {
            "n": len(found.asked)
        }
    messages.success(request, said)
    return redirect("newsletters:readers")


def _or_nothing(text: str, choice: importing.Choice) -> Any:
    try:
        return importing.look(text, choice)
    except CampanileError:
        return None


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
