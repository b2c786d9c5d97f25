"""CAP 1.2: valid and round for any message, every planted fault caught, unsafe XML refused, signatures that hold."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from campanile_infra.cap.checking import check
from campanile_infra.cap.messages import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    Named,
    Point,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from campanile_infra.cap.reading import NotCap, read
from campanile_infra.cap.signing import NotSigned, sign, verify
from campanile_infra.cap.writing import NotWritable, write

FILES = Path(__file__).parents[1] / "data/cap"
OFFICIAL = etree.XMLSchema(etree.parse(str(FILES / "CAP-v1.2.xsd")))
SENT = datetime(2026, 7, 1, 15, 43, tzinfo=timezone(timedelta(hours=2)))
SQUARE = tuple(Point(*p) for p in ((45.8, 9.3), (45.8, 9.4), (45.9, 9.4), (45.9, 9.3), (45.8, 9.3)))
TERRITORY = {"type": "Polygon", "coordinates": [[[9.2, 45.7], [9.6, 45.7], [9.6, 46.0], [9.2, 46.0], [9.2, 45.7]]]}

names = st.text(string.ascii_letters + string.digits + ".-:@", min_size=1, max_size=40)
words = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")), min_size=1, max_size=60)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(
    lambda when: when.replace(microsecond=0, tzinfo=timezone(timedelta(hours=1)))
)
named = st.builds(Named, words, words)
degrees = st.integers(-80_000_000, 80_000_000).map(lambda n: n / 1_000_000)
points = st.builds(Point, degrees, degrees)


@st.composite
def areas(draw: Any) -> Area:
    y, x = draw(st.integers(-80, 79)), draw(st.integers(-170, 169))
    size = draw(st.integers(1, 1_000)) / 1_000
    square = tuple(Point(y + dy * size, x + dx * size) for dy, dx in ((0, 0), (0, 1), (1, 1), (1, 0), (0, 0)))
    square = tuple(Point(round(p.latitude, 6), round(p.longitude, 6)) for p in square)
    return Area(
        draw(words), draw(st.sampled_from([(), (square,), (square, square)])),
        draw(st.lists(st.builds(Circle, points, st.integers(1, 500).map(float)), max_size=2).map(tuple)),
        draw(st.lists(named, max_size=3).map(tuple)),
        altitude=draw(st.none() | st.integers(0, 4_000).map(float)),
    )  # fmt: skip


@st.composite
def alerts(draw: Any) -> Alert:
    sent = draw(moments)
    same = {"category": tuple(draw(st.lists(st.sampled_from(Category), min_size=1, max_size=3, unique=True))),
            "urgency": draw(st.sampled_from(Urgency)), "severity": draw(st.sampled_from(Severity)),
            "certainty": draw(st.sampled_from(Certainty))}  # fmt: skip
    languages = draw(st.lists(st.sampled_from(["it-IT", "en-GB", "de-DE", "sl", "fr"]), min_size=1, unique=True))
    onset = draw(st.none() | st.integers(0, 1_000).map(lambda h: sent + timedelta(hours=h)))
    infos = tuple(
        Info(
            event=draw(words), language=language, onset=onset, effective=draw(st.sampled_from([None, sent])),
            expires=(onset or sent) + timedelta(minutes=draw(st.integers(1, 10_000))),
            response_type=tuple(draw(st.lists(st.sampled_from(ResponseType), max_size=3))),
            headline=draw(words), description=draw(words), instruction=draw(st.just("") | words),
            sender_name=draw(words), audience=draw(st.just("") | words), contact=draw(st.just("") | words),
            web=draw(st.sampled_from(["", "https://example.org/allerte/1"])),
            event_codes=tuple(draw(st.lists(named, max_size=2))), parameters=tuple(draw(st.lists(named, max_size=2))),
            resources=draw(st.sampled_from([(), (Resource("Mappa", "image/png", "https://example.org/m.png", 12),)])),
            areas=tuple(draw(st.lists(areas(), min_size=1, max_size=2))), **same,
        )
        for language in languages
    )  # fmt: skip
    kind = draw(st.sampled_from(MsgType))
    earlier = st.builds(Reference, names, names, st.integers(1, 500).map(lambda h: sent - timedelta(hours=h)))
    references = tuple(draw(st.lists(earlier, min_size=0 if kind == MsgType.ALERT else 1, max_size=3)))
    return Alert(
        draw(names), draw(names), sent, draw(st.sampled_from(Status)), kind, infos=infos, references=references,
        scope=Scope.PUBLIC, source=draw(st.just("") | words), note=draw(st.just("") | words),
        codes=tuple(draw(st.lists(words, max_size=2))), incidents=tuple(draw(st.lists(names, max_size=2))),
    )  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(alerts())
def test_any_alert_is_valid_by_the_official_schema_sound_and_comes_back_as_it_was(alert: Alert) -> None:
    content = write(alert)
    assert OFFICIAL.validate(etree.fromstring(content)), OFFICIAL.error_log
    assert b"Z</sent>" not in content
    assert read(content) == alert
    assert check(alert, known=alert.references) == []


INFO = Info((Category.MET,), "Neve", Urgency.EXPECTED, Severity.SEVERE, Certainty.LIKELY,
            expires=SENT + timedelta(hours=12), areas=(Area("Lecco", (SQUARE,)),))  # fmt: skip
GOOD = Alert("it-097042-1", "allerta@comune.lecco.it", SENT, Status.ACTUAL, MsgType.ALERT, infos=(INFO,))
EARLIER = Reference("a@b.it", "x", SENT - timedelta(hours=1))


def with_info(**changes: Any) -> Alert:
    return replace(GOOD, infos=(replace(INFO, **changes),))


def with_polygon(*points: tuple[float, float]) -> Alert:
    return with_info(areas=(Area("Lecco", (tuple(Point(*p) for p in points),)),))


@pytest.mark.parametrize(
    ("alert", "code"),
    [
        (replace(GOOD, identifier="a b"), "NAME"),
        (replace(GOOD, sender="a,b"), "NAME"),
        (replace(GOOD, identifier=""), "NAME"),
        (replace(GOOD, sent=SENT.replace(tzinfo=None)), "NO_ZONE"),
        (replace(GOOD, msg_type=MsgType.UPDATE), "NO_REFERENCE"),
        (replace(GOOD, msg_type=MsgType.CANCEL), "NO_REFERENCE"),
        (replace(GOOD, msg_type=MsgType.CANCEL, references=(Reference("a", "nobody", SENT),)), "UNKNOWN_REFERENCE"),
        (replace(GOOD, msg_type=MsgType.UPDATE, references=(EARLIER._replace(identifier="late", sent=SENT + timedelta(1)),)),
         "LATER_REFERENCE"),
        (replace(GOOD, scope=Scope.RESTRICTED), "NO_RESTRICTION"),
        (replace(GOOD, scope=Scope.PRIVATE), "NO_ADDRESSES"),
        (replace(GOOD, infos=()), "NO_INFO"),
        (replace(GOOD, infos=(INFO, replace(INFO, language="IT-it"))), "LANGUAGE_TWICE"),
        (replace(GOOD, infos=(INFO, replace(INFO, language="en", severity=Severity.MINOR))), "LANGUAGES_DISAGREE"),
        (with_info(language="italiano!"), "LANGUAGE"),
        (with_info(category=()), "NO_CATEGORY"),
        (with_info(event=" "), "NO_EVENT"),
        (with_info(expires=None), "NO_EXPIRY"),
        (with_info(effective=SENT + timedelta(hours=12)), "EXPIRES_EARLY"),
        (with_info(onset=SENT + timedelta(hours=13)), "EXPIRES_EARLY"),
        (with_info(expires=datetime(2026, 7, 2)), "NO_ZONE"),
        (with_info(expires=SENT + timedelta(minutes=1)), "EXPIRED"),
        (with_info(areas=()), "NO_AREA"),
        (with_info(areas=(Area(" "),)), "NO_AREA_NAME"),
        (with_info(areas=(Area("x", ceiling=3.0),)), "CEILING_ALONE"),
        (with_info(areas=(Area("x", circles=(Circle(Point(45, 9), 0),)),)), "CIRCLE"),
        (with_polygon((45.8, 9.3), (45.8, 9.4), (45.9, 9.4), (45.9, 9.3)), "OPEN_POLYGON"),
        (with_polygon((45.8, 9.3), (45.8, 9.4), (45.8, 9.3)), "OPEN_POLYGON"),
        (with_polygon((95.8, 9.3), (45.8, 9.4), (45.9, 9.4), (95.8, 9.3)), "OFF_EARTH"),
        (with_polygon((45.8, 9.3), (45.9, 9.4), (45.8, 9.4), (45.9, 9.3), (45.8, 9.3)), "CROSSED_POLYGON"),
        (with_polygon((45.8, 9.3), (45.8, 9.4), (45.8, 9.5), (45.8, 9.3)), "CROSSED_POLYGON"),
        (with_polygon((45.8, 9.3), (45.8, 9.7), (45.9, 9.7), (45.8, 9.3)), "OUTSIDE"),
        (with_polygon((9.3, 45.8), (9.4, 45.8), (9.4, 45.9), (9.3, 45.8)), "OUTSIDE"),
    ],
)  # fmt: skip
def test_each_planted_fault_is_caught_and_nothing_else(alert: Alert, code: str) -> None:
    known = (EARLIER, EARLIER._replace(identifier="late", sent=SENT + timedelta(1)))
    now = SENT + timedelta(minutes=2)
    faults = check(alert, known=known, territory=TERRITORY, now=now)
    assert {fault.code for fault in faults} == {code}
    assert check(GOOD, known=known, territory=TERRITORY, now=now) == []


def test_the_example_is_read_and_sound() -> None:
    alert = read((FILES / "example_exercise.xml").read_bytes())
    assert (alert.status, alert.infos[0].areas[0].geocodes[1]) == (Status.EXERCISE, Named("DPC_ZONA", "Lomb-05"))
    assert check(alert) == []
    assert read(write(alert)) == alert


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<alert/>", b"x" * 3_000_000,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>',
        b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
        write(GOOD).replace(b"+02:00</sent>", b"Z</sent>").replace(b"15:43:00Z", b"15:43:00Z"),
        write(GOOD).replace(b"Met", b"Meteo"),
        write(GOOD).replace(b"45.8,9.3", b"lecco"),
    ],
)  # fmt: skip
def test_unsafe_or_wrong_xml_is_refused(content: bytes) -> None:
    with pytest.raises(NotCap):
        read(content)


def test_what_xml_cannot_hold_is_refused_when_it_is_written() -> None:
    with pytest.raises(NotWritable):
        write(replace(GOOD, note="\x00"))
    with pytest.raises(NotWritable):
        write(replace(GOOD, sent=SENT.replace(tzinfo=None)))


def test_signatures_hold_and_are_of_the_key_that_was_expected() -> None:
    key, other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    def public(of: rsa.RSAPrivateKey) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return of.public_key().public_bytes(serialization.Encoding.PEM, form)

    signed = sign(write(GOOD), pem)
    verify(signed, public(key))
    assert read(signed) == GOOD, "a signed message is still valid"
    for wrong, trusted in (
        (signed, public(other)), (signed.replace(b"Neve", b"Sole"), public(key)), (write(GOOD), public(key)),
        (b"<x/>", public(key)),
    ):  # fmt: skip
        with pytest.raises(NotSigned):
            verify(wrong, trusted)
