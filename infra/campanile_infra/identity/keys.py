"""The key and the certificate that the gateway signs with, in the form SPID asks for (Avviso SPID n. 29 v3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID, ObjectIdentifier

_ORGANIZATION_IDENTIFIER = ObjectIdentifier("2.5.4.97")
_URI = ObjectIdentifier("2.5.4.83")
_AGID_CERT = ObjectIdentifier("1.3.76.16.6")
_PRIVATE_SP = ObjectIdentifier("1.3.76.16.4.3.1")
"""Policy of a private subject; a public one that aggregates uses 1.3.76.16.4.2.1."""


def make_key_and_certificate(
    folder: Path, *, name: str, entity: str, vat_number: str, locality: str, years: int = 3
) -> tuple[Path, Path]:
    """Makes `spid.key` (mode 600) and a self-signed `spid.crt` in `folder`, once; returns their paths (PEM)."""
    key_file, certificate_file = folder / "spid.key", folder / "spid.crt"
    if key_file.exists() and certificate_file.exists():
        return key_file, certificate_file
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
            x509.NameAttribute(_ORGANIZATION_IDENTIFIER, f"VATIT-{vat_number.removeprefix('IT')}"),
            x509.NameAttribute(_URI, entity),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "IT"),
            x509.NameAttribute(NameOID.LOCALITY_NAME, locality),
        ]
    )
    now = datetime.now(UTC)
    policies = [
        x509.PolicyInformation(_AGID_CERT, [x509.UserNotice(None, "agIDcert")]),
        x509.PolicyInformation(_PRIVATE_SP, [x509.UserNotice(None, "cert_SP_Priv")]),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(x509.CertificatePolicies(policies), critical=False)
        .add_extension(x509.KeyUsage(True, True, False, False, False, False, False, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return key_file, certificate_file
