"""CAP 1.2 from XML that somebody else wrote: no entities, no network, bounded, and valid against the schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from lxml import etree

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
from campanile_infra.cap.writing import NAMESPACE, schema

MOST_BYTES = 2_000_000
T = TypeVar("T")
_NAMES = {"c": NAMESPACE}


class NotCap(ValueError):
    """The document is not a CAP 1.2 message; the words say why."""


def read(content: bytes) -> Alert:
    """The message. Raises NotCap for anything that is not well formed, not valid, or has a document type."""
    return parse(document(content))


def document(content: bytes) -> etree._Element:
    """The document as a tree. Raises NotCap."""
    if len(content) > MOST_BYTES:
        raise NotCap(f"more than {MOST_BYTES} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise NotCap(str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise NotCap("a document type is not allowed")
    if not schema().validate(root):
        raise NotCap(str(schema().error_log.last_error.message))
    return root


def parse(root: etree._Element) -> Alert:
    """The message in a valid document. Raises NotCap for values that the schema lets through."""
    try:
        return Alert(
            identifier=_text(root, "identifier"), sender=_text(root, "sender"), sent=_moment(_text(root, "sent")),
            status=Status(_text(root, "status")), msg_type=MsgType(_text(root, "msgType")),
            scope=Scope(_text(root, "scope")), source=_text(root, "source"), restriction=_text(root, "restriction"),
            addresses=_unquoted(_text(root, "addresses")), codes=_texts(root, "code", str), note=_text(root, "note"),
            references=tuple(map(_reference, _text(root, "references").split())),
            incidents=_unquoted(_text(root, "incidents")), infos=tuple(map(_info, _all(root, "info"))),
        )  # fmt: skip
    except (ValueError, IndexError) as error:
        raise NotCap(str(error)) from error


def _info(part: etree._Element) -> Info:
    times = {name: _text(part, name) for name in ("effective", "onset", "expires")}
    return Info(
        category=_texts(part, "category", Category), event=_text(part, "event"),
        urgency=Urgency(_text(part, "urgency")),
        severity=Severity(_text(part, "severity")), certainty=Certainty(_text(part, "certainty")),
        language=_text(part, "language") or "en-US", response_type=_texts(part, "responseType", ResponseType),
        audience=_text(part, "audience"), event_codes=_named(part, "eventCode"),
        sender_name=_text(part, "senderName"), headline=_text(part, "headline"),
        description=_text(part, "description"), instruction=_text(part, "instruction"), web=_text(part, "web"),
        contact=_text(part, "contact"), parameters=_named(part, "parameter"),
        resources=tuple(map(_resource, _all(part, "resource"))), areas=tuple(map(_area, _all(part, "area"))),
        **{name: _moment(text) if text else None for name, text in times.items()},
    )  # fmt: skip


def _resource(part: etree._Element) -> Resource:
    size = _text(part, "size")
    return Resource(
        description=_text(part, "resourceDesc"), mime_type=_text(part, "mimeType"), uri=_text(part, "uri"),
        size=int(size) if size else None, digest=_text(part, "digest"),
    )  # fmt: skip


def _area(part: etree._Element) -> Area:
    heights = {name: _text(part, name) for name in ("altitude", "ceiling")}
    return Area(
        description=_text(part, "areaDesc"), polygons=_texts(part, "polygon", _polygon),
        circles=_texts(part, "circle", _circle), geocodes=_named(part, "geocode"),
        **{name: float(text) if text else None for name, text in heights.items()},
    )  # fmt: skip


def _polygon(text: str) -> tuple[Point, ...]:
    return tuple(map(_point, text.split()))


def _circle(text: str) -> Circle:
    centre, radius = text.split()
    return Circle(_point(centre), float(radius))


def _point(text: str) -> Point:
    latitude, longitude = map(float, text.split(","))
    return Point(latitude, longitude)


def _reference(text: str) -> Reference:
    sender, identifier, sent = text.split(",")
    return Reference(sender, identifier, _moment(sent))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _unquoted(text: str) -> tuple[str, ...]:
    return tuple(quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', text))


def _named(part: etree._Element, tag: str) -> tuple[Named, ...]:
    return tuple(Named(_text(place, "valueName"), _text(place, "value")) for place in _all(part, tag))


def _texts(part: etree._Element, tag: str, made: Callable[[str], T]) -> tuple[T, ...]:
    return tuple(made(place.text or "") for place in _all(part, tag))


def _text(part: etree._Element, tag: str) -> str:
    found: Any = part.findtext(f"c:{tag}", default="", namespaces=_NAMES)
    return str(found)


def _all(part: etree._Element, tag: str) -> list[etree._Element]:
    return list(part.findall(f"c:{tag}", namespaces=_NAMES))
