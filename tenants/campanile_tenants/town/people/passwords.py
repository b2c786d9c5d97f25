"""Passwords that have leaked are refused: looked up in local lists, never asked of anybody."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_LEET = str.maketrans("@4310$57!", "aaeiossti")


class BreachedPasswordValidator:
    """Refuses a password that leaked, or one that is a leaked one with digits and signs around it.

    Looks in Django's list of 20,000, and in `BREACHED_PASSWORDS`: a file as Have I Been Pwned's downloader writes
    it (upper-case SHA-1 and a count, `HASH:COUNT`, sorted), searched on disk in some 30 reads.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        lower = password.lower().strip()
        bare = _EDGES.sub("", lower)
        half = lower[: len(lower) // 2]
        candidates = {lower, bare, lower.translate(_LEET), _EDGES.sub("", bare.translate(_LEET))} - {""}
        if half * 2 == lower:
            candidates.add(half)  # the same word twice
        if candidates & _common() or is_breached(password):
            raise ValidationError(
                _("This password, or one much like it, is on lists of stolen passwords. Choose three or four "
                  "words that only you would put together."),
                code="password_breached",
            )  # fmt: skip

    def get_help_text(self) -> str:
        """For forms."""
        return _("It must not be on lists of stolen passwords.")


def is_breached(password: str) -> bool:
    """Whether the password is in the file `BREACHED_PASSWORDS`, if there is one."""
    path = Path(settings.BREACHED_PASSWORDS) if settings.BREACHED_PASSWORDS else None
    if path is None:
        return False
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as lines:
        low, high = 0, path.stat().st_size
        while low < high:  # the first line that starts at or after `low` and is not less than the wanted one
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.readline()
            line = lines.readline()
            if line and line[:40] < wanted:
                low = middle + 1
            else:
                high = middle
        lines.seek(low)
        if low:
            lines.readline()
        return any(line[:40] == wanted for line in (lines.readline(), _first(path)))


def _first(path: Path) -> bytes:
    with path.open("rb") as lines:
        return lines.readline()


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
