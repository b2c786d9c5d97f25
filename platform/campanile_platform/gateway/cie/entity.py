"""Who we are in the CIE federation: the centre is an intermediate (soggetto aggregatore), each town a relying party.

Rules: "CIE id - Regole tecniche OpenID Connect" of the Ministry of the Interior, on OpenID Federation 1.0. Every
statement lives a day and is signed when asked for, so nothing has to be kept or renewed.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import override

from campanile_infra.addresses import centre_address
from campanile_infra.identity import jose
from campanile_tenants.public.registry.models import Municipality

STATEMENT = "entity-statement+jwt"
TRUST_MARK = "trust-mark+jwt"
DAY = 86_400
WELL_KNOWN = ".well-known/openid-federation"
CLAIMS = {
    "https://attributes.eid.gov.it/fiscal_number": "tax_code",
    "given_name": "given_name",
    "family_name": "family_name",
}
"""What we ask about a person: as much as SPID tells, and no more."""


def aggregator_id() -> str:
    """The centre's entity id."""
    return settings.CIE_GATEWAY or centre_address()


def client_id(town: Municipality) -> str:
    """The town's entity id, which is its client id too."""
    return f"{aggregator_id()}/cie/{town.ipa_code}"


def callback(town: Municipality) -> str:
    """Where the provider sends the browser back to."""
    return f"{client_id(town)}/rientro"


def keys() -> jose.Keys:
    """The gateway's keys; a folder of this machine's own unless another is set."""
    return jose.keys_in(Path(settings.CIE_KEYS) if settings.CIE_KEYS else settings.STATE_FOLDER / "cie")


def aggregator_configuration() -> str:
    """The centre's own entity configuration, signed by itself."""
    about, me = settings.SPID_AGGREGATOR, aggregator_id()
    federation = {
        "organization_name": about["name"],
        "homepage_uri": centre_address("/"),
        "policy_uri": centre_address("/"),
        "contacts": [about["email"]],
        "federation_fetch_endpoint": f"{me}/cie/federazione/fetch",
        "federation_list_endpoint": f"{me}/cie/federazione/list",
        "federation_trust_mark_status_endpoint": f"{me}/cie/federazione/stato",
    }
    return _statement(
        me, me, metadata={"federation_entity": federation}, authority_hints=[settings.CIE_TRUST_ANCHOR],
        trust_marks=_marks_from_the_federation(),
    )  # fmt: skip


def town_configuration(town: Municipality) -> str:
    """A town's entity configuration: a relying party that uses the code flow with PKCE and signs what it asks."""
    ours, me, about = keys(), client_id(town), settings.SPID_AGGREGATOR
    with override("it"):
        name = str(town.full_name)
    email = town.contact_email or about["email"]
    party = {
        "application_type": "web",
        "client_id": me,
        "client_name": name,
        "client_registration_types": ["automatic"],
        "contacts": [email],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "redirect_uris": [callback(town)],
        "subject_type": "pairwise",
        "jwks": jose.public_jwks(ours.signature, ours.encryption),
        "id_token_signed_response_alg": "RS256",
        "userinfo_signed_response_alg": "RS256",
        "userinfo_encrypted_response_alg": "RSA-OAEP",
        "userinfo_encrypted_response_enc": "A256CBC-HS512",
        "token_endpoint_auth_method": "private_key_jwt",
    }
    federation = {"organization_name": name, "homepage_uri": town.site("/"), "contacts": [email]}
    return _statement(
        me, me, metadata={"federation_entity": federation, "openid_relying_party": party},
        authority_hints=[aggregator_id()], trust_marks=[{"id": mark_id(), "trust_mark": trust_mark(town)}],
    )  # fmt: skip


def about_town(town: Municipality) -> str:
    """What the centre states about a town: its keys, and the bounds that its metadata stays in."""
    policy = {
        "client_id": {"value": client_id(town)},
        "redirect_uris": {"subset_of": [callback(town)]},
        "grant_types": {"subset_of": ["authorization_code"]},
        "token_endpoint_auth_method": {"value": "private_key_jwt"},
    }
    return _statement(
        aggregator_id(), client_id(town), metadata_policy={"openid_relying_party": policy},
        trust_marks=[{"id": mark_id(), "trust_mark": trust_mark(town)}],
    )  # fmt: skip


def mark_id() -> str:
    """The mark of a public relying party, as the trust anchor names it."""
    return f"{settings.CIE_TRUST_ANCHOR}/openid_relying_party/public/"


def trust_mark(town: Municipality) -> str:
    """The centre's word that a town is a public body it answers for."""
    now = int(time.time())
    with override("it"):
        name = str(town.full_name)
    claims = {
        "iss": aggregator_id(), "sub": client_id(town), "id": mark_id(), "iat": now, "exp": now + DAY,
        "organization_type": "public", "organization_name": name, "id_code": {"ipa_code": town.ipa_code},
        "email": town.contact_email or settings.SPID_AGGREGATOR["email"], "ref": town.site("/"),
        "sa_profile": '["full"]',
    }  # fmt: skip
    return jose.sign(claims, keys().federation, kind=TRUST_MARK)


def _statement(issuer: str, subject: str, **parts: Any) -> str:
    now, ours = int(time.time()), keys()
    claims = {"iss": issuer, "sub": subject, "iat": now, "exp": now + DAY, "jwks": jose.public_jwks(ours.federation)}
    return jose.sign(claims | parts, ours.federation, kind=STATEMENT)


def _marks_from_the_federation() -> list[dict[str, str]]:
    """The marks that the trust anchor gave the centre: a JSON list `[{"id": ..., "trust_mark": ...}]`."""
    return json.loads(Path(settings.CIE_TRUST_MARKS).read_text()) if settings.CIE_TRUST_MARKS else []
