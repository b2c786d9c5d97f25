"""The same problem told twice: near, alike in words, or with the same picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, radians
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from campanile_modules.reporting.errors import NotTheSame
from campanile_modules.reporting.models import Category, Follow, Report, Reporter, ReportEvent
from campanile_modules.reporting.services import telling
from campanile_modules.reporting.services.intake import submit
from campanile_modules.reporting.services.moves import change_state
from campanile_modules.reporting.states import CLOSED, HIDDEN, OPEN, State
from campanile_tenants.kit import audit
from campanile_tenants.kit.people import User
from campanile_tenants.kit.sealing import fingerprint

MOST = 5
ALIKE_WORDS, ALIKE_BITS = 0.35, 8
"""How alike titles must be (trigrams), and by how many of 64 bits two pictures may differ."""
DEGREE = 111_320.0
"""Metres of a degree of latitude."""
_NEAR = """
WITH near AS (
    SELECT r.id, r.code, r.title, r.address, r.is_published, r.state, r.created_at,
           (SELECT count(*) FROM reporting_follow f WHERE f.report_id = r.id) AS others,
           CASE WHEN r.latitude IS NOT NULL AND %(lat)s::float8 IS NOT NULL THEN
               sqrt(power((r.latitude - %(lat)s) * %(degree)s, 2)
                    + power((r.longitude - %(lon)s) * %(degree)s * cos(radians(%(lat)s)), 2)) END AS metres,
           similarity(lower(r.title), lower(%(title)s)) AS alike,
           (SELECT min(bit_count((p.look # m.look)::bit(64))) FROM reporting_photo p,
                   unnest(%(looks)s::bigint[]) AS m(look)
            WHERE p.report_id = r.id AND p.look IS NOT NULL) AS bits
    FROM reporting_report r
    WHERE r.state = ANY(%(open)s) AND (r.category_id = %(category)s OR r.category_id = ANY(%(kin)s))
      AND (%(lat)s::float8 IS NULL OR r.latitude IS NULL
           OR (r.latitude BETWEEN %(lat)s - %(high)s AND %(lat)s + %(high)s
               AND r.longitude BETWEEN %(lon)s - %(wide)s AND %(lon)s + %(wide)s))
      AND (%(lat)s::float8 IS NOT NULL AND r.latitude IS NOT NULL
           OR lower(r.address) = lower(%(address)s) AND r.address <> '')
      AND (%(but)s::uuid IS NULL OR r.id <> %(but)s)
)
SELECT id, code, title, address, is_published, state, created_at, others, metres, alike, bits FROM near
WHERE coalesce(metres, 0) <= %(radius)s
ORDER BY coalesce(bits, 64) > %(most_bits)s, alike < %(least_alike)s, coalesce(metres, 0), created_at DESC
LIMIT %(most)s
"""


@dataclass(frozen=True)
class Alike:
    """An open report that may be the same. `metres` between the points, when both are known."""

    id: UUID
    code: str
    title: str
    address: str
    is_published: bool
    state: str
    others: int
    metres: int | None
    is_alike: bool


def nearby(
    category: Category, *, latitude: Decimal | float | None = None, longitude: Decimal | float | None = None,
    address: str = "", title: str = "", looks: Sequence[int] = (), but: UUID | None = None, most: int = MOST,
) -> list[Alike]:  # fmt: skip
    """Open reports of the category, its parent and siblings within its radius (metres), the likeliest first. 2
    queries.

    Without a point: those at the same address.
    """
    radius = category.duplicate_radius
    if latitude is None and not address.strip():
        return []
    lat = None if latitude is None else float(latitude)
    lon = None if longitude is None else float(longitude)
    kin = list(Category.objects.filter(parent_id=category.parent_id or category.pk).values_list("pk", flat=True))
    values = {
        "lat": lat, "lon": lon, "degree": DEGREE, "title": title, "looks": list(looks), "address": address.strip(),
        "open": [state.value for state in OPEN if state not in HIDDEN], "category": category.pk, "radius": radius,
        "kin": [*kin, category.parent_id or category.pk], "high": radius / DEGREE, "but": but,
        "wide": radius / (DEGREE * max(0.1, cos(radians(lat or 0.0)))), "most_bits": ALIKE_BITS,
        "least_alike": ALIKE_WORDS, "most": most,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, values)
        return [
            Alike(row[0], row[1], row[2], row[3], row[4], row[5], row[7], None if row[8] is None else round(row[8]),
                  row[9] >= ALIKE_WORDS or (row[10] is not None and row[10] <= ALIKE_BITS))
            for row in cursor.fetchall()
        ]  # fmt: skip


def merge(report: Report, into: Report, *, by: User, text: str = "") -> Report:
    """Makes a report the duplicate of another: its author and followers follow that one. Undone by `unmerge`.

    Raises NotTheSame, IllegalMove.
    """
    with transaction.atomic():
        root = _root(into)
        if root.pk == report.pk:
            raise NotTheSame(field="into")
        before = State(report.state)
        merged = change_state(report, State.DUPLICATE, by=by, text=text,
                              changes={"duplicate_of": root, "state_before": before})  # fmt: skip
        _move_followers(merged, root)
        ReportEvent.objects.create(
            report=root, kind=ReportEvent.Kind.MERGED, internal_text=report.code, author=by, author_name=by.full_name
        )
        audit.record("reporting.merged", merged, into=root.code)
    return merged


def unmerge(report: Report, *, by: User) -> Report:
    """Takes a merge back: the report is what it was, and those who came with it follow the other no more.

    Raises IllegalMove.
    """
    with transaction.atomic():
        Follow.objects.filter(from_report=report).delete()
        before = State(report.state_before) if report.state_before else State.IN_CHARGE
        to = before if before not in (*CLOSED, State.FORWARDED, State.REOPEN_REQUESTED) else State.IN_CHARGE
        changes = {"duplicate_of": None, "state_before": ""}
        found = change_state(report, to, by=by, changes=changes, words=telling.REOPENED)
        audit.record("reporting.unmerged", found)
    return found


def split(report: Report, *, by: User, category: Category, title: str, description: str) -> Report:
    """A second report out of one that tells of two problems: same place and author, its own code and promise."""
    with transaction.atomic():
        author = Reporter.objects.filter(report=report).first()
        known: dict[str, Any] = {} if author is None else {
            "name": author.name, "email": author.email, "phone": author.phone, "language": author.language,
        }  # fmt: skip
        made = submit(category=category, title=title, description=description, address=report.address,
                      latitude=report.latitude, longitude=report.longitude, channel=Report.Channel.DESK, trusted=True,
                      **known)  # fmt: skip
        ReportEvent.objects.create(report=report, kind=ReportEvent.Kind.NOTE, internal_text=f"→ {made.code}",
                                   author=by, author_name=by.full_name, happened_at=timezone.now())  # fmt: skip
        audit.record("reporting.split", report, into=made.code)
    return made


def _root(report: Report) -> Report:
    seen = {report.pk}
    while report.duplicate_of is not None and report.duplicate_of_id not in seen:
        report = report.duplicate_of
        seen.add(report.pk)
    return report


def _move_followers(report: Report, root: Report) -> None:
    author = Reporter.objects.filter(report=report).first()
    rows = [
        Follow(report=root, mark=follow.mark, email=follow.email, language=follow.language, from_report=report)
        for follow in report.follows.all()
    ]
    if author is not None:
        mark = fingerprint(f"follow/{author.email.lower() or report.pk}")
        rows.append(Follow(report=root, mark=mark, email=author.email, language=author.language, from_report=report))
    Follow.objects.bulk_create(rows, ignore_conflicts=True)
