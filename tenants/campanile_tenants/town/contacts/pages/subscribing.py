"""Asking to be told in three steps, and choosing anew by a signed link; without an account."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campanile_infra.channels.base import channels, lines
from campanile_infra.channels.push.keys import public_key
from campanile_infra.database import scope
from campanile_tenants.contract.access import ANYONE
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.town.contacts import topics as topic_list
from campanile_tenants.town.contacts.forms import NIGHT, ChoiceForm, CodeForm, TopicsForm, WayForm
from campanile_tenants.town.contacts.models import Channel, Endpoint
from campanile_tenants.town.contacts.services import subscribing
from campanile_tenants.town.contacts.services.subscribing import Wish
from campanile_tenants.town.contacts.wording import VERSION, wording
from campanile_tenants.town.delivery.services.accounts import of as account_of
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.people.limits import too_many, within_limit
from campanile_tenants.town.people.models import Kind, User
from campanile_tenants.town.people.services.citizens import own_tax_code

_TOPICS, _ASKED, _LINK = "contacts_topics", "contacts_asked", "contacts_telegram"
_SALT = "contacts.preferences"
_ANY = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(_ANY)
@declared(ANYONE)
def subscribe(request: HttpRequest) -> HttpResponse:
    """Step 1 of 3: about what."""
    known = request.session.get(_TOPICS) or [topic.code for topic in topic_list.topics() if topic.urgent]
    form = TopicsForm(request.POST or None, initial={"topics": known})
    if request.method == "POST" and form.is_valid():
        request.session[_TOPICS] = form.cleaned_data["topics"]
        return redirect("contacts:way")
    context = {"form": form, "topics": topic_list.topics(), "chosen": form["topics"].value() or (), "step": 1}
    return render(request, "contacts/subscribe.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(_ANY)
@declared(ANYONE)
def way(request: HttpRequest) -> HttpResponseBase:
    """Step 2 of 3: over what. Asking sends a code to the address and nothing else."""
    chosen = request.session.get(_TOPICS)
    if not chosen:
        return redirect("contacts:subscribe")
    language = (get_language() or "it")[:2]
    tax_code = _tax_code(request)
    form = WayForm(
        request.POST or None, initial={"breaks_quiet": True, "language": language}, vouched=tax_code is not None
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        language = values["language"] or language
        if not within_limit(request, "subscribe", key=values["address"].lower()[:200] or "telegram"):
            return too_many(request, "subscribe")
        try:
            if values["channel"] == Channel.TELEGRAM:
                request.session[_LINK] = subscribing.telegram_token(chosen, language)
            elif values["channel"] in (Channel.PUSH, Channel.IO):
                if values["channel"] == Channel.IO:
                    values["address"] = tax_code
                endpoint = subscribing.ask(_wish(values, chosen, language, form))
                context = {"endpoint": endpoint, "link": preferences_link(endpoint)}
                return render(request, "contacts/done.html", context)
            else:
                request.session[_ASKED] = subscribing.ask(_wish(values, chosen, language, form)).pk
                request.session.pop(_LINK, None)
            return redirect("contacts:code")
        except CampanileError as error:
            error.add_to(form)
    context = {"form": form, "wording": wording(language), "step": 2, "push_key": public_key(),
               "io_after_sign_in": tax_code is None and _io_is_here()}  # fmt: skip
    return render(request, "contacts/way.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(_ANY)
@declared(ANYONE)
def code(request: HttpRequest) -> HttpResponseBase:
    """Step 3 of 3: the code, or the button that opens Telegram."""
    link, key = request.session.get(_LINK), request.session.get(_ASKED)
    if not link and not key:
        return redirect("contacts:subscribe")
    if link:
        name = str(account_of("telegram").get("name", ""))
        context = {
            "telegram": f"https://t.me/{name}?start={link}" if name else "",
            "command": f"/start {link}",
            "step": 3,
        }
        return render(request, "contacts/code.html", context)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not within_limit(request, "code_tried"):
            return too_many(request, "code_tried")
        try:
            endpoint = subscribing.confirm(int(key or 0), form.cleaned_data["code"])
        except CampanileError as error:
            form.add_error("code", str(error))
        else:
            for name in (_ASKED, _TOPICS):
                request.session.pop(name, None)
            return render(request, "contacts/done.html", {"endpoint": endpoint, "link": preferences_link(endpoint)})
    endpoint = get_object_or_404(Endpoint, pk=key)
    context = {"form": form, "endpoint": endpoint, "step": 3}
    return render(request, "contacts/code.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(_ANY)
@declared(ANYONE)
def preferences(request: HttpRequest, name: str) -> HttpResponse:
    """What she wants to hear about over one address: by the signed link, without a password."""
    endpoint = _endpoint(name)
    chosen = list(endpoint.preferences.values_list("topic", flat=True))
    initial = {"topics": chosen, "quiet": endpoint.quiet_from is not None, "breaks_quiet": endpoint.breaks_quiet}
    form = ChoiceForm(request.POST or None, initial=initial)
    saved = stopped = False
    if request.method == "POST" and "stop" in request.POST:
        stopped = bool(subscribing.stop(endpoint.channel, endpoint.address))
    elif request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        subscribing.choose(endpoint, values["topics"], quiet=NIGHT if values["quiet"] else None,
                           breaks_quiet=values["breaks_quiet"])  # fmt: skip
        saved = True
    context = {"form": form, "endpoint": endpoint, "saved": saved, "stopped": stopped}
    return render(request, "contacts/preferences.html", context)


def preferences_link(endpoint: Endpoint) -> str:
    """The page where she chooses anew; whoever has the link may choose for this address and no other."""
    return reverse("contacts:preferences", args=[signing.dumps([scope.current().schema, endpoint.pk], salt=_SALT)])


def _io_is_here() -> bool:
    """Whether the town, or the centre for it, has a service on app IO."""
    return Channel.IO in channels() and (
        bool(account_of("io"))
        or any("key" in dict(line.options) or "url" not in dict(line.options) for line in lines("io"))
    )


def _tax_code(request: HttpRequest) -> str | None:
    """Of whoever signed in with SPID or CIE, where app IO is to be had. 2 queries."""
    signed_in = isinstance(request.user, User) and request.user.kind == Kind.CITIZEN
    return own_tax_code(request.user) if signed_in and _io_is_here() else None  # type: ignore[arg-type]


def _endpoint(name: str) -> Endpoint:
    try:
        schema, key = signing.loads(name, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise Http404 from error
    if schema != scope.current().schema:
        raise Http404
    return get_object_or_404(Endpoint.objects.filter(retired_at__isnull=True, verified_at__isnull=False), pk=key)


def _wish(values: dict[str, Any], chosen: list[str], language: str, form: WayForm) -> Wish:
    return Wish(
        channel=values["channel"], address=values["address"], topics=chosen, wording=wording(language),
        version=VERSION,
        language=language, street=values["street"].strip(), house_number=values["house_number"].strip(),
        quiet=form.hours(), breaks_quiet=values["breaks_quiet"],
    )  # fmt: skip
