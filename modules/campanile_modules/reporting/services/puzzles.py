"""A puzzle that a browser solves while somebody writes: some thousand hashes, nothing for a person, much for a
program.

Ours alone, without a third party (hashcash: SHA-256 with leading zero bits). Whoever does not solve it, for want of
JavaScript, is taken in all the same and may be held for a look.
"""

from __future__ import annotations

import hashlib
import secrets

from django.core import signing

BITS = 13
LIVES = 24 * 3600
_SALT = "reporting.puzzle"


def puzzle() -> str:
    """A new one, signed, good for a day."""
    return signing.dumps(secrets.token_hex(8), salt=_SALT)


def is_solved(text: str, answer: str) -> bool:
    """Whether the SHA-256 of puzzle and answer begins with enough zero bits, and the puzzle is ours and not old."""
    try:
        signing.loads(text, salt=_SALT, max_age=LIVES)
    except signing.BadSignature:
        return False
    found = hashlib.sha256(f"{text}{answer[:40]}".encode()).digest()
    return int.from_bytes(found[:4], "big") >> (32 - BITS) == 0
