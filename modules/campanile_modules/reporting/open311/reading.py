"""What the standard shows of categories and reports; nobody is named, unpublished words are left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.timezone import localtime

from campanile_modules.reporting.models import Category, Report
from campanile_modules.reporting.services.categories import question_label
from campanile_modules.reporting.states import OPEN, WORD_OF, State
from campanile_tenants.kit.town import current_town
from campanile_tenants.kit.web import absolute

_TYPES = {"text": "string", "number": "number", "choice": "singlevaluelist", "boolean": "singlevaluelist"}
_ROME = ZoneInfo("Europe/Rome")


def service(category: Category) -> dict[str, Any]:
    """A service: a category that takes reports."""
    return {
        "service_code": category.code, "service_name": str(category), "description": category.description,
        "metadata": bool(category.questions), "type": "realtime",
        "group": str(category.parent) if category.parent else None,
    }  # fmt: skip


def definition(category: Category) -> dict[str, Any]:
    """The attributes of a service: the category's questions."""
    return {
        "service_code": category.code,
        "attributes": [_attribute(number, one) for number, one in enumerate(category.questions, 1)],
    }


def request(report: Report) -> dict[str, Any]:
    """A service request. With `category`, `office` and `photos` fetched: no query."""
    public = report.is_published
    photo = next(iter(report.photos.all()), None) if public else None
    return {
        "service_request_id": report.code, "status": "open" if report.state in OPEN else "closed",
        "status_notes": str(WORD_OF[State(report.state)].label), "service_name": str(report.category),
        "service_code": report.category.code,
        "description": f"{report.title}\n{report.description}".strip() if public else None,
        "agency_responsible": report.office.name if report.office else current_town().full_name,
        "service_notice": report.forwarded_to or None,
        "requested_datetime": moment(report.created_at), "updated_datetime": moment(report.changed_at),
        "expected_datetime": moment(report.close_due_at), "address": report.address or None,
        "lat": None if report.latitude is None else float(report.latitude),
        "long": None if report.longitude is None else float(report.longitude),
        "media_url": absolute(reverse("reporting:photo", args=[photo.pk])) if photo else None,
    }  # fmt: skip


def discovery() -> dict[str, Any]:
    """The discovery document: where the endpoint is, and what it speaks."""
    base = absolute(reverse("reporting:open311_discovery", args=["json"])).rsplit("/", 1)[0]
    town = current_town()
    return {
        "changeset": "2026-11-25T00:00:00+01:00",
        "contact": town.contact_email or town.contact_phone or town.full_name,
        "key_service": absolute("/"),
        "endpoints": [{
            "specification": "http://wiki.open311.org/GeoReport_v2", "url": f"{base}/v2",
            "changeset": "2026-11-25T00:00:00+01:00", "type": "production",
            "formats": ["application/json", "text/xml"],
        }],
    }  # fmt: skip


def moment(when: datetime | None) -> str | None:
    """W3C date and time with Rome's offset (`2026-11-25T10:00:00+01:00`)."""
    return None if when is None else localtime(when, _ROME).isoformat(timespec="seconds")


def _attribute(order: int, question: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(question.get("kind", "text"))
    options = ["true", "false"] if kind == "boolean" else list(question.get("choices", ()))
    return {
        "variable": True, "code": question["code"], "datatype": _TYPES[kind],
        "required": bool(question.get("required")), "order": order, "description": question_label(question),
        "datatype_description": ", ".join(options) or None,
        "values": [{"key": option, "name": option} for option in options] or None,
    }  # fmt: skip
