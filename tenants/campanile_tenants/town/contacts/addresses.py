"""One way to write an address, so that the same person is not written to twice."""

from __future__ import annotations

import json

from codicefiscale import codicefiscale
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from campanile_infra.telephone import e164, is_mobile
from campanile_tenants.town.contacts.errors import NotAMobile, WrongAddress
from campanile_tenants.town.contacts.models import Channel


def normal(channel: str, text: str) -> str:
    """The address as it is kept: e-mail in lower case, numbers in E.164 (Italian when they say no country), tax codes
    in capitals. Raises WrongAddress, NotAMobile.
    """
    text = text.strip()
    if channel == Channel.EMAIL:
        return _email(text)
    if channel in (Channel.SMS, Channel.VOICE):
        return _number(channel, text)
    if channel == Channel.IO:
        return _tax_code(text)
    if channel == Channel.PUSH:
        return _subscription(text)
    if channel == Channel.TELEGRAM and text.lstrip("-").isdigit():
        return text
    raise _wrong(channel, text)


def shown(channel: str, address: str) -> str:
    """An address as people read it, without giving it away: `a…@example.org`, `+39 333 … 567`."""
    if channel == Channel.EMAIL:
        name, _, domain = address.partition("@")
        return f"{name[:1]}…@{domain}"
    if channel in (Channel.SMS, Channel.VOICE):
        return f"{address[:6]} … {address[-3:]}"
    return f"…{address[-3:]}" if channel == Channel.TELEGRAM else "…"


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise _wrong(Channel.EMAIL, text) from error
    return text.lower()


def _number(channel: str, text: str) -> str:
    number = e164(text)
    if number is None:
        raise _wrong(channel, text)
    if channel == Channel.SMS and not is_mobile(number):
        raise NotAMobile(field="address")
    return number


def _tax_code(text: str) -> str:
    if not codicefiscale.is_valid(text.upper()):
        raise _wrong(Channel.IO, text)
    return text.upper()


def _subscription(text: str) -> str:
    try:
        data = json.loads(text)
        kept = {
            "endpoint": str(data["endpoint"]),
            "keys": {name: str(data["keys"][name]) for name in ("p256dh", "auth")},
        }
    except (ValueError, KeyError, TypeError) as error:
        raise WrongAddress(address="…", channel=Channel.PUSH.label, field="address") from error
    text = json.dumps(kept, separators=(",", ":"))
    if not str(kept["endpoint"]).startswith("https://") or len(text) > 512:
        raise WrongAddress(address="…", channel=Channel.PUSH.label, field="address")
    return text


def _wrong(channel: str, text: str) -> WrongAddress:
    return WrongAddress(address=text[:60], channel=Channel(channel).label, field="address")
