"""The office's page of other systems: hooks, what they were told, and sending it again."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.webhooks import services, tasks
from campanile_tenants.town.webhooks.models import Call, Hook

_MAY = Policy(Audience.STAFF, permission="webhooks.manage")


class HookForm(forms.Form):
    """Where to tell what."""

    name = forms.CharField(label=_("Name"), max_length=80)
    url = forms.URLField(
        label=_("Address"), max_length=300, assume_scheme="https", help_text=_("Begins with https://")
    )
    events = forms.MultipleChoiceField(label=_("What to tell it"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["events"].choices = sorted(services.labels().items())  # type: ignore[attr-defined]

    def clean_url(self) -> str:
        """Only https, but for a trial on one machine."""
        url: str = self.cleaned_data["url"]
        if not url.startswith("https://") and not settings.LOCAL_OUTBOX:
            raise forms.ValidationError(gettext("Only addresses that begin with https:// are told anything."))
        return url


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@declared(_MAY)
def hook_list(request: HttpRequest) -> HttpResponse:
    """The hooks; a new one shows its key once. 2 queries."""
    form = HookForm(request.POST or None)
    key = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        _hook, key = services.make(values["name"], values["url"], values["events"])
        form = HookForm()
    context = {"hooks": list(Hook.objects.all()), "form": form, "key": key}
    return render(request, "webhooks/list.html", context, status=422 if form.errors else 200)


@require_safe
@declared(_MAY)
def calls(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one hook was told, the newest first. 3 queries."""
    hook = get_object_or_404(Hook, pk=pk)
    page = Paginator(hook.calls.all(), 50).get_page(request.GET.get("pagina"))
    return render(request, "webhooks/calls.html", {"hook": hook, "page": page})


@require_POST
@declared(_MAY)
def act(request: HttpRequest, pk: UUID, verb: str) -> HttpResponse:
    """Switches a hook on or off, or takes it away with what it was told."""
    hook = get_object_or_404(Hook, pk=pk)
    if verb == "accendi":
        services.switch_on(hook)
        tasks.tell.wake()
    elif verb == "spegni":
        services.switch_off(hook, gettext("by hand"))
    elif verb == "togli":
        hook.delete()
        messages.success(request, gettext("Taken away."))
        return redirect("webhooks:list")
    else:
        raise Http404
    return redirect("webhooks:calls", pk=pk)


@require_POST
@declared(_MAY)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends a call once more."""
    call = get_object_or_404(Call, pk=pk)
    services.again(call)
    tasks.tell.wake()
    messages.success(request, gettext("It is sent again."))
    return redirect("webhooks:calls", pk=call.hook_id)
