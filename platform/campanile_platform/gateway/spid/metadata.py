"""A town's metadata, as SPID wants it of an aggregated public body, signed with the aggregator's key."""

from __future__ import annotations

import uuid

from django.conf import settings
from lxml import etree

from campanile_infra.identity.xmlsec_backend import sign_element, signature_template
from campanile_platform.gateway.spid.entity import ATTRIBUTES, TRANSIENT, entity_id, key_files
from campanile_tenants.public.registry.models import Municipality

MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
SPID = "https://spid.gov.it/saml-extensions"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def metadata(town: Municipality) -> bytes:
    """The signed EntityDescriptor (UTF-8 XML). The town's site must be known. 1 query."""
    key_file, certificate_file = key_files()
    me = entity_id(town)
    root = etree.Element(
        _md("EntityDescriptor"), {"entityID": me, "ID": f"_{uuid.uuid4().hex}"},
        nsmap={"md": MD, "ds": DS, "spid": SPID},
    )  # fmt: skip
    _service_provider(root, me, certificate_file.read_text())
    _organization(root, town)
    _contacts(root, town)
    signature_template(root)
    sign_element(root, key_file.read_bytes(), certificate_file.read_bytes())
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _service_provider(root: etree._Element, me: str, certificate: str) -> None:
    descriptor = etree.SubElement(
        root, _md("SPSSODescriptor"),
        {"protocolSupportEnumeration": PROTOCOL, "AuthnRequestsSigned": "true", "WantAssertionsSigned": "true"},
    )  # fmt: skip
    key = etree.SubElement(descriptor, _md("KeyDescriptor"), {"use": "signing"})
    data = etree.SubElement(etree.SubElement(key, f"{{{DS}}}KeyInfo"), f"{{{DS}}}X509Data")
    lines = [line for line in certificate.splitlines() if "CERTIFICATE" not in line]
    etree.SubElement(data, f"{{{DS}}}X509Certificate").text = "".join(lines)
    etree.SubElement(descriptor, _md("SingleLogoutService"), {"Binding": POST, "Location": f"{me}/slo"})
    etree.SubElement(descriptor, _md("NameIDFormat")).text = TRANSIENT
    etree.SubElement(
        descriptor, _md("AssertionConsumerService"),
        {"Binding": POST, "Location": f"{me}/acs", "index": "0", "isDefault": "true"},
    )  # fmt: skip
    service = etree.SubElement(descriptor, _md("AttributeConsumingService"), {"index": "0"})
    etree.SubElement(service, _md("ServiceName"), {_LANG: "it"}).text = "Servizi online del Comune"
    for name in ATTRIBUTES:
        etree.SubElement(service, _md("RequestedAttribute"), {"Name": name, "NameFormat": BASIC})


def _organization(root: etree._Element, town: Municipality) -> None:
    organization = etree.SubElement(root, _md("Organization"))
    for name, text in (("Name", _full_name(town)), ("DisplayName", _full_name(town)), ("URL", town.site())):
        etree.SubElement(organization, _md(f"Organization{name}"), {_LANG: "it"}).text = text


def _contacts(root: etree._Element, town: Municipality) -> None:
    about = settings.SPID_AGGREGATOR
    aggregator = _contact(root, "spid:aggregator", about["name"], about["email"], about["phone"])
    for name in ("VATNumber", "FiscalCode"):
        etree.SubElement(aggregator, f"{{{SPID}}}{name}").text = about[
            "vat_number" if name == "VATNumber" else "tax_code"
        ]
    etree.SubElement(aggregator, f"{{{SPID}}}PublicServicesFullAggregator")
    aggregated = _contact(
        root, "spid:aggregated", _full_name(town), town.contact_email or about["email"], _phone(town) or about["phone"]
    )
    etree.SubElement(aggregated, f"{{{SPID}}}IPACode").text = town.ipa_code
    if town.tax_code:
        etree.SubElement(aggregated, f"{{{SPID}}}FiscalCode").text = town.tax_code
    etree.SubElement(aggregated, f"{{{SPID}}}Public")


def _contact(root: etree._Element, kind: str, company: str, email: str, phone: str) -> etree._Element:
    person = etree.SubElement(root, _md("ContactPerson"), {"contactType": "other", f"{{{SPID}}}entityType": kind})
    extensions = etree.SubElement(person, _md("Extensions"))
    etree.SubElement(person, _md("Company")).text = company
    etree.SubElement(person, _md("EmailAddress")).text = email
    etree.SubElement(person, _md("TelephoneNumber")).text = phone
    return extensions


def _full_name(town: Municipality) -> str:
    return f"Comune di {town.name}"


def _phone(town: Municipality) -> str:
    digits = "".join(character for character in town.contact_phone if character.isdigit() or character == "+")
    return digits if digits.startswith("+") or not digits else f"+39{digits}"


def _md(name: str) -> str:
    return f"{{{MD}}}{name}"
