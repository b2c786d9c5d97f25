"""Why we believe a provider: its keys and endpoints as the federation's trust anchor vouches for them.

The anchor's keys are pinned in a file, so nothing that comes over the network is believed by itself. CIE providers
stand directly below the anchor; a chain with intermediates above a provider is refused.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache

from campanile_infra.identity import jose
from campanile_infra.identity.outbound import Unreachable, call
from campanile_platform.gateway.cie.entity import DAY, STATEMENT, WELL_KNOWN

_KEY = "cie:provider"
_NEEDED = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks")


def provider(*, afresh: bool = False) -> dict[str, Any]:
    """The provider's `openid_provider` metadata after the anchor's policy; kept as long as the chain is good.

    Raises Unreachable, NotBelievable.
    """
    key = f"{_KEY}:{settings.CIE_PROVIDER}"
    known: dict[str, Any] | None = None if afresh else cache.get(key)
    if known is None:
        known, expires = _verified(settings.CIE_PROVIDER, settings.CIE_TRUST_ANCHOR)
        cache.set(key, known, max(1, min(DAY, int(expires - time.time()))))
    return known


def _verified(subject: str, anchor: str) -> tuple[dict[str, Any], float]:
    pinned = json.loads(Path(settings.CIE_TRUST_ANCHOR_JWKS).read_text())
    top = jose.read(_get(f"{anchor}/{WELL_KNOWN}"), pinned, kind=STATEMENT, iss=anchor, sub=anchor)
    text = _get(f"{subject}/{WELL_KNOWN}")
    fetch = top.get("metadata", {}).get("federation_entity", {}).get("federation_fetch_endpoint", "")
    word = jose.read(_get(f"{fetch}?{urlencode({'sub': subject})}"), pinned, kind=STATEMENT, iss=anchor, sub=subject)
    own = jose.read(text, word.get("jwks", {}), kind=STATEMENT, iss=subject, sub=subject)
    if anchor not in own.get("authority_hints", []):
        raise jose.NotBelievable("authority_hints")
    claimed = own.get("metadata", {}).get("openid_provider")
    if not isinstance(claimed, dict):
        raise jose.NotBelievable("metadata")
    metadata = under(word.get("metadata_policy", {}).get("openid_provider", {}), claimed)
    if not all(metadata.get(name) for name in _NEEDED) or metadata.get("issuer", subject) != subject:
        raise jose.NotBelievable("metadata")
    return metadata, min(top["exp"], word["exp"], own["exp"])


def under(policy: dict[str, dict[str, Any]], metadata: dict[str, Any]) -> dict[str, Any]:
    """Metadata after a policy (OpenID Federation 1.0, 6.1). Raises NotBelievable where it breaks the policy."""
    result = dict(metadata)
    for name, rules in policy.items():
        if "value" in rules:
            result[name] = rules["value"]
        if "add" in rules:
            result[name] = [*(have := result.get(name, [])), *(new for new in _list(rules["add"]) if new not in have)]
        if "default" in rules:
            result.setdefault(name, rules["default"])
        told = result.get(name)
        if told is None:
            if rules.get("essential"):
                raise jose.NotBelievable(name)
            continue
        if "subset_of" in rules:
            result[name] = [one for one in _list(told) if one in rules["subset_of"]]
        broken = (
            ("one_of" in rules and told not in rules["one_of"])
            or ("superset_of" in rules and not set(rules["superset_of"]) <= set(_list(told)))
            or ("essential" in rules and rules["essential"] and not result[name])
        )
        if broken:
            raise jose.NotBelievable(name)
        unknown = set(rules) - {"value", "add", "default", "one_of", "subset_of", "superset_of", "essential"}
        if unknown:
            raise jose.NotBelievable("policy")
    return result


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _get(address: str) -> str:
    status, text = call(address)
    if status != 200:
        raise Unreachable(f"status {status}")
    return text.strip()
