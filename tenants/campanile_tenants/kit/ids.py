"""Identifiers for rows and for people to read aloud."""

from __future__ import annotations

import secrets
import uuid

import uuid6

_ALPHABET = "23456789CFGHJKMPQRVWX"  # no vowels, so no words; no 0/O, 1/I/L


def uuid7() -> uuid.UUID:
    """A time-ordered identifier (RFC 9562, version 7)."""
    return uuid6.uuid7()


def public_code(length: int = 8) -> str:
    """A code for the telephone: `K7QM-3XRV`. 21^8 of them; the column it goes to must be unique."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(length))
    return f"{code[: length // 2]}-{code[length // 2 :]}"
