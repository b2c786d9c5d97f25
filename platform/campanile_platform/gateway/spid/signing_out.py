"""Single logout (SAML 2.0 profiles 4.4): a provider says that somebody has left, and her sessions in the town end.

Signing out on the town's own pages ends the town's session only: other services of hers stay open, which is what
people expect of a town's site.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import UTC, datetime, timedelta

from allauth.usersessions.models import UserSession
from lxml import etree
from saml2 import BINDING_HTTP_REDIRECT
from saml2.saml import NAMEID_FORMAT_ENTITY, Issuer
from saml2.samlp import STATUS_SUCCESS, LogoutResponse, Status, StatusCode
from saml2.sigver import SigverError, make_temp, pem_format

from campanile_infra.database.scope import in_schema
from campanile_infra.identity.providers import providers
from campanile_infra.identity.xmlsec_backend import LibXmlsec
from campanile_infra.sealing import fingerprint
from campanile_platform.gateway.attempts import SignInRefused
from campanile_platform.gateway.spid import entity
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.services import record

_SAML, _SAMLP = "{urn:oasis:names:tc:SAML:2.0:assertion}", "{urn:oasis:names:tc:SAML:2.0:protocol}"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
_SKEW = timedelta(minutes=5)


def mark_of(provider: str, name_id: str) -> str:
    """How a session remembers the provider's name for it: a fingerprint of the current town."""
    return fingerprint(f"{provider}|{name_id}")


def accept(town: Municipality, encoded: str) -> str:
    """Ends the sessions that a signed LogoutRequest (base64) names; returns where the browser takes the answer.

    Raises SignInRefused for a message that cannot be believed.
    """
    root, issuer, request_id = _believed(town, encoded)
    name_id = str(root.findtext(f"{_SAML}NameID") or "").strip()
    with in_schema(town.schema_name):
        ended = list(UserSession.objects.filter(data__provider_session=mark_of(issuer, name_id)))
        for session in ended:
            session.end()
        record("spid.signed_out", None, sessions=len(ended))
    return _answer(town, issuer, request_id)


def _believed(town: Municipality, encoded: str) -> tuple[etree._Element, str, str]:
    try:
        xml = base64.b64decode(encoded)
        root = etree.fromstring(xml, _PARSER)
        issuer = str(root.findtext(f"{_SAML}Issuer") or "").strip()
        issued = datetime.fromisoformat(root.get("IssueInstant", "").replace("Z", "+00:00"))
        known = issuer in {provider.entity_id for provider in providers()}
        fits = (
            root.tag == f"{_SAMLP}LogoutRequest"
            and known
            and root.get("Destination") == f"{entity.entity_id(town)}/slo"
            and abs(datetime.now(UTC) - issued) <= _SKEW
            and not root.getroottree().docinfo.doctype
            and all(isinstance(node.tag, str) for node in root.iter())
        )
        if not fits or not _signed(town, xml, root, issuer):
            raise SignInRefused
    except (binascii.Error, ValueError, etree.XMLSyntaxError, SigverError, TypeError) as error:
        raise SignInRefused from error
    return root, issuer, root.get("ID", "")


def _signed(town: Municipality, xml: bytes, root: etree._Element, issuer: str) -> bool:
    """Whether the request's own signature was made with a key of the issuer's metadata."""
    for _name, certificate in entity.client(town).metadata.certs(issuer, "any", "signing"):
        file = make_temp(pem_format(certificate), suffix=".pem", decode=False)
        if LibXmlsec().validate_signature(xml, file.name, "pem", root.tag, root.get("ID", "")):
            return True
    return False


def _answer(town: Municipality, issuer: str, request_id: str) -> str:
    client = entity.client(town)
    service = client.metadata.single_logout_service(issuer, BINDING_HTTP_REDIRECT, "idpsso")
    if not service:
        raise SignInRefused
    destination = service[0].get("response_location") or service[0]["location"]
    me = entity.entity_id(town)
    response = LogoutResponse(
        id=f"_{uuid.uuid4().hex}", version="2.0", issue_instant=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        destination=destination, in_response_to=request_id,
        issuer=Issuer(text=me, format=NAMEID_FORMAT_ENTITY, name_qualifier=me),
        status=Status(status_code=StatusCode(value=STATUS_SUCCESS)),
    )  # fmt: skip
    sent = client.apply_binding(
        BINDING_HTTP_REDIRECT, str(response), destination, response=True, sign=True,
        sigalg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    )  # fmt: skip
    return str(dict(sent["headers"])["Location"])
