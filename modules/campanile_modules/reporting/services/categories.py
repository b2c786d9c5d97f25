"""Categories of a town: the first ones, their names, what a report of a category must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import get_language

from campanile_modules.reporting.catalogue import FIRST_WEEK
from campanile_modules.reporting.errors import (
    AnswerMissing,
    CategoryClosed,
    EmailMissing,
    NameMissing,
    PhotoMissing,
)
from campanile_modules.reporting.models import Category, WorkCalendar
from campanile_modules.reporting.services import sharing
from campanile_tenants.kit.town import current_town

MOST_ANSWER = 500
"""Characters of an answer to a question."""


def put_first_categories() -> int:
    """Puts the shared list of kinds, and working hours, in a town that has none; returns how many kinds were made."""
    if not WorkCalendar.objects.exists():
        WorkCalendar.objects.create(name="Municipio", spans=FIRST_WEEK)
    if Category.objects.exists():
        return 0
    return sharing.adopt_all()


def category_choices() -> list[tuple[str, str]]:
    """What a role in this module can be limited to. 1 query."""
    return [(category.code, str(category)) for category in Category.objects.all()]


def category_namer() -> Callable[[str, str], str]:
    """Gives the name of a category from both its names, in the language of the request."""
    english = (get_language() or "it").startswith("en")
    return lambda name, name_en: name_en if english and name_en else name


def check(
    category: Category, *, name: str, email: str, phone: str, photos: int, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """What the category asks for is there; returns the answers that are kept.

    Raises CategoryClosed, NameMissing, EmailMissing, PhotoMissing, AnswerMissing; each names its field.
    """
    if category.stop_text or not category.is_active:
        raise CategoryClosed(words=category.stop_text.strip() or current_town().contact_phone, field="category")
    if not category.anonymous_allowed and not (name.strip() and (email or phone)):
        raise NameMissing(field="name" if not name.strip() else "email")
    if category.confirm_email and not email:
        raise EmailMissing(field="email")
    if category.photo_required and not photos:
        raise PhotoMissing(field="photos")
    return {one["code"]: answer for one in category.questions if (answer := _answer(one, answers)) is not None}


def question_label(question: Mapping[str, Any]) -> str:
    """The question in the language of the request."""
    return category_namer()(str(question["label"]), str(question.get("label_en", "")))


def _answer(question: Mapping[str, Any], answers: Mapping[str, Any]) -> Any:
    given = answers.get(question["code"])
    text = "" if given is None else str(given).strip()[:MOST_ANSWER]
    kind = question.get("kind", "text")
    if kind == "boolean":
        text = (
            ""
            if given is None
            else ("true" if str(given).lower() in {"true", "1", "on", "yes", "sì", "si"} else "false")
        )
    wrong = (kind == "number" and text and not text.replace(",", ".").replace(".", "", 1).lstrip("-").isdigit()) or (
        kind == "choice" and text and text not in question.get("choices", ())
    )
    if wrong or (question.get("required") and not text):
        raise AnswerMissing(question=question_label(question), field=f"answer_{question['code']}")
    return text or None
