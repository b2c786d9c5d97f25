"""What the schema cannot see: times in order, references that exist, polygons that are areas, languages once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from shapely import Polygon
from shapely.geometry import shape
from shapely.validation import explain_validity

from campanile_infra.cap.messages import Alert, Area, Info, MsgType, Point, Reference, Scope

_NAME = re.compile(r"[^\s,<&]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TOLERANCE = 0.002
"""Degrees by which a polygon may leave the territory: boundaries are drawn coarsely (some 200 m)."""


class Fault(NamedTuple):
    """Something wrong. `code` for programs, `where` the element, `why` in English for developers."""

    code: str
    where: str
    why: str


def check(
    alert: Alert, *, known: Collection[Reference] = (), territory: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> list[Fault]:  # fmt: skip
    """Everything that is wrong; an empty list for a sound message.

    `known`: messages that may be referred to. `territory`: the GeoJSON geometry within which areas must lie. `now`:
    when the message is about to be sent, the moment of it (it may not have expired already).
    """
    return [*_message(alert, known), *(fault for info in alert.infos for fault in _info(alert, info, territory, now))]


def _message(alert: Alert, known: Collection[Reference]) -> Iterator[Fault]:
    for name in ("identifier", "sender"):
        if not _NAME.fullmatch(getattr(alert, name)):
            yield Fault("NAME", name, "empty, or with a space, a comma, < or & (CAP 3.2.1)")
    if alert.sent.tzinfo is None:
        yield Fault("NO_ZONE", "sent", "a time without a zone")
        return
    if alert.msg_type != MsgType.ALERT and not alert.references:
        yield Fault("NO_REFERENCE", "references", f"{alert.msg_type} refers to nothing")
    for reference in alert.references:
        if reference not in known:
            yield Fault("UNKNOWN_REFERENCE", "references", f"{reference.identifier} is not known")
        elif reference.sent > alert.sent:
            yield Fault("LATER_REFERENCE", "references", f"{reference.identifier} was sent later")
    if alert.scope == Scope.RESTRICTED and not alert.restriction:
        yield Fault("NO_RESTRICTION", "restriction", "a restricted message says to whom")
    if alert.scope == Scope.PRIVATE and not alert.addresses:
        yield Fault("NO_ADDRESSES", "addresses", "a private message says to whom")
    if not alert.infos and alert.msg_type in (MsgType.ALERT, MsgType.UPDATE):
        yield Fault("NO_INFO", "info", "nothing is told")
    languages = [info.language.lower() for info in alert.infos]
    for language in sorted({one for one in languages if languages.count(one) > 1}):
        yield Fault("LANGUAGE_TWICE", "info", f"{language} is there twice")
    if len({(info.severity, info.urgency, info.certainty, info.category) for info in alert.infos}) > 1:
        yield Fault("LANGUAGES_DISAGREE", "info", "translations must say the same of the event")


def _info(
    alert: Alert, info: Info, territory: Mapping[str, Any] | None, now: datetime | None
) -> Iterator[Fault]:  # fmt: skip
    if not _LANGUAGE.fullmatch(info.language):
        yield Fault("LANGUAGE", "language", f"{info.language} is no language tag (RFC 5646)")
    if not info.category:
        yield Fault("NO_CATEGORY", "category", "at least one")
    if not info.event.strip():
        yield Fault("NO_EVENT", "event", "empty")
    yield from _times(alert, info, now)
    if not info.areas:
        yield Fault("NO_AREA", "area", "says where")
    for area in info.areas:
        yield from _area(area, territory)


def _times(alert: Alert, info: Info, now: datetime | None) -> Iterator[Fault]:
    times = [("sent", alert.sent), ("effective", info.effective), ("onset", info.onset), ("expires", info.expires)]
    for name, when in times:
        if when is not None and when.tzinfo is None:
            if name != "sent":  # that one is said once
                yield Fault("NO_ZONE", name, "a time without a zone")
            return
    if info.expires is None:
        yield Fault("NO_EXPIRY", "expires", "says until when it holds")
    else:
        for name, when in times[:3]:
            if when is not None and when >= info.expires:
                yield Fault("EXPIRES_EARLY", "expires", f"not after {name}")
        if now is not None and info.expires <= now:
            yield Fault("EXPIRED", "expires", "already over")


def _area(area: Area, territory: Mapping[str, Any] | None) -> Iterator[Fault]:
    if not area.description.strip():
        yield Fault("NO_AREA_NAME", "areaDesc", "empty")
    if area.ceiling is not None and area.altitude is None:
        yield Fault("CEILING_ALONE", "ceiling", "only together with altitude (CAP 3.2.4)")
    for circle in area.circles:
        if circle.radius <= 0 or not _on_earth(circle.centre):
            yield Fault("CIRCLE", "circle", "no centre on earth, or no radius")
    for points in area.polygons:
        yield from _polygon(points, territory)


def _polygon(points: tuple[Point, ...], territory: Mapping[str, Any] | None) -> Iterator[Fault]:
    if len(points) < 4 or points[0] != points[-1]:
        yield Fault("OPEN_POLYGON", "polygon", "four points at least, the last one the first")
        return
    if not all(map(_on_earth, points)):
        yield Fault("OFF_EARTH", "polygon", "latitude first, then longitude, in degrees")
        return
    drawn = Polygon([(point.longitude, point.latitude) for point in points])
    if not drawn.is_valid or drawn.area == 0:
        yield Fault("CROSSED_POLYGON", "polygon", explain_validity(drawn) if not drawn.is_valid else "no area")
        return
    if territory is not None and not shape(territory).buffer(_TOLERANCE).covers(drawn):
        yield Fault("OUTSIDE", "polygon", "outside the territory")


def _on_earth(point: Point) -> bool:
    return -90 <= point.latitude <= 90 and -180 <= point.longitude <= 180
