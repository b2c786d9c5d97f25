"""Out to the CIE provider and back: a signed request with PKCE, the code redeemed, the tokens checked."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campanile_infra.identity import jose
from campanile_infra.identity.outbound import Unreachable, call
from campanile_platform.gateway import attempts
from campanile_platform.gateway.attempts import Person, SignInCancelled, SignInRefused, UnknownProvider
from campanile_platform.gateway.cie import entity, trust
from campanile_platform.gateway.models import Attempt
from campanile_tenants.contract.access import Assurance
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.services.citizens import BadTaxCode, clean_tax_code

_BY_JWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_MINUTES_5 = 300


class ProviderSilent(CampanileError):
    """The provider, or the federation, does not answer."""

    code = "IDENTITY_PROVIDER_UNREACHABLE"
    http_status = 503
    message = _("The electronic identity card service does not answer now. Try again in some minutes, or use SPID.")


def request_url(town: Municipality, binding: str, assurance: Assurance) -> str:
    """Writes the attempt and returns where to send the browser: an authorization request with a signed object.

    Raises UnknownProvider when CIE is not set up, ProviderSilent, HandOverRefused for a binding that no town made.
    """
    if not settings.CIE_PROVIDER:
        raise UnknownProvider
    there = _provider(town)
    state, nonce, verifier = (secrets.token_urlsafe(48) for _each in range(3))
    me, now = entity.client_id(town), int(time.time())
    asked = {"response_type": "code", "scope": "openid", "client_id": me, "code_challenge": _sha256(verifier),
             "code_challenge_method": "S256"}  # fmt: skip
    wanted = {name: {"essential": True} for name in entity.CLAIMS}
    request = {
        **asked, "iss": me, "sub": me, "aud": [settings.CIE_PROVIDER, there["authorization_endpoint"]], "iat": now,
        "exp": now + _MINUTES_5, "jti": secrets.token_urlsafe(16), "redirect_uri": entity.callback(town),
        "state": state, "nonce": nonce, "prompt": "consent login", "acr_values": attempts.LEVELS[assurance],
        "ui_locales": "it", "claims": {"userinfo": wanted},
    }  # fmt: skip
    attempts.set_out(town, settings.CIE_PROVIDER, binding, assurance, _sha256(state), nonce=nonce, verifier=verifier)
    signed = jose.sign(request, entity.keys().signature)
    return f"{there['authorization_endpoint']}?{urlencode({**asked, 'request': signed})}"


def accept(town: Municipality, answer: dict[str, str]) -> str:
    """Checks what came back (`code`, `state`, `iss`) and returns the token of a hand-over into the town.

    Raises SignInRefused for anything that cannot be believed, SignInCancelled when the provider says no,
    ProviderSilent.
    """
    try:
        attempt = attempts.outstanding(town, _sha256(answer.get("state", "")))
        _answered(attempt, answer)
        person = _person(town, attempt, answer.get("code", ""))
    except (SignInCancelled, ProviderSilent) as error:
        attempts.refused(town, error, system="cie")
        raise
    except (SignInRefused, BadTaxCode, jose.NotBelievable) as error:
        told = error if isinstance(error, CampanileError) else SignInRefused(why=str(error))
        attempts.refused(town, told, system="cie")
        raise SignInRefused from error
    return attempts.bring_in(town, attempt, person, system="cie")


def _answered(attempt: Attempt, answer: dict[str, str]) -> None:
    """The answer is from the provider that was asked (RFC 9207), counts once, and does not say no."""
    if answer.get("iss") != attempt.provider:
        raise SignInRefused(why="iss")
    attempts.spend(attempt)
    if "error" in answer:
        raise SignInCancelled(why=answer["error"][:40] if answer["error"].isidentifier() else "error")


def _person(town: Municipality, attempt: Attempt, code: str) -> Person:
    """Redeems the code and reads both tokens. Raises NotBelievable, SignInRefused, BadTaxCode, ProviderSilent."""
    there, ours = _provider(town), entity.keys()
    tokens = _redeem(town, attempt, code, there["token_endpoint"])
    access_token, id_token = str(tokens.get("access_token", "")), str(tokens.get("id_token", ""))
    identity = _read(town, id_token, iss=attempt.provider, aud=entity.client_id(town), nonce=attempt.nonce)
    if identity.get("at_hash") != _half_hash(access_token, id_token):
        raise SignInRefused(why="at_hash")
    if identity.get("acr") not in attempts.enough(attempt):
        raise SignInRefused(why="acr")
    if identity.get("iat", 0) < attempt.issued_at.timestamp() - attempts.SKEW.total_seconds():
        raise SignInRefused(why="iat")
    status, sealed = _call(there["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"})
    if status != 200:
        raise SignInRefused(why=f"userinfo {status}")
    told = _read(
        town, jose.unseal(sealed.strip(), ours.encryption),
        iss=attempt.provider, aud=entity.client_id(town), sub=identity.get("sub"),
    )  # fmt: skip
    values = {ours: told.get(name) for name, ours in entity.CLAIMS.items()}
    if not all(isinstance(value, str) and value.strip() for value in values.values()):
        raise SignInRefused(why="claims")
    return Person(
        clean_tax_code(str(values["tax_code"])), str(values["given_name"]), str(values["family_name"]),
        str(identity.get("sub", "")),
    )  # fmt: skip


def _redeem(town: Municipality, attempt: Attempt, code: str, endpoint: str) -> dict[str, Any]:
    me, now = entity.client_id(town), int(time.time())
    who = {"iss": me, "sub": me, "aud": [endpoint], "iat": now, "exp": now + 60, "jti": secrets.token_urlsafe(16)}
    status, text = _call(
        endpoint,
        fields={
            "grant_type": "authorization_code", "code": code, "redirect_uri": entity.callback(town), "client_id": me,
            "code_verifier": attempt.verifier, "client_assertion_type": _BY_JWT,
            "client_assertion": jose.sign(who, entity.keys().signature),
        },
    )  # fmt: skip
    try:
        tokens = json.loads(text)
    except ValueError as error:
        raise SignInRefused(why="token endpoint") from error
    if status != 200 or not isinstance(tokens, dict):
        raise SignInRefused(why=f"token endpoint {status}")
    return tokens


def _read(town: Municipality, token: str, **expected: Any) -> dict[str, Any]:
    """Reads a token of the provider; when its key is not known, the chain is fetched afresh once (keys roll)."""
    try:
        return jose.read(token, _provider(town)["jwks"], **expected)
    except jose.NotBelievable as error:
        if str(error) != "unknown key":
            raise
    return jose.read(token, _provider(town, afresh=True)["jwks"], **expected)


def _provider(town: Municipality, *, afresh: bool = False) -> dict[str, Any]:
    try:
        return trust.provider(afresh=afresh)
    except Unreachable as error:
        raise ProviderSilent(why=str(error)) from error
    except jose.NotBelievable as error:
        attempts.refused(town, SignInRefused(why=f"federation {error}"), system="cie")
        raise ProviderSilent from error


def _call(address: str, **how: Any) -> tuple[int, str]:
    try:
        return call(address, **how)
    except Unreachable as error:
        raise ProviderSilent(why=str(error)) from error


def _sha256(text: str) -> str:
    """Base64url of the digest, as PKCE wants a challenge (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _half_hash(access_token: str, id_token: str) -> str:
    """`at_hash` (OpenID Connect Core 3.1.3.6): half of the digest that belongs to the ID token's signature."""
    digest = hashlib.sha512 if id_token and jose.algorithm(id_token) == "RS512" else hashlib.sha256
    whole = digest(access_token.encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()
