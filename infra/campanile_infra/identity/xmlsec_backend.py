"""pysaml2's signatures made and checked by libxmlsec1 inside the process, so that no `xmlsec1` program is needed.

pysaml2 has already held the element against the schema and its signature's structure (one reference, to the
enclosing element, only enveloped and exclusive canonicalisation). Here exactly that element's own signature is
checked, with the one certificate from the metadata; keys and certificates inside the message are not looked at.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import xmlsec
from lxml import etree
from saml2.config import SPConfig
from saml2.sigver import CryptoBackend, RSACrypto, SecurityContext, SigverError, import_rsa_key_from_file

SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
_STRONG = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
}


class LibXmlsec(CryptoBackend):
    """Signs and verifies one element, named by its ID."""

    @property
    def version(self) -> str:
        return metadata.version("xmlsec")

    def sign_statement(self, statement: object, node_name: str, key_file: str, node_id: str) -> str:
        """Fills in the signature template that stands in the element with this ID."""
        tree = etree.fromstring(str(statement).encode(), _PARSER)
        sign_element(_only(tree, node_id), Path(key_file).read_bytes())
        return etree.tostring(tree, encoding="unicode")

    def validate_signature(
        self, enctext: str | bytes, cert_file: str, cert_type: str, node_name: str, node_id: str
    ) -> bool:
        """Whether the element's own signature was made with the certificate's key, by a strong algorithm."""
        text = enctext if isinstance(enctext, bytes) else enctext.encode()
        tree = etree.fromstring(text, _PARSER)
        node = _only(tree, node_id)
        signatures = node.findall(SIGNATURE)
        if len(signatures) != 1:
            raise SigverError("one signature is expected in the element")
        method = signatures[0].find(".//{*}SignatureMethod")
        if method is None or method.get("Algorithm") not in _STRONG:
            raise SigverError("weak signature algorithm")
        context = xmlsec.SignatureContext()
        kind = xmlsec.constants.KeyDataFormatCertDer if cert_type == "der" else xmlsec.constants.KeyDataFormatCertPem
        context.key = xmlsec.Key.from_memory(Path(cert_file).read_bytes(), kind)
        context.register_id(node, "ID")
        try:
            context.verify(signatures[0])
        except xmlsec.Error:
            return False
        return True


def sign_element(node: etree._Element, key: bytes, certificate: bytes | None = None) -> None:
    """Signs an element that holds a signature template (RSA-SHA256), with its certificate when given (PEM)."""
    template = node.find(SIGNATURE)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key, xmlsec.constants.KeyDataFormatPem)
    if certificate:
        context.key.load_cert_from_memory(certificate, xmlsec.constants.KeyDataFormatPem)
    context.register_id(node, "ID")
    context.sign(template)


def signature_template(node: etree._Element, *, position: int = 0, certificate: bool = True) -> None:
    """Puts an empty enveloped signature (exclusive c14n, RSA-SHA256, SHA-256) into an element with an ID."""
    template = xmlsec.template.create(
        node, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
    )
    reference = xmlsec.template.add_reference(template, xmlsec.constants.TransformSha256, uri=f"#{node.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    if certificate:
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(template))
    node.insert(position, template)


def security(config: SPConfig) -> SecurityContext:
    """A SecurityContext of pysaml2 that uses this backend and trusts only keys from the metadata."""
    return SecurityContext(
        LibXmlsec(), config.key_file, cert_file=config.cert_file, metadata=config.metadata,
        only_use_keys_in_metadata=True, sec_backend=RSACrypto(import_rsa_key_from_file(config.key_file)),
    )  # fmt: skip


def _only(tree: etree._Element, node_id: str) -> etree._Element:
    nodes = [node for node in tree.iter("{*}*") if node.get("ID") == node_id]
    if len(nodes) != 1:
        raise SigverError("the signed element is not there exactly once")
    return nodes[0]
