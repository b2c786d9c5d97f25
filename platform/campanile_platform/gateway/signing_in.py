"""Out to the identity provider and back: the request, the checks on the response, the hand-over into the town."""

from __future__ import annotations

import base64
import binascii
import logging
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from lxml import etree
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.response import StatusAuthnFailed
from saml2.saml import NAMEID_FORMAT_ENTITY, AuthnContextClassRef, Issuer
from saml2.samlp import AuthnRequest, NameIDPolicy, RequestedAuthnContext

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_infra.identity.providers import providers
from campanile_infra.sealing import fingerprint
from campanile_platform.gateway import spid
from campanile_platform.gateway.models import Attempt
from campanile_tenants.contract.access import Assurance
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.directory import load_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.services import handover
from campanile_tenants.town.people.services.citizens import BadTaxCode, clean_tax_code, known_citizen

_log = logging.getLogger(__name__)
_LARGEST = 200_000
_SKEW = timedelta(seconds=30)


class SignInRefused(CampanileError):
    """The response cannot be believed: the same words whatever was wrong with it."""

    code = "SIGN_IN_REFUSED"
    http_status = 403
    message = _("The sign-in could not be verified. Start again from the municipality's site.")


class SignInCancelled(CampanileError):
    """The person, or her provider, said no."""

    code = "SIGN_IN_CANCELLED"
    http_status = 403
    message = _("You did not sign in. You can start again when you like.")


def request_url(town: Municipality, provider: str, binding: str, assurance: Assurance) -> str:
    """Writes the attempt and returns where to send the browser (HTTP-Redirect, signed).

    Raises UnknownProvider, HandOverRefused for a binding that no town made.
    """
    if not handover.BINDING.fullmatch(binding):
        raise handover.HandOverRefused
    client = spid.client(town)
    if provider not in {known.entity_id for known in providers()}:
        raise spid.UnknownProvider
    destination = client.metadata.single_sign_on_service(provider, BINDING_HTTP_REDIRECT)[0]["location"]
    request_id = f"_{uuid.uuid4().hex}"
    request = AuthnRequest(
        id=request_id, version="2.0", issue_instant=_now(), destination=destination, force_authn="true",
        assertion_consumer_service_index="0", attribute_consuming_service_index="0",
        issuer=Issuer(text=spid.entity_id(town), format=NAMEID_FORMAT_ENTITY, name_qualifier=spid.entity_id(town)),
        name_id_policy=NameIDPolicy(format=spid.TRANSIENT),
        requested_authn_context=RequestedAuthnContext(
            authn_context_class_ref=[AuthnContextClassRef(text=spid.LEVELS[assurance])], comparison="minimum"
        ),
    )  # fmt: skip
    with in_schema(PUBLIC_SCHEMA):
        Attempt.objects.filter(expires_at__lt=timezone.now()).delete()
        Attempt.objects.create(
            request_id=request_id, municipality=town, provider=provider, binding=binding, assurance=int(assurance)
        )
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
    except (binascii.Error, SignInRefused, SignInCancelled) as error:
        _refused(town, error)
        raise (error if isinstance(error, SignInCancelled) else SignInRefused()) from error
    with in_schema(PUBLIC_SCHEMA):
        used = Attempt.objects.filter(pk=attempt.pk, answered_at__isnull=True).update(answered_at=timezone.now())
    if not used:
        _refused(town, SignInRefused())
        raise SignInRefused
    with transaction.atomic(), in_schema(town.schema_name, load_town(pk=town.pk)):
        user = known_citizen(
            tax_code=person["fiscalNumber"], given_name=person["name"], family_name=person["familyName"],
            provider="spid", assurance=Assurance(attempt.assurance),
        )  # fmt: skip
        mark = fingerprint(f"{attempt.provider}|{person['name_id']}")
        return handover.issue(
            user, attempt.binding, provider="spid", assurance=Assurance(attempt.assurance), provider_session=mark
        )


def _attempt(town: Municipality, xml: bytes) -> Attempt:
    """The attempt that the response answers; it is believed only after its signature was checked."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise SignInRefused from error
    if root.getroottree().docinfo.doctype or not all(isinstance(node.tag, str) for node in root.iter()):
        raise SignInRefused(why="DoctypeOrComment")
    with in_schema(PUBLIC_SCHEMA):
        found = Attempt.objects.filter(
            request_id=root.get("InResponseTo", ""), municipality=town, answered_at__isnull=True,
            expires_at__gt=timezone.now(),
        ).first()  # fmt: skip
    if found is None:
        raise SignInRefused
    return found


def _believed(town: Municipality, encoded: str, attempt: Attempt) -> Any:
    """pysaml2's checks: both signatures, schema, audience, destination, times, InResponseTo."""
    outstanding = {attempt.request_id: "/"}
    try:
        response = spid.client(town).parse_authn_request_response(encoded, BINDING_HTTP_POST, outstanding=outstanding)
    except StatusAuthnFailed as error:
        raise SignInCancelled from error
    except Exception as error:
        # pysaml2 has no common error: for a wrong audience it raises a bare Exception. All of them mean no.
        raise SignInRefused(why=type(error).__name__) from error
    if response is None or response.assertion is None:
        raise SignInRefused(why="Destination")
    return response


def _person(response: Any, attempt: Attempt) -> dict[str, str]:
    """What the assertion says of the person, after the checks that SPID adds to SAML. Raises SignInRefused."""
    assertion = response.assertion
    if response.issuer() != attempt.provider or assertion.issuer.text.strip() != attempt.provider:
        raise SignInRefused
    issued = datetime.fromisoformat(assertion.issue_instant.replace("Z", "+00:00"))
    if not attempt.issued_at - _SKEW <= issued <= datetime.now(UTC) + _SKEW:
        raise SignInRefused
    if assertion.subject.name_id.format != spid.TRANSIENT:
        raise SignInRefused
    reached = {statement.authn_context.authn_context_class_ref.text for statement in assertion.authn_statement}
    enough = {spid.LEVELS[level] for level in spid.LEVELS if level >= attempt.assurance}
    if not reached or not reached <= enough:
        raise SignInRefused
    told: dict[str, str] = {}
    for statement in assertion.attribute_statement:
        for attribute in statement.attribute:
            told[attribute.name] = attribute.attribute_value[0].text or ""
    if not all(told.get(name) for name in spid.ATTRIBUTES):
        raise SignInRefused
    try:
        told["fiscalNumber"] = clean_tax_code(told["fiscalNumber"])
    except BadTaxCode as error:
        raise SignInRefused(why=error.code) from error
    told["name_id"] = (assertion.subject.name_id.text or "").strip()
    return told


def _refused(town: Municipality, error: Exception) -> None:
    why = error.data.get("why") or error.code if isinstance(error, CampanileError) else type(error).__name__
    _log.warning("A SAML response for %s was refused: %s", town.schema_name, why)
    with in_schema(town.schema_name):
        record("spid.refused", None, why=why)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
