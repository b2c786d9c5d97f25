"""CAP 1.2 as XML, in the order of the schema. Times with an offset in figures: the schema refuses `Z`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from lxml import etree

from campanile_infra.cap.messages import Alert, Area, Info, Named, Point, Reference, Resource

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
ROME = ZoneInfo("Europe/Rome")
_DECIMALS = 6
"""Of degrees: a tenth of a metre."""


class NotWritable(ValueError):
    """The message has something that XML or the schema cannot hold."""


def write(alert: Alert) -> bytes:
    """The document in UTF-8. Raises NotWritable when it does not validate against the official schema."""
    root = tree(alert)
    if not schema().validate(root):
        raise NotWritable(str(schema().error_log.last_error.message))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def tree(alert: Alert) -> etree._Element:
    """The document as a tree, before any check."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    try:
        _texts(root, ("identifier", alert.identifier), ("sender", alert.sender), ("sent", moment(alert.sent)),
               ("status", alert.status), ("msgType", alert.msg_type), ("source", alert.source), ("scope", alert.scope),
               ("restriction", alert.restriction), ("addresses", _quoted(alert.addresses)))  # fmt: skip
        for code in alert.codes:
            _text(root, "code", code)
        _texts(root, ("note", alert.note), ("references", " ".join(map(reference, alert.references))),
               ("incidents", _quoted(alert.incidents)))  # fmt: skip
        for info in alert.infos:
            _info(root, info)
    except ValueError as error:  # characters that XML does not have
        raise NotWritable(str(error)) from error
    return root


@lru_cache(maxsize=1)
def schema() -> etree.XMLSchema:
    """The official schema (OASIS, CAP-v1.2-os)."""
    return etree.XMLSchema(etree.parse(str(Path(__file__).parent / "CAP-v1.2.xsd")))


def moment(when: datetime) -> str:
    """`2026-07-01T15:43:00+02:00`, in Roman time. Raises NotWritable for a time without a zone."""
    if when.tzinfo is None:
        raise NotWritable(f"{when} has no time zone")
    return when.astimezone(ROME).replace(microsecond=0).isoformat()


def reference(named: Reference) -> str:
    """`sender,identifier,sent`."""
    return f"{named.sender},{named.identifier},{moment(named.sent)}"


def _info(root: etree._Element, info: Info) -> None:
    part = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    _text(part, "language", info.language)
    for category in info.category:
        _text(part, "category", category)
    _text(part, "event", info.event)
    for response in info.response_type:
        _text(part, "responseType", response)
    _texts(part, ("urgency", info.urgency), ("severity", info.severity), ("certainty", info.certainty),
           ("audience", info.audience))  # fmt: skip
    _named(part, "eventCode", info.event_codes)
    for name, when in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        if when is not None:
            _text(part, name, moment(when))
    _texts(part, ("senderName", info.sender_name), ("headline", info.headline), ("description", info.description),
           ("instruction", info.instruction), ("web", info.web), ("contact", info.contact))  # fmt: skip
    _named(part, "parameter", info.parameters)
    for resource in info.resources:
        _resource(part, resource)
    for area in info.areas:
        _area(part, area)


def _resource(part: etree._Element, resource: Resource) -> None:
    place = etree.SubElement(part, f"{{{NAMESPACE}}}resource")
    _texts(place, ("resourceDesc", resource.description), ("mimeType", resource.mime_type),
           ("size", "" if resource.size is None else str(resource.size)), ("uri", resource.uri),
           ("digest", resource.digest))  # fmt: skip


def _area(part: etree._Element, area: Area) -> None:
    place = etree.SubElement(part, f"{{{NAMESPACE}}}area")
    _text(place, "areaDesc", area.description)
    for polygon in area.polygons:
        _text(place, "polygon", " ".join(map(_point, polygon)))
    for circle in area.circles:
        _text(place, "circle", f"{_point(circle.centre)} {_number(circle.radius)}")
    _named(place, "geocode", area.geocodes)
    for name, value in (("altitude", area.altitude), ("ceiling", area.ceiling)):
        if value is not None:
            _text(place, name, _number(value))


def _named(part: etree._Element, tag: str, values: Iterable[Named]) -> None:
    for named in values:
        place = etree.SubElement(part, f"{{{NAMESPACE}}}{tag}")
        _text(place, "valueName", named.name)
        _text(place, "value", named.value)


def _texts(part: etree._Element, *pairs: tuple[str, str]) -> None:
    for tag, text in pairs:
        if text:
            _text(part, tag, text)


def _text(part: etree._Element, tag: str, text: str) -> None:
    etree.SubElement(part, f"{{{NAMESPACE}}}{tag}").text = str(text)


def _quoted(values: Iterable[str]) -> str:
    """Separated by spaces; those with a space in double quotes (CAP 3.2.1)."""
    return " ".join(f'"{value}"' if " " in value else value for value in values)


def _point(point: Point) -> str:
    return f"{_number(point.latitude)},{_number(point.longitude)}"


def _number(value: float) -> str:
    return f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".") or "0"
