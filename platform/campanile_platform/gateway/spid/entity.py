"""What SPID asks of a service provider: entity, levels, and the SAML client of one town.

Rules: AgID, "Regole tecniche SPID" and Avvisi SPID n. 19 v4 and n. 29 v3 (aggregators). The centre is a full
aggregator for public bodies: entity ids are `<gateway>/pub-ag-full/<IPA code>`.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import SPConfig

from campanile_infra.addresses import centre_address
from campanile_infra.identity.keys import make_key_and_certificate
from campanile_infra.identity.providers import provider_files
from campanile_infra.identity.xmlsec_backend import security
from campanile_tenants.public.registry.models import Municipality

ATTRIBUTES = ("fiscalNumber", "name", "familyName")
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


def entity_id(town: Municipality) -> str:
    """The town's entity id."""
    return f"{settings.SPID_GATEWAY or centre_address()}/pub-ag-full/{town.ipa_code}"


def key_files() -> tuple[Path, Path]:
    """Key and certificate (PEM): those that are set, else a pair of this machine's own, for trying out."""
    if settings.SPID_KEY_FILE:
        return Path(settings.SPID_KEY_FILE), Path(settings.SPID_CERTIFICATE_FILE)
    about = settings.SPID_AGGREGATOR
    return make_key_and_certificate(
        settings.STATE_FOLDER / "spid", name=about["name"], entity=settings.SPID_GATEWAY or centre_address(),
        vat_number=about["vat_number"], locality=about["locality"],
    )  # fmt: skip


def client(town: Municipality) -> Saml2Client:
    """The SAML client of one town: signed requests, signed responses and assertions, keys from metadata only."""
    key_file, certificate_file = key_files()
    me = entity_id(town)
    config = SPConfig().load(
        {
            "entityid": me,
            "key_file": str(key_file),
            "cert_file": str(certificate_file),
            "crypto_backend": "XMLSecurity",  # replaced below: pysaml2 takes no other way without a program
            "accepted_time_diff": 30,
            "allow_unknown_attributes": True,
            "metadata": {"local": [str(file) for file in provider_files()]},
            "service": {
                "sp": {
                    "endpoints": {"assertion_consumer_service": [(f"{me}/acs", BINDING_HTTP_POST)]},
                    "want_response_signed": True,
                    "want_assertions_signed": True,
                    "authn_requests_signed": True,
                    "allow_unsolicited": False,
                    "name_id_format": [TRANSIENT],
                    "signing_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                    "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
                }
            },
        }
    )
    made = Saml2Client(config)
    made.sec = security(config)
    return made
