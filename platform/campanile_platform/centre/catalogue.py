"""The shared catalogue in the console: descriptions of services that towns adopt and are offered again."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_infra.naming import free
from campanile_platform.centre.access import operator_with
from campanile_tenants.public.library.models import SharedService
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import Content
from campanile_tenants.town.site.editing.forms import PageForm

_TOWNS_OWN = ("office", "attachments", "new_file", "new_file_title", "picture", "new_picture", "picture_alt",
              "picture_credit", "no_picture", "is_active", "inactive_reason")  # fmt: skip
"""What only a town can say of a service."""


class SharedForm(PageForm):
    """A description for all towns. `what_changed` is what towns read when it is offered to them."""

    def __init__(self, *args: object, content: Content, base: int, **kwargs: object) -> None:
        super().__init__(*args, kind=tree.SERVICE, content=content, base=base, **kwargs)
        for name in _TOWNS_OWN:
            self.fields.pop(name, None)
        self.fields["note"].help_text = _("Towns read it when the text is offered to them.")

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        content = replace(self.to_content(), office="-", is_active=True)
        for name, what in content.missing(tree.SERVICE).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, what)
        return values


@require_safe
@operator_with("centre.view_towns")
def services(request: HttpRequest) -> HttpResponse:
    """All descriptions, searched by `?cerca=`. 1 query."""
    words = request.GET.get("cerca", "").strip()
    rows = [one for one in SharedService.objects.all() if words.casefold() in str(one).casefold()]
    rows.sort(key=lambda one: str(one).casefold())
    may_edit = request.user.has_permission("centre.edit_catalogue")  # type: ignore[union-attr]
    return render(request, "centre/catalogue.html", {"rows": rows, "words": words, "may_edit": may_edit})


@operator_with("centre.edit_catalogue")
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Writes a description. Each change is a new version, which every town is offered and none is made to take."""
    shared = get_object_or_404(SharedService, code=code) if code else None
    content = Content.load(shared.data) if shared else Content(category="anagrafe-e-stato-civile", is_active=True)
    form = SharedForm(request.POST or None, content=content, base=shared.version if shared else 0)
    if request.method == "POST":
        form.is_valid()
        if shared and not form.errors and form.cleaned_data["base"] != shared.version:
            form.add_error("base", _("A colleague changed this description meanwhile. Open it again and compare."))
        if not form.errors:
            saved = _save(shared, form)
            messages.success(request, _("Saved. Towns that have this service find the new text among their offers."))
            return redirect("centre:catalogue_edit", code=saved.code)
    context = {"form": form, "shared": shared}
    return render(request, "centre/catalogue_edit.html", context, status=422 if form.errors else 200)


def _save(shared: SharedService | None, form: SharedForm) -> SharedService:
    data = replace(form.to_content(), office="", is_active=True).dump()
    with transaction.atomic():
        if shared is None:
            shared = SharedService(code=_free_code(data["title"]), data=data, is_adapted=True)
            shared.save()
        elif data != shared.data:
            locked = SharedService.objects.select_for_update().get(pk=shared.pk)
            locked.data, locked.version, locked.is_adapted = data, locked.version + 1, True
            locked.what_changed, locked.changed_at = form.cleaned_data["note"], timezone.now()
            locked.save()
            shared = locked
        record("centre.catalogue_saved", ("service", shared.code), version=shared.version)
    return shared


def _free_code(title: str) -> str:
    base = slugify(title)[:70] or "servizio"
    taken = set(SharedService.objects.filter(code__startswith=base).values_list("code", flat=True))
    return free(base, taken)


@require_POST
@operator_with("centre.edit_catalogue")
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """`ritira` stops offering a description, `offri` offers it again; pages of towns stay as they are."""
    shared = get_object_or_404(SharedService, code=code)
    if verb not in ("ritira", "offri"):
        raise Http404
    with transaction.atomic():
        shared.retired_at = timezone.now() if verb == "ritira" else None
        shared.save(update_fields=["retired_at"])
        record("centre.catalogue_retired" if verb == "ritira" else "centre.catalogue_offered", ("service", code))
    return redirect("centre:catalogue")
