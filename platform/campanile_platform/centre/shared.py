"""Lists that modules share among all towns, in the console: written here, offered to every town, forced on none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from campanile_infra.naming import free
from campanile_platform.centre.access import operator_with
from campanile_tenants.contract.module import SharedKind
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.library.models import SharedEntry
from campanile_tenants.town.audit.services import record


class NoteForm(forms.Form):
    """What towns read beside the offer, and on which version the writer stands."""

    note = forms.CharField(
        label=gettext_lazy("What changed"), max_length=200, required=False,
        help_text=gettext_lazy("Towns read it when the change is offered to them."),
    )  # fmt: skip
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


@require_safe
@operator_with("centre.view_towns")
def entries(request: HttpRequest, kind: str) -> HttpResponse:
    """A whole list. 1 query."""
    found = _kind(kind)
    rows = sorted(SharedEntry.objects.filter(kind=kind), key=lambda one: str(one).casefold())
    may_edit = request.user.has_permission("centre.edit_catalogue")  # type: ignore[union-attr]
    return render(request, "centre/shared.html", {"kind": found, "rows": rows, "may_edit": may_edit})


@operator_with("centre.edit_catalogue")
def edit(request: HttpRequest, kind: str, code: str = "") -> HttpResponse:
    """Writes an entry, or a new one. Each change is a version that every town is offered."""
    found = _kind(kind)
    entry = get_object_or_404(SharedEntry, kind=kind, code=code) if code else None
    version = entry.version if entry else 0
    form = import_string(found.form)(request.POST or None, initial=entry.data if entry else {}, code=code)
    note = NoteForm(request.POST or None, initial={"base": version})
    if request.method == "POST" and all([form.is_valid(), note.is_valid()]):
        if _save(found, entry, form, note.cleaned_data):
            messages.success(request, _("Saved. Every town finds it among its offers."))
            return redirect("centre:shared", kind=kind)
        note.add_error("note", _("A colleague changed this entry meanwhile. Open it again and compare."))
    wrong = bool(form.errors or note.errors)
    context = {"kind": found, "entry": entry, "form": form, "note": note}
    return render(request, "centre/shared_edit.html", context, status=422 if wrong else 200)


def _save(kind: SharedKind, entry: SharedEntry | None, form: Any, said: dict[str, Any]) -> bool:
    """Writes a version if something changed; False when somebody else wrote one meanwhile."""
    data: dict[str, Any] = form.to_data()
    with transaction.atomic():
        if entry is None:
            taken = set(SharedEntry.objects.filter(kind=kind.code).values_list("code", flat=True))
            code = free(slugify(data["name"])[:36] or "voce", taken)
            entry = SharedEntry(kind=kind.code, code=code, version=0)
        else:
            entry = SharedEntry.objects.select_for_update().get(pk=entry.pk)
            if entry.version != said["base"]:
                return False
        if form.has_changed():
            entry.data, entry.version, entry.is_adapted = data, entry.version + 1, True
            entry.what_changed, entry.changed_at = said["note"], timezone.now()
            entry.save()
            record("centre.list_saved", (kind.code, entry.code), version=entry.version)
    return True


@require_POST
@operator_with("centre.edit_catalogue")
def act(request: HttpRequest, kind: str, code: str, verb: str) -> HttpResponse:
    """`ritira` stops offering an entry, `offri` offers it again; what towns have stays as it is."""
    entry = get_object_or_404(SharedEntry, kind=kind, code=code)
    if verb not in ("ritira", "offri"):
        raise Http404
    with transaction.atomic():
        entry.retired_at = timezone.now() if verb == "ritira" else None
        entry.save(update_fields=["retired_at"])
        record("centre.list_retired" if verb == "ritira" else "centre.list_offered", (kind, code))
    return redirect("centre:shared", kind=kind)


def _kind(code: str) -> SharedKind:
    try:
        return registry.shared_kinds()[code]
    except KeyError:
        raise Http404 from None
