"""Telephone numbers in one way of writing (E.164), so that the same person is not written to twice."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumberType

_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def e164(text: str) -> str | None:
    """`333 123 4567` as `+393331234567`; Italian when it says no country. None: no number that can be dialled."""
    try:
        number = phonenumbers.parse(text, "IT")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(number: str) -> bool:
    """Whether a number in E.164 takes an SMS."""
    return phonenumbers.number_type(phonenumbers.parse(number)) in _MOBILE
