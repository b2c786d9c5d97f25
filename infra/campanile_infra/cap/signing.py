"""XML signatures of CAP messages (CAP 3.3.2.1): enveloped, RSA with SHA-256, exclusive canonical form."""

from __future__ import annotations

import xmlsec
from lxml import etree

from campanile_infra.cap.reading import NotCap, document


class NotSigned(ValueError):
    """The message bears no signature of the key that was expected."""


def sign(content: bytes, key_pem: bytes, certificate_pem: bytes = b"") -> bytes:
    """The document with a signature over all of it as its last element. Raises NotCap."""
    root = document(content)
    template = xmlsec.template.create(
        root, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256
    )  # fmt: skip
    root.append(template)
    reference = xmlsec.template.add_reference(template, xmlsec.constants.TransformSha256, uri="")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key_pem, xmlsec.constants.KeyDataFormatPem)
    if certificate_pem:
        context.key.load_cert_from_memory(certificate_pem, xmlsec.constants.KeyDataFormatPem)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(template))
    context.sign(template)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def verify(content: bytes, public_pem: bytes) -> None:
    """Raises NotSigned unless the whole document is signed with this key; the key inside is never believed."""
    try:
        root = document(content)
    except NotCap as error:
        raise NotSigned(str(error)) from error
    signatures = root.findall(f"{{{xmlsec.constants.DSigNs}}}Signature")
    if len(signatures) != 1:
        raise NotSigned("no signature, or several")
    uris = [reference.get("URI") for reference in signatures[0].iter(f"{{{xmlsec.constants.DSigNs}}}Reference")]
    if uris != [""]:
        raise NotSigned("not the whole document is signed")
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(public_pem, xmlsec.constants.KeyDataFormatPem)
    try:
        context.verify(signatures[0])
    except xmlsec.Error as error:
        raise NotSigned("the signature does not fit") from error
