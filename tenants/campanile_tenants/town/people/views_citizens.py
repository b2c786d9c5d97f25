"""How citizens sign in: a code by mail or SMS where little certainty is enough, SPID or CIE where more is needed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campanile_infra.addresses import centre_address
from campanile_infra.identity.providers import providers
from campanile_tenants.contract.access import Assurance
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.people.admission import ASSURANCE_KEY
from campanile_tenants.town.people.limits import limited, too_many, within_limit
from campanile_tenants.town.people.services import codes, handover

_NEXT, _CODE, _LEVEL = "after_sign_in", "sign_in_code", "level_asked"


class AddressForm(forms.Form):
    """Where the code goes."""

    address = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if codes.by_sms():
            self.fields["address"].label = _("E-mail or mobile number")
            self.fields["address"].widget = forms.TextInput(attrs={"autocomplete": "username"})

    def clean_address(self) -> str:
        """As `codes.clean` writes it."""
        try:
            return codes.clean(self.cleaned_data["address"])
        except codes.NowhereToSend as error:
            raise forms.ValidationError(str(error)) from error


class CodeForm(forms.Form):
    """The code that came."""

    code = forms.CharField(
        label=_("The six digits we sent you"), max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip


@never_cache
def citizens(request: HttpRequest) -> HttpResponseBase:
    """The ways that are sure enough for what she was about to do: `?next=` and `?livello=` say what and how sure."""
    form = AddressForm(request.POST or None)
    if request.method == "GET":
        wanted = request.GET.get("next", "/")
        safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
        request.session[_NEXT] = wanted if safe and wanted.startswith("/") else "/"
    elif form.is_valid():
        address = form.cleaned_data["address"]
        if not within_limit(request, "code_sent", key=address):
            return too_many(request, "code_sent")
        request.session[_CODE] = str(codes.send(address))
        return redirect("citizen_code")
    level = request.GET.get("livello", "1")
    if request.method == "GET":
        request.session[_LEVEL] = 3 if level == "3" else 2
    context = {
        "by_sms": codes.by_sms(),
        "providers": providers(),
        "cie": bool(settings.CIE_PROVIDER),
        "form": form if level in ("0", "1") else None,
    }
    return render(request, "people/citizens.html", context, status=422 if form.errors else 200)


@never_cache
def code(request: HttpRequest) -> HttpResponseBase:
    """Takes the code and signs in, with low assurance."""
    number = request.session.get(_CODE, "")
    if not number:
        return redirect("citizens")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not within_limit(request, "code_tried"):
            return too_many(request, "code_tried")
        try:
            user = codes.check(number, form.cleaned_data["code"])
        except codes.CodeRefused as error:
            form.add_error("code", str(error))
        else:
            to = after_sign_in(request)
            request.session.pop(_CODE, None)
            login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
            request.session[ASSURANCE_KEY] = int(Assurance.LOW)
            return redirect(to)
    return render(request, "people/citizen_code.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@never_cache
@limited("handover")
def spid(request: HttpRequest) -> HttpResponse:
    """To the gateway with the provider that was chosen; the browser's session is bound to the answer."""
    return _to_the_gateway(request, "gateway:leave", idp=request.GET.get("idp", ""))


@require_safe
@never_cache
@limited("handover")
def cie(request: HttpRequest) -> HttpResponse:
    """To the gateway, and from there to the provider of the electronic identity card."""
    return _to_the_gateway(request, "gateway:cie_leave")


def _to_the_gateway(request: HttpRequest, page: str, **query: str) -> HttpResponse:
    """With the level that the page she came from needs; the answer is bound to this browser's session."""
    level = str(request.session.get(_LEVEL, 2))
    query |= {"legame": handover.set_out(request.session), "livello": level}
    path = reverse(page, args=[current_town().ipa_code], urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    return redirect(f"{centre_address(path)}?{urlencode(query)}")


def after_sign_in(request: HttpRequest) -> str:
    """Where she was going when she was asked to sign in."""
    return str(request.session.pop(_NEXT, "/"))
