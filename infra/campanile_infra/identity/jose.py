"""Signed and sealed JSON (JOSE, RFC 7515-7519): our keys, and the reading of what others signed.

Only RSA signatures are believed (RS256, RS512: what the CIE federation allows), only with the keys that the caller
brings, and only when the header names one of them: keys inside a message and `alg: none` mean nothing here.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from joserfc import jwe, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import extract_compact

SIGNATURES = ["RS256", "RS512"]
KEY_WRAPS, CIPHERS = ["RSA-OAEP", "RSA-OAEP-256"], ["A128CBC-HS256", "A256CBC-HS512", "A256GCM"]
_SKEW = 30


class NotBelievable(ValueError):
    """A token whose signature, shape or claims are not what they must be. Its text never quotes the token."""


@dataclass(frozen=True)
class Keys:
    """The gateway's three RSA keys; each has its thumbprint (RFC 7638) as `kid`."""

    federation: RSAKey
    signature: RSAKey
    encryption: RSAKey


@lru_cache(maxsize=8)
def keys_in(folder: Path) -> Keys:
    """`federation.pem`, `signature.pem`, `encryption.pem` of a folder; made there once (3072 bits, mode 600).

    Kept in the process, because OpenSSL checks a key for a tenth of a second when it is read: restart after a change.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Keys(*(_key(folder / f"{name}.pem", use) for name, use in _USES))


_USES = (("federation", "sig"), ("signature", "sig"), ("encryption", "enc"))


def _key(file: Path, use: str) -> RSAKey:
    if not file.exists():
        made = RSAKey.generate_key(3072, private=True).as_pem(private=True)
        part = file.with_suffix(f".{uuid.uuid4().hex}")
        part.touch(mode=0o600)
        part.write_bytes(made)
        try:
            file.hardlink_to(part)  # the first process wins; the others take its key
        except FileExistsError:
            pass
        finally:
            part.unlink()
    pem = file.read_bytes()
    return RSAKey.import_key(pem, {"kid": RSAKey.import_key(pem).thumbprint(), "use": use})


def public_jwks(*keys: RSAKey) -> dict[str, Any]:
    """The public halves as a JSON Web Key Set."""
    return {"keys": [dict(key.as_dict(private=False)) for key in keys]}


def sign(claims: dict[str, Any], key: RSAKey, *, kind: str = "JWT") -> str:
    """A compact JWS (RS256) with `kid` and `typ`."""
    return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": kind}, claims, key, algorithms=["RS256"])


def read(token: str, keys: dict[str, Any], *, kind: str = "", **expected: Any) -> dict[str, Any]:
    """The claims of a token signed with one of `keys` (a JWKS), in time, with each of `expected` as it must be.

    An expected `aud` may stand in a list. Raises NotBelievable.
    """
    try:
        header = extract_compact(token.encode()).headers()
        trusted = KeySet.import_key_set(keys)  # type: ignore[arg-type]
        if header.get("kid") not in {key.kid for key in trusted.keys} or "crit" in header:
            raise NotBelievable("unknown key")
        claims = jwt.decode(token, trusted, algorithms=SIGNATURES).claims
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, UnicodeError) as error:
        if isinstance(error, NotBelievable):
            raise
        raise NotBelievable(type(error).__name__) from error
    if kind and header.get("typ") != kind:
        raise NotBelievable("typ")
    _in_time(claims)
    for name, value in expected.items():
        told = claims.get(name)
        fits = value in told if name == "aud" and isinstance(told, list) else told == value
        if not fits:
            raise NotBelievable(name)
    return claims


def algorithm(token: str) -> str:
    """The algorithm that a token's header names."""
    return str(extract_compact(token.encode()).headers().get("alg", ""))


def unseal(token: str, key: RSAKey) -> str:
    """What somebody sealed for our key (compact JWE). Raises NotBelievable, also for plain text."""
    try:
        opened = jwe.decrypt_compact(token, key, algorithms=[*KEY_WRAPS, *CIPHERS])
        return (opened.plaintext or b"").decode()
    except (JoseError, ValueError, TypeError, KeyError, UnicodeError) as error:
        raise NotBelievable(type(error).__name__) from error


def _in_time(claims: dict[str, Any]) -> None:
    now = time.time()
    moments = [claims.get("exp"), claims.get("iat", 0), claims.get("nbf", 0)]
    if not all(isinstance(moment, int | float) and not isinstance(moment, bool) for moment in moments):
        raise NotBelievable("times")
    expires, issued, not_before = moments
    if expires < now - _SKEW or issued > now + _SKEW or not_before > now + _SKEW:
        raise NotBelievable("times")
