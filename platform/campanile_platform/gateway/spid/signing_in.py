"""Out to the identity provider and back: the request, the checks on the response, the hand-over into the town."""

from __future__ import annotations

import base64
import binascii
import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from lxml import etree
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.response import StatusAuthnFailed
from saml2.saml import NAMEID_FORMAT_ENTITY, AuthnContextClassRef, Issuer
from saml2.samlp import AuthnRequest, NameIDPolicy, RequestedAuthnContext

from campanile_infra.identity.providers import providers
from campanile_platform.gateway import attempts
from campanile_platform.gateway.attempts import Person, SignInCancelled, SignInRefused, UnknownProvider
from campanile_platform.gateway.models import Attempt
from campanile_platform.gateway.spid import entity
from campanile_tenants.contract.access import Assurance
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.services.citizens import BadTaxCode, clean_tax_code

_log = logging.getLogger(__name__)
_LARGEST = 200_000


def request_url(town: Municipality, provider: str, binding: str, assurance: Assurance) -> str:
    """Writes the attempt and returns where to send the browser (HTTP-Redirect, signed).

    Raises UnknownProvider, HandOverRefused for a binding that no town made.
    """
    client = entity.client(town)
    if provider not in {known.entity_id for known in providers()}:
        raise UnknownProvider
    destination = client.metadata.single_sign_on_service(provider, BINDING_HTTP_REDIRECT)[0]["location"]
    request_id = f"_{uuid.uuid4().hex}"
    request = AuthnRequest(
        id=request_id, version="2.0", issue_instant=_now(), destination=destination, force_authn="true",
        assertion_consumer_service_index="0", attribute_consuming_service_index="0",
        issuer=Issuer(text=entity.entity_id(town), format=NAMEID_FORMAT_ENTITY, name_qualifier=entity.entity_id(town)),
        name_id_policy=NameIDPolicy(format=entity.TRANSIENT),
        requested_authn_context=RequestedAuthnContext(
            authn_context_class_ref=[AuthnContextClassRef(text=attempts.LEVELS[assurance])], comparison="minimum"
        ),
    )  # fmt: skip
    attempts.set_out(town, provider, binding, assurance, request_id)
    sent = client.apply_binding(
        BINDING_HTTP_REDIRECT, str(request), destination, sign=True,
        sigalg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    )  # fmt: skip
    return str(dict(sent["headers"])["Location"])


def accept(town: Municipality, encoded: str) -> str:
    """Checks a SAMLResponse (base64) for `town` and returns the token of a hand-over into it.

    Raises SignInRefused for anything that cannot be believed, SignInCancelled when the provider says no.
    """
    try:
        xml = base64.b64decode(encoded) if len(encoded) <= _LARGEST else b""
        attempt = _attempt(town, xml)
        person = _person(_believed(town, encoded, attempt), attempt)
        attempts.spend(attempt)
    except (binascii.Error, SignInRefused, SignInCancelled) as error:
        attempts.refused(town, error, system="spid")
        raise (error if isinstance(error, SignInCancelled) else SignInRefused()) from error
    return attempts.bring_in(town, attempt, person, system="spid")


def _attempt(town: Municipality, xml: bytes) -> Attempt:
    """The attempt that the response answers; it is believed only after its signature was checked."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise SignInRefused from error
    if root.getroottree().docinfo.doctype or not all(isinstance(node.tag, str) for node in root.iter()):
        raise SignInRefused(why="DoctypeOrComment")
    return attempts.outstanding(town, root.get("InResponseTo", ""))


def _believed(town: Municipality, encoded: str, attempt: Attempt) -> Any:
    """pysaml2's checks: both signatures, schema, audience, destination, times, InResponseTo."""
    outstanding = {attempt.request_id: "/"}
    try:
        response = entity.client(town).parse_authn_request_response(
            encoded, BINDING_HTTP_POST, outstanding=outstanding
        )
    except StatusAuthnFailed as error:
        raise SignInCancelled from error
    except Exception as error:
        # pysaml2 has no common error: for a wrong audience it raises a bare Exception. All of them mean no.
        raise SignInRefused(why=type(error).__name__) from error
    if response is None or response.assertion is None:
        raise SignInRefused(why="Destination")
    return response


def _person(response: Any, attempt: Attempt) -> Person:
    """What the assertion says of the person, after the checks that SPID adds to SAML. Raises SignInRefused."""
    assertion = response.assertion
    if response.issuer() != attempt.provider or assertion.issuer.text.strip() != attempt.provider:
        raise SignInRefused
    issued = datetime.fromisoformat(assertion.issue_instant.replace("Z", "+00:00"))
    if not attempt.issued_at - attempts.SKEW <= issued <= datetime.now(UTC) + attempts.SKEW:
        raise SignInRefused
    if assertion.subject.name_id.format != entity.TRANSIENT:
        raise SignInRefused
    reached = {statement.authn_context.authn_context_class_ref.text for statement in assertion.authn_statement}
    if not reached or not reached <= attempts.enough(attempt):
        raise SignInRefused
    told: dict[str, str] = {}
    for statement in assertion.attribute_statement:
        for attribute in statement.attribute:
            told[attribute.name] = attribute.attribute_value[0].text or ""
    if not all(told.get(name) for name in entity.ATTRIBUTES):
        raise SignInRefused
    try:
        told["fiscalNumber"] = clean_tax_code(told["fiscalNumber"])
    except BadTaxCode as error:
        raise SignInRefused(why=error.code) from error
    name_id = (assertion.subject.name_id.text or "").strip()
    return Person(told["fiscalNumber"], told["name"], told["familyName"], name_id)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
