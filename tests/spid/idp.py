"""An identity provider on a real socket: checks our signed request, signs a response, and lies when told to."""

from __future__ import annotations

import base64
import re
import threading
import uuid
import zlib
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree

from campanile_infra.identity.keys import make_key_and_certificate
from campanile_infra.identity.xmlsec_backend import sign_element, signature_template

SAML, SAMLP, DS = (
    "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol",
    "http://www.w3.org/2000/09/xmldsig#",
)  # fmt: skip
TAX_CODE = "RSSMRA80A01E507I"


class LocalIdp:
    """`fault` chooses a lie; `level` what it vouches for. `seen` holds the requests it accepted."""

    def __init__(self, folder: Path, keys: Path) -> None:
        self.keys = keys
        self.fault, self.level, self.tax_code = "", 2, TAX_CODE
        self.name_id = f"_{uuid.uuid4().hex}"
        self.seen: list[etree._Element] = []
        self.sp_certificate = b""
        idp = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = idp.serve(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.key, self.certificate = self._pair("idp", "https://idp.example")
        self.other_key, self.other_certificate = self._pair("another", "https://another.example")
        (folder / "idp.xml").write_text(self.metadata())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def metadata(self) -> str:
        lines = self.certificate.decode().splitlines()
        certificate = "".join(line for line in lines if "CERTIFICATE" not in line)
        return f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="{DS}" entityID="{self.url}">
<md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}" WantAuthnRequestsSigned="true"><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{self.url}/slo"/><md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{self.url}/sso"/></md:IDPSSODescriptor>
<md:Organization><md:OrganizationName xml:lang="it">Prova</md:OrganizationName><md:OrganizationDisplayName xml:lang="it">Identità di prova</md:OrganizationDisplayName><md:OrganizationURL xml:lang="it">https://prova.example</md:OrganizationURL></md:Organization></md:EntityDescriptor>"""

    def serve(self, path: str) -> tuple[int, str]:
        """The sign-in page: after the checks, a form that posts the response to the service."""
        raw = urlsplit(path).query
        query = {name: values[0] for name, values in parse_qs(raw).items()}
        if not self._signed(raw, query):
            return 403, "the request is not signed by the service"
        request = etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"]), -15))
        self.seen.append(request)
        service = str(request.findtext(f"{{{SAML}}}Issuer"))
        response = self.response(str(request.get("ID")), service)
        encoded = base64.b64encode(response).decode()
        return 200, f'<form method="post" action="{service}/acs"><input name="SAMLResponse" value="{encoded}"></form>'

    def _signed(self, raw: str, query: dict[str, str]) -> bool:
        """SAML bindings 3.4.4.1: the signature is over the query's octets as they were sent."""
        signed = "&".join(
            part for part in raw.split("&") if part.split("=")[0] in ("SAMLRequest", "RelayState", "SigAlg")
        )
        public = x509.load_pem_x509_certificate(self.sp_certificate).public_key()
        try:
            public.verify(base64.b64decode(query["Signature"]), signed.encode(), padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr,call-arg,arg-type]
        except Exception:  # noqa: BLE001 - whatever is wrong, it is not signed
            return False
        return unquote(query["SigAlg"]).endswith("rsa-sha256")

    def logout_request(self, service: str, name_id: str, *, fault: str = "") -> str:
        """A signed LogoutRequest, base64; with a fault one that must be refused."""
        now = datetime.now(UTC) - timedelta(hours=1 if fault == "late" else 0)
        root = etree.fromstring(
            f'<samlp:LogoutRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_{uuid.uuid4().hex}" Version="2.0" IssueInstant="{self.stamp(now)}" Destination="{service}/slo"><saml:Issuer>{self.url}</saml:Issuer><saml:NameID>{name_id}</saml:NameID></samlp:LogoutRequest>'
        )
        if fault != "not signed":
            other = fault == "another key"
            self.sign(
                root, self.other_key if other else self.key, self.other_certificate if other else self.certificate
            )
        text = etree.tostring(root).decode()
        return base64.b64encode(
            (text.replace(name_id, f"{name_id}x") if fault == "altered" else text).encode()
        ).decode()

    # -- the response -----------------------------------------------------------------------------

    def response(self, request_id: str, service: str) -> bytes:
        now = datetime.now(UTC)
        fault = self.fault
        if fault == "from the future":
            now += timedelta(minutes=20)
        if fault == "from yesterday":
            now -= timedelta(days=1)
        audience = "https://another.example" if fault == "another audience" else service
        destination = "https://another.example/acs" if fault == "another destination" else f"{service}/acs"
        in_response_to = f"_{uuid.uuid4().hex}" if fault == "unasked" else request_id
        issuer = "https://another.example" if fault == "another issuer" else self.url
        level = 1 if fault == "too low a level" else self.level
        until = self.stamp(now - timedelta(hours=1) if fault == "expired" else now + timedelta(minutes=5))
        attributes = {"fiscalNumber": f"TINIT-{self.tax_code}", "name": "Maria", "familyName": "Rossi"}
        if fault == "no tax code":
            del attributes["fiscalNumber"]
        if fault == "bad tax code":
            attributes["fiscalNumber"] = "TINIT-RSSMRA80A01E507Z"
        told = "".join(
            f'<saml:Attribute Name="{name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
            for name, value in attributes.items()
        )
        named = 'Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity"'
        status = "urn:oasis:names:tc:SAML:2.0:status:Success"
        head = f'<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_{uuid.uuid4().hex}" Version="2.0" IssueInstant="{self.stamp(now)}" InResponseTo="{in_response_to}" Destination="{destination}"><saml:Issuer {named}>{issuer}</saml:Issuer>'
        if fault == "cancelled":
            xml = (
                head
                + '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode><samlp:StatusMessage>ErrorCode nr25</samlp:StatusMessage></samlp:Status></samlp:Response>'
            )
            root = etree.fromstring(xml)
            self.sign(root, self.key, self.certificate)
            return etree.tostring(root)
        xml = (
            head
            + f"""<samlp:Status><samlp:StatusCode Value="{status}"/></samlp:Status><saml:Assertion ID="_{uuid.uuid4().hex}" Version="2.0" IssueInstant="{self.stamp(now)}"><saml:Issuer {named}>{issuer}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient" NameQualifier="{issuer}">{self.name_id}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="{in_response_to}" NotOnOrAfter="{until}" Recipient="{destination}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{self.stamp(now - timedelta(seconds=1))}" NotOnOrAfter="{until}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{self.stamp(now)}" SessionIndex="_{uuid.uuid4().hex}"><saml:AuthnContext><saml:AuthnContextClassRef>https://www.spid.gov.it/SpidL{level}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{told}</saml:AttributeStatement></saml:Assertion></samlp:Response>"""
        )
        root = etree.fromstring(xml)
        assertion = root.find(f"{{{SAML}}}Assertion")
        assert assertion is not None
        key, certificate = (
            (self.other_key, self.other_certificate) if fault == "another key" else (self.key, self.certificate)
        )
        if fault != "assertion not signed":
            self.sign(assertion, key, certificate)
        if fault != "response not signed":
            self.sign(root, key, certificate)
        return self.forge(etree.tostring(root))

    def forge(self, signed: bytes) -> bytes:
        """Changes a response after it was signed."""
        text = signed.decode()
        if self.fault == "altered":
            return text.replace(self.tax_code, "VRDLGI85M12F205J").encode()
        if self.fault == "comment in the tax code":
            return text.replace("TINIT-RSSMRA80", "TINIT-RSS<!-- x -->MRA80").encode()
        if self.fault == "entity":
            return f'<!DOCTYPE x [<!ENTITY e "x">]>{text}'.encode()
        if self.fault.startswith("wrapped"):
            return self._wrap(text)
        return signed

    def _wrap(self, text: str) -> bytes:
        """Signature wrapping: an evil assertion stands where it is read, the signed one where it is checked."""
        root = etree.fromstring(text.encode())
        good = root.find(f"{{{SAML}}}Assertion")
        assert good is not None
        evil = etree.fromstring(etree.tostring(good).replace(self.tax_code.encode(), b"VRDLGI85M12F205J"))
        signature = evil.find(f"{{{DS}}}Signature")
        assert signature is not None
        evil.remove(signature)
        if self.fault == "wrapped, the evil one first":
            evil.set("ID", "_evil")
            root.insert(root.index(good), evil)
        elif self.fault == "wrapped, the good one inside the signature":
            evil.set("ID", "_evil")
            place = etree.SubElement(signature, f"{{{DS}}}Object")
            root.replace(good, evil)
            place.append(good)
            evil.insert(1, signature)
        elif self.fault == "wrapped, the same id":
            root.insert(root.index(good), evil)
        else:  # the whole response inside an extension of an evil response
            outer = etree.fromstring(etree.tostring(root))
            for child in list(outer):
                if child.tag in (f"{{{SAML}}}Assertion", f"{{{DS}}}Signature"):
                    outer.remove(child)
            outer.set("ID", "_evil")
            extensions = etree.Element(f"{{{SAMLP}}}Extensions")
            extensions.append(root)
            outer.insert(1, extensions)
            evil.set("ID", "_evil2")
            outer.append(evil)
            root = outer
        return etree.tostring(root)

    def sign(self, node: etree._Element, key: bytes, certificate: bytes) -> None:
        signature_template(node, position=1)
        sign_element(node, key, certificate)

    @staticmethod
    def stamp(moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _pair(self, name: str, entity: str) -> tuple[bytes, bytes]:
        key, certificate = make_key_and_certificate(
            self.keys / name, name=name, entity=entity, vat_number="IT01234567890", locality="Lecco"
        )
        return key.read_bytes(), certificate.read_bytes()


def posted(page: str) -> tuple[str, str]:
    """Where the provider's page posts to, and what."""
    action = re.search(r'action="([^"]+)"', page)
    value = re.search(r'value="([^"]+)"', page)
    assert action is not None
    assert value is not None
    return action[1], value[1]
