"""The words that people agree to when they ask to be told."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from campanile_tenants.public.registry.gate import current_town

VERSION = "1"


def wording(language: str) -> str:
    """The consent, in the language in which it is asked for."""
    with translation.override(language):
        return _(
            "I ask %(town)s to tell me what I have chosen, at the address I have given. I can end it at any time, "
            "with the link, the word STOP or the button in each message."
        ) % {"town": current_town().full_name}
