"""The town's own accounts on channels: its bot on Telegram, its service on app IO.

What is secret is never shown again.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from campanile_infra.channels.base import TransportError, lines
from campanile_infra.channels.telegram.setting_up import CHANNEL, TOKEN, introduce
from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.contacts.hooks import telegram_secret
from campanile_tenants.town.delivery.models import Account
from campanile_tenants.town.delivery.services.accounts import hooks, keep, of
from campanile_tenants.town.people.admission import declared

_MAY = Policy(Audience.STAFF, permission="contacts.set_up")
_SECRET = forms.PasswordInput(attrs={"autocomplete": "off"})


class TelegramForm(forms.Form):
    """A bot, and perhaps a public channel in which it may write."""

    token = forms.RegexField(
        TOKEN, label=_("Token of the bot"), required=False, strip=True, widget=_SECRET,
        help_text=_("From @BotFather. Empty: the one that is kept."),
        error_messages={"invalid": _("A token looks like 123456789:AbCdEf. Copy it again from @BotFather.")},
    )  # fmt: skip
    channel = forms.RegexField(
        CHANNEL, label=_("Public channel"), required=False, strip=True,
        help_text=_("For example @ComuneDiLecco; the bot must be its administrator."),
        error_messages={"invalid": _("A channel begins with @ and has five letters at least.")},
    )  # fmt: skip


class IoForm(forms.Form):
    """A service on app IO."""

    key = forms.CharField(
        label=_("API key of the service"), max_length=200, strip=True, widget=_SECRET,
        help_text=_("From the developers' portal of IO, for the service of this municipality."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@declared(_MAY)
def channels(request: HttpRequest) -> HttpResponse:
    """What is set up; a new token is tried before it is kept. 3 queries."""
    which = request.POST.get("which", "")
    known = {account.channel: account for account in Account.objects.all()}
    telegram = TelegramForm(
        request.POST if which == "telegram" else None, initial={"channel": of("telegram").get("channel")}
    )
    app_io = IoForm(request.POST if which == "io" else None)
    if which == "telegram" and telegram.is_valid() and _set_up_bot(telegram):
        messages.success(request, gettext("The bot answers, and brings us what people write to it."))
        return redirect("contacts:channels")
    if which == "io" and app_io.is_valid():
        keep("io", gettext("service on IO"), {"key": app_io.cleaned_data["key"]})
        record("contacts.account_kept", ("channel", "io"))
        messages.success(request, gettext("Kept. It is tried with the first message."))
        return redirect("contacts:channels")
    context = {"known": known, "telegram": telegram, "io": app_io, "form": telegram if which == "telegram" else app_io}
    status = 422 if telegram.errors or app_io.errors else 200
    return render(request, "contacts/channels.html", context, status=status)


@require_POST
@declared(_MAY)
def remove(request: HttpRequest, channel: str) -> HttpResponse:
    """The town uses the centre's account again, or the channel no more."""
    get_object_or_404(Account, channel=channel).delete()
    record("contacts.account_removed", ("channel", channel))
    messages.success(request, gettext("Taken away."))
    return redirect("contacts:channels")


def _set_up_bot(form: TelegramForm) -> bool:
    kept: dict[str, Any] = dict(of("telegram"))
    token = form.cleaned_data["token"] or kept.get("token", "")
    if not token:
        form.add_error("token", gettext("Write the token of the bot."))
        return False
    url = next((str(dict(line.options)["url"]) for line in lines("telegram") if "url" in dict(line.options)),
               settings.TELEGRAM_API)  # fmt: skip
    try:
        name = introduce(url, token, hook=f"{hooks()}telegram/", secret=telegram_secret())
    except TransportError as error:
        form.add_error("token", gettext("Telegram says no: %(why)s") % {"why": error})
        return False
    keep("telegram", name, {"token": token, "name": name, "channel": form.cleaned_data["channel"]})
    Account.objects.filter(channel="telegram").update(checked_at=timezone.now())
    record("contacts.account_kept", ("channel", "telegram"))
    return True
