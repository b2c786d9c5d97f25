"""Ready answers filled in, the answers to questions in words, the QR code of a job sheet."""

from __future__ import annotations

import io
import re

import segno
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from campanile_modules.reporting.models import Report
from campanile_modules.reporting.services.categories import question_label
from campanile_tenants.kit.dates import in_words
from campanile_tenants.kit.web import absolute

_BLANK = re.compile(r"\{(codice|titolo|luogo|ufficio|data)\}")


def fill(text: str, report: Report) -> str:
    """A ready answer with its blanks filled in; anything else in braces stays as it is."""
    values = {
        "codice": report.code, "titolo": report.title, "luogo": report.place,
        "ufficio": report.office.name if report.office else "", "data": in_words(timezone.localdate(), "j F Y"),
    }  # fmt: skip
    return _BLANK.sub(lambda found: values[found[1]], text)


def answers_of(report: Report) -> list[tuple[str, str]]:
    """The questions of the category with what was answered; answers whose question is gone under their code."""
    labels = {one["code"]: question_label(one) for one in report.category.questions}
    return [(labels.get(code, code), str(answer)) for code, answer in report.answers.items()]


def qr_of(report: Report) -> SafeString:
    """A QR code (SVG) that opens the report in the office."""
    target = io.BytesIO()
    link = absolute(reverse("reporting:office_detail", args=[report.code]))
    segno.make(link, error="m").save(target, kind="svg", scale=4, border=2, xmldecl=False, svgns=True)
    return mark_safe(target.getvalue().decode())  # noqa: S308 - drawn by us, of numbers only
