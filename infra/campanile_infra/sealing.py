"""Sealing what the database should not be able to read: tax codes, secrets of second factors.

Each place (a town, or the centre) has a key of its own, derived (HKDF-SHA256, RFC 5869) from `ENCRYPTION_KEYS`. The
first of those seals, all of them open, so that a key is changed by putting a new one in front.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from campanile_infra.database import scope


class NotSealedHere(ValueError):
    """The text was not sealed in this place, or with no key that is known."""


def seal(text: str) -> str:
    """Encrypts and signs `text` for the current place; two sealings of the same text differ."""
    return _box("seal").encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text. Raises NotSealedHere for what was sealed elsewhere, altered, or with a key that is gone."""
    try:
        return _box("seal").decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise NotSealedHere from error


def fingerprint(text: str) -> str:
    """A keyed digest by which an equal text is found again in this place and in no other; 64 hex digits."""
    return hmac.new(_derive(settings.ENCRYPTION_KEYS[-1], "fingerprint"), text.encode(), hashlib.sha256).hexdigest()


def _box(purpose: str) -> MultiFernet:
    keys = (base64.urlsafe_b64encode(_derive(key, purpose)) for key in settings.ENCRYPTION_KEYS)
    return MultiFernet([Fernet(key) for key in keys])


def _derive(key: str, purpose: str) -> bytes:
    context = f"campanile/{purpose}/{scope.current().schema}"
    return HKDF(hashes.SHA256(), 32, salt=None, info=context.encode()).derive(force_bytes(key))
