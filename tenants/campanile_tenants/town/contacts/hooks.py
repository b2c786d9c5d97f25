"""Where providers and recipients come back to: `/consegne/`. A signature, a secret or a ticket proves who asks."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from campanile_infra.channels import sns
from campanile_infra.channels.voice.gateway import script, thanks
from campanile_infra.database import scope
from campanile_infra.database.names import is_town
from campanile_infra.database.scope import in_schema
from campanile_infra.sealing import fingerprint
from campanile_infra.web.fetching import NotFetched, is_there
from campanile_tenants.contract.access import ANYONE, EVERYWHERE
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.everywhere import in_every_town
from campanile_tenants.town.contacts import ses
from campanile_tenants.town.contacts.models import Endpoint
from campanile_tenants.town.contacts.services import subscribing
from campanile_tenants.town.contacts.wording import VERSION, wording
from campanile_tenants.town.delivery.models import Delivery, Receipt
from campanile_tenants.town.delivery.services import Event, receive
from campanile_tenants.town.delivery.services.words import words
from campanile_tenants.town.delivery.tickets import ForgedTicket, read
from campanile_tenants.town.people.admission import declared

_log = logging.getLogger(__name__)
Kind = Receipt.Kind
_PATIENCE = 300
"""Seconds that a signed request may be old."""
_CALLS = {"no-answer": Kind.NO_ANSWER, "busy": Kind.NO_ANSWER, "failed": Kind.NO_ANSWER, "completed": Kind.DELIVERED}
_KEYS = {"1": Kind.UNDERSTOOD, "2": Kind.HELP}
_TEXTS = {"TEXT_DELIVERED": Kind.DELIVERED, "VOICE_COMPLETED": Kind.DELIVERED, "VOICE_NO_ANSWER": Kind.NO_ANSWER,
          "VOICE_BUSY": Kind.NO_ANSWER, "TEXT_INVALID": Kind.FAILED, "TEXT_UNREACHABLE": Kind.FAILED,
          "TEXT_BLOCKED": Kind.FAILED, "TEXT_CARRIER_BLOCKED": Kind.FAILED, "TEXT_CARRIER_UNREACHABLE": Kind.FAILED,
          "TEXT_INVALID_MESSAGE": Kind.FAILED, "TEXT_SPAM": Kind.FAILED, "TEXT_TTL_EXPIRED": Kind.FAILED,
          "TEXT_PROTECT_BLOCKED": Kind.FAILED, "VOICE_FAILED": Kind.FAILED}  # fmt: skip


# -- the telephone gateway ---------------------------------------------------------------------------


@csrf_exempt  # signed by the gateway
@require_POST
@declared(ANYONE)
def call(request: HttpRequest, name: str) -> HttpResponse:
    """Somebody answered: what to say, and that a key is waited for. 403 for what the gateway did not sign."""
    delivery = _delivery(name)
    if _from_gateway(request) is None:
        return HttpResponse(status=403)
    found = words(delivery.message, "voice", delivery.language)
    hook = request.build_absolute_uri(reverse("contacts:call_key", args=(name,)))
    return JsonResponse(script(found.body, delivery.language, hook), safe=False)


@csrf_exempt  # signed by the gateway
@require_POST
@declared(ANYONE)
def call_key(request: HttpRequest, name: str) -> HttpResponse:
    """A key was pressed: 1 understood, 2 needs help, 9 no more calls. Anything else ends the call politely."""
    delivery, data = _delivery(name), _from_gateway(request)
    if data is None:
        return HttpResponse(status=403)
    digit = str(data.get("digits", ""))
    if kind := _KEYS.get(digit):
        receive([Event("gateway", f"{data.get('call_sid')}/key/{digit}", kind, ticket=name)])
    elif digit == "9":
        subscribing.stop(delivery.channel, delivery.address)
    with translation.override(delivery.language):
        said = {
            "1": _("Thank you. Goodbye."),
            "2": _("We have understood that you need help. The municipality knows."),
            "9": _("We will not call this number again. Goodbye."),
        }
        return JsonResponse(thanks(said.get(digit, _("Goodbye.")), delivery.language), safe=False)


@csrf_exempt  # signed by the gateway
@require_POST
@declared(ANYONE)
def call_status(request: HttpRequest, name: str) -> HttpResponse:
    """How the call is going: nobody answered, busy, over."""
    _delivery(name)
    data = _from_gateway(request)
    if data is None:
        return HttpResponse(status=403)
    if kind := _CALLS.get(str(data.get("call_status"))):
        event = f"{data.get('call_sid')}/{data.get('call_status')}"
        receive([Event("gateway", event, kind, ticket=name, detail=str(data.get("sip_status", "")))])
    return HttpResponse(status=200)


def _from_gateway(request: HttpRequest) -> dict[str, Any] | None:
    """The JSON object, when the gateway signed it a moment ago."""
    parts = dict(part.partition("=")[::2] for part in request.headers.get("Jambonz-Signature", "").split(","))
    stamp, mark = parts.get("t", ""), parts.get("v1", "")
    if not settings.VOICE_GATEWAY_SECRET or not stamp.isdigit() or abs(time.time() - int(stamp)) > _PATIENCE:
        return None
    signed = f"{stamp}.".encode() + request.body
    if not hmac.compare_digest(
        hmac.new(settings.VOICE_GATEWAY_SECRET.encode(), signed, hashlib.sha256).hexdigest(), mark
    ):
        return None
    return _object(request)


# -- Telegram ----------------------------------------------------------------------------------------


def telegram_secret() -> str:
    """What this town's bot sends along with each update (`secret_token` of setWebhook)."""
    return fingerprint("telegram")


@csrf_exempt  # a secret of the town's own in the header
@require_POST
@declared(ANYONE)
def telegram(request: HttpRequest) -> HttpResponse:
    """An update of the town's bot: start, stop, a button. Each `update_id` once."""
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not hmac.compare_digest(given.encode(), telegram_secret().encode()):
        return HttpResponse(status=403)
    data = _object(request) or {}
    button = data.get("callback_query") or {}
    message = data.get("message") or {}
    if button:
        return _button(str(data.get("update_id")), button)
    chat, text = message.get("chat", {}).get("id"), str(message.get("text", "")).strip()
    if not isinstance(chat, int):
        return HttpResponse(status=200)
    if text.startswith("/start "):
        found = subscribing.start_telegram(text.removeprefix("/start ").strip(), chat, wording("it"), VERSION)
        return _say(chat, _("From now on you get the notices here. Write /stop to end them.") if found else
                    _("This link is too old. Take a new one from the municipality's site."))  # fmt: skip
    if text.split("@")[0].lower() in ("/stop", "stop", "basta", "/basta"):
        subscribing.stop("telegram", str(chat))
        return _say(chat, _("You get no more notices here."))
    return _say(chat, _("This is the municipality's notice service. Subscribe on its site; write /stop to end."))


def _button(update: str, button: dict[str, Any]) -> HttpResponse:
    code, _sep, name = str(button.get("data", "")).partition(":")
    kind = {"understood": Kind.UNDERSTOOD, "help": Kind.HELP}.get(code)
    try:
        if kind is not None:
            receive([Event("telegram", update, kind, ticket=name)])
    except ForgedTicket:
        return HttpResponse(status=403)
    return JsonResponse(
        {"method": "answerCallbackQuery", "callback_query_id": button.get("id"), "text": _("Thank you.")}
    )


def _say(chat: int, text: str) -> HttpResponse:
    """Answers in the webhook's own reply, which the Bot API allows: nothing leaves the house by itself."""
    return JsonResponse({"method": "sendMessage", "chat_id": chat, "text": text})


# -- AWS ---------------------------------------------------------------------------------------------


@csrf_exempt  # signed by SNS
@require_POST
@declared(EVERYWHERE)
def aws(request: HttpRequest) -> HttpResponse:
    """What AWS tells of mails, SMS and calls, through SNS. 403 for what SNS did not sign for a topic of ours.

    At the centre's address it takes tickets of every town, at a town's only its own.
    """
    try:
        told = sns.read(request.body, settings.SNS_TOPICS)
        if told.kind == "SubscriptionConfirmation":
            return _confirm_subscription(told)
        event = told.message if isinstance(told.message, dict) else {}
        if event.get("inboundMessageId"):
            return _written_back(event)
        if name := ses.ticket_of(event):
            with in_schema(_schema_of(name)):
                ses.take(event, name, told.number)
            return HttpResponse(status=200)
        name = str(event.get("context", {}).get("ticket", ""))
        kind = _TEXTS.get(str(event.get("eventType", "")))
        if kind is None or not name:
            return HttpResponse(status=200)
        with in_schema(_schema_of(name)):
            receive([Event("aws-sms", told.number, kind, ticket=name, reference=str(event.get("messageId", "")),
                           detail=str(event.get("eventType"))[:60])])  # fmt: skip
    except (sns.NotFromSns, ForgedTicket) as error:
        _log.warning("A notification was refused: %s", error)
        return HttpResponse(status=403)
    return HttpResponse(status=200)


_STOPS = {"stop", "basta", "ferma", "cancella", "unsubscribe", "end", "quit"}


def _written_back(event: dict[str, Any]) -> HttpResponse:
    """Somebody answered an SMS (two-way messages of AWS): STOP ends them, in every town that shares the number."""
    number, said = (
        str(event.get("originationNumber", "")),
        str(event.get("messageBody", "")).strip().lower().rstrip(".!"),
    )
    if said in _STOPS and number.startswith("+"):
        if is_town(scope.current().schema):
            subscribing.stop("sms", number)
        else:
            in_every_town(lambda: _stop_sms(number))
    return HttpResponse(status=200)


def _stop_sms(number: str) -> int:
    """Only where she is known: elsewhere nothing about her is written down."""
    if not Endpoint.objects.filter(channel="sms", address=number, retired_at__isnull=True).exists():
        return 0
    return subscribing.stop("sms", number)


def _schema_of(name: str) -> str:
    """The town that a ticket names: at a town's own address no other one. Raises ForgedTicket."""
    schema, here = read(name).schema, scope.current().schema
    if is_town(here) and schema != here:
        raise ForgedTicket
    return schema


def _confirm_subscription(told: sns.Notification) -> HttpResponse:
    if not sns.is_sns(told.subscribe_url):
        return HttpResponse(status=403)
    try:
        is_there(told.subscribe_url)
    except NotFetched:
        return HttpResponse(status=502)
    return HttpResponse(status=200)


# -- recipients --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # the ticket is the secret, and a mail client that unsubscribes in one click has no token (RFC 8058)
@declared(ANYONE)
def stop(request: HttpRequest, name: str) -> HttpResponse:
    """No more messages. GET only asks: what scans links for viruses must not unsubscribe anybody."""
    delivery = _delivery(name)
    done = request.method == "POST"
    owner = registry.find(delivery.message.topic.partition(".")[0])
    if owner is not None and owner.stops:
        page = import_string(owner.stops)(delivery.message.topic, delivery.address, delivery.message.about, end=done)
        if page and not done:
            return redirect(page)
    elif done:
        subscribing.stop(delivery.channel, delivery.address)
    return render(request, "contacts/stop.html", {"done": done, "delivery": delivery})


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # the ticket is the secret
@declared(ANYONE)
def answer(request: HttpRequest, name: str) -> HttpResponse:
    """“I have understood”, “I need help”: from the link in a mail or an SMS. GET only asks."""
    delivery = _delivery(name)
    said = request.POST.get("answer", "") if request.method == "POST" else ""
    if said in ("understood", "help"):
        receive([Event("page", f"{delivery.pk}/{said}", Kind(said), ticket=name)])
    return render(request, "contacts/answer.html", {"said": said, "delivery": delivery})


def _delivery(name: str) -> Delivery:
    try:
        named = read(name)
    except ForgedTicket:
        raise Http404 from None
    if named.schema != scope.current().schema:
        raise Http404
    found = Delivery.objects.select_related("message").filter(pk=named.delivery).first()
    if found is None:
        raise Http404
    return found


def _object(request: HttpRequest) -> dict[str, Any] | None:
    try:
        data = json.loads(request.body)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None
