"""A revision as a CAP 1.2 message: built, checked, signed with the town's own key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.urls import reverse
from django.utils import translation

from campanile_modules.alerts.models import Alert, MsgType, Revision, SigningKey
from campanile_modules.alerts.services.content import rings_of, streets_of
from campanile_modules.alerts.states import SENT, Hazard
from campanile_modules.alerts.wording.catalogue import COLOURS, READY
from campanile_modules.alerts.wording.filling import explained, marked
from campanile_tenants.kit import cap
from campanile_tenants.kit.cap import messages as m
from campanile_tenants.kit.sealing import seal, unseal
from campanile_tenants.kit.town import boundary, current_town
from campanile_tenants.kit.web import absolute

_LANGUAGES = {"it": "it-IT", "en": "en-GB", "de": "de-DE", "fr": "fr-FR", "sl": "sl-SI"}
_SOON = timedelta(hours=1)
_YEARS = timedelta(days=3_650)


def sender() -> str:
    """Who we are in CAP: the town's host, which is ours alone."""
    return f"allerte@{current_town().host or 'localhost'}"


def message(revision: Revision, *, sent: datetime) -> m.Alert:
    """The message. `sent` is now, or when it was sent."""
    alert = revision.alert
    return m.Alert(
        identifier=revision.identifier, sender=sender(), sent=sent.replace(microsecond=0),
        status=m.Status.EXERCISE if alert.is_drill else m.Status.ACTUAL, msg_type=m.MsgType(revision.msg_type),
        source=current_town().full_name, references=references(revision),
        infos=tuple(_info(revision, language, sent) for language in revision.texts),
    )  # fmt: skip


def references(revision: Revision) -> tuple[m.Reference, ...]:
    """Every earlier message of the matter, the oldest first (CAP 3.2.1)."""
    earlier = revision.alert.revisions.filter(state__in=SENT, number__lt=revision.number).order_by("number")
    return tuple(
        m.Reference(sender(), f"{revision.alert.code}.{number}", when.replace(microsecond=0))
        for number, when in earlier.values_list("number", "sent_at")
        if when is not None
    )


def faults(revision: Revision, *, now: datetime) -> list[cap.Fault]:
    """What is wrong with it as a CAP message about to be sent; also what XML cannot hold."""
    made = message(revision, sent=now)
    known = set(made.references)
    found = cap.check(made, known=known, territory=boundary(), now=now)
    try:
        cap.write(made)
    except cap.NotWritable as error:
        found.append(cap.Fault("NOT_WRITABLE", "", str(error)))
    return found


def signed(revision: Revision, *, sent: datetime) -> str:
    """The message as XML, signed by the town. Raises NotWritable."""
    key = signing_key()
    content = cap.write(message(revision, sent=sent))
    return cap.sign(content, unseal(key.sealed).encode(), key.certificate.encode()).decode()


def signing_key() -> SigningKey:
    """The town's key; made when there is none yet."""
    return SigningKey.objects.first() or _make_key()


def address(alert: Alert) -> str:
    """The alert's public page."""
    return absolute(reverse("alerts:detail", args=[alert.code]))


def _info(revision: Revision, language: str, sent: datetime) -> m.Info:
    alert, words = revision.alert, revision.words(language)
    tongue = "en" if language == "en" else "it"
    drill = alert.is_drill
    return m.Info(
        language=_LANGUAGES.get(language, language), category=(m.Category(READY[Hazard(alert.hazard)].category),),
        event=event_words(alert.hazard, tongue), urgency=_urgency(revision, sent),
        severity=m.Severity(revision.severity),
        certainty=m.Certainty(revision.certainty),
        response_type=tuple(map(m.ResponseType, _responses(revision))),
        effective=sent.replace(microsecond=0), onset=revision.onset, expires=revision.expires_at,
        sender_name=current_town().full_name,
        headline=marked(words["headline"], tongue) if drill else words["headline"],
        description=explained(words["description"], tongue) if drill else words["description"],
        instruction=words.get("instruction", ""), web=address(alert),
        contact=current_town().contact_phone,
        parameters=(m.Named("colour", COLOURS["en"][revision.colour].lower()),), areas=_areas(revision.areas),
    )  # fmt: skip


def event_words(hazard: str, language: str) -> str:
    """The kind of event in a word."""
    with translation.override(language):
        return str(Hazard(hazard).label)


def _responses(revision: Revision) -> list[str]:
    return ["AllClear"] if revision.msg_type == MsgType.CANCEL else revision.responses


def _urgency(revision: Revision, sent: datetime) -> m.Urgency:
    """CAP 3.2.2: Immediate now, Expected within an hour, Future later, Past when it is over."""
    if revision.msg_type == MsgType.CANCEL:
        return m.Urgency.PAST
    if revision.onset <= sent:
        return m.Urgency.IMMEDIATE
    return m.Urgency.EXPECTED if revision.onset <= sent + _SOON else m.Urgency.FUTURE


def _areas(areas: list[Mapping[str, Any]]) -> tuple[m.Area, ...]:
    town = current_town()
    code = (m.Named("ISTAT", town.istat_code),)
    found = []
    for area in areas:
        if area["kind"] == "town":
            found.append(m.Area(town.full_name, polygons=cap.outline(boundary()), geocodes=code))
        elif area["kind"] == "streets":
            found.append(m.Area(f"{town.full_name}: {', '.join(streets_of([area]))}", geocodes=code))
        else:
            drawn = tuple(tuple(m.Point(y, x) for x, y in ring) for ring in rings_of([area]))
            found.append(m.Area(area.get("name") or town.full_name, polygons=drawn, geocodes=code))
    return tuple(found)


def _make_key() -> SigningKey:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=3_072)
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, (current_town().host or "localhost")[:64])])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now).not_valid_after(now + _YEARS)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )  # fmt: skip
    return SigningKey.objects.create(
        sealed=seal(pem.decode()), certificate=certificate.public_bytes(serialization.Encoding.PEM).decode()
    )
