"""Content: what one version of a page says. Checked on the way in, compared, and merged part by part."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campanile_infra.dates import in_words
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.topics import TOPICS, topic_name

OF_A_MODULE = "module:"
"""Begins the name of a module's page (`module:reporting:new`), in descriptions that hold for every town."""
_is_url = URLValidator(schemes=("https", "http"))


@dataclass(frozen=True)
class Deadline:
    """A day of the calendar of a service, Europe/Rome."""

    day: date
    label: str


@dataclass(frozen=True)
class Content:
    """All that an editor writes. Texts are light Markdown; pictures and files are named by their id."""

    title: str = ""
    summary: str = ""
    category: str = ""
    topics: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    deadlines: tuple[Deadline, ...] = ()
    office: str = ""
    online: str = ""
    is_active: bool = True
    inactive_reason: str = ""
    picture: str = ""
    attachments: tuple[str, ...] = ()
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """From what `dump` made; keys of later versions are left aside."""
        known = {one.name for one in dataclasses.fields(cls)}
        values = {key: value for key, value in data.items() if key in known}
        for key in ("topics", "attachments"):
            values[key] = tuple(values.get(key) or ())
        values["deadlines"] = tuple(
            Deadline(parse_date(one["day"]) or date.min, one["label"]) for one in values.get("deadlines") or ()
        )
        for key in ("starts_at", "ends_at"):
            values[key] = parse_datetime(values[key]) if values.get(key) else None
        return cls(**values)

    def dump(self) -> dict[str, Any]:
        """As JSON; empty values are left out."""
        data = dataclasses.asdict(self)
        data["deadlines"] = [{"day": one.day.isoformat(), "label": one.label} for one in self.deadlines]
        data["texts"] = {key: text for key, text in self.texts.items() if text.strip()}
        for key in ("starts_at", "ends_at"):
            data[key] = data[key].isoformat() if data[key] else None
        kept = {key: list(value) if isinstance(value, tuple) else value for key, value in data.items()}
        return {key: value for key, value in kept.items() if value not in (None, "", [], {})} | {
            "is_active": self.is_active
        }

    def missing(self, kind: tree.Kind) -> dict[str, str]:
        """What keeps it from being published: field -> what to do. Drafts may lack anything but a title."""
        wrong: dict[str, str] = {}
        if not self.title.strip():
            wrong["title"] = _("Give the page a title.")
        if not self.summary.strip() and kind is not tree.QUESTION:
            wrong["summary"] = _("Say in one sentence what the page is for.")
        if self.category not in dict(tree.categories_of(kind.code)):
            wrong["category"] = _("Choose a category.")
        if unknown := [slug for slug in self.topics if slug not in TOPICS]:
            wrong["topics"] = _("“%(topic)s” is no topic of the national model.") % {"topic": unknown[0]}
        for section in kind.sections:
            if section.required and not self.texts.get(section.key, "").strip():
                wrong[f"text_{section.key}"] = _("“%(title)s” is empty; the national model asks for it.") % {
                    "title": section.title
                }
        if kind is tree.SERVICE:
            wrong |= self._service_lacks()
        if kind.has_dates and self.starts_at is None:
            wrong["starts_at"] = _("Say when it begins.")
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            wrong["ends_at"] = _("It ends before it begins.")
        if self.online and not self.online.startswith(("/", OF_A_MODULE)):
            try:
                _is_url(self.online)
            except ValidationError:
                wrong["online"] = _("Write a whole address, beginning with https://.")
        return wrong

    def _service_lacks(self) -> dict[str, str]:
        lacks = {}
        if not self.topics:
            lacks["topics"] = _("Choose at least one topic.")
        if not self.office:
            lacks["office"] = _("Choose the office that answers: its contacts end the page.")
        if not self.is_active and not self.inactive_reason.strip():
            lacks["inactive_reason"] = _("Say why the service is not available, and until when.")
        return lacks

    def parts(self) -> dict[str, Any]:
        """Flat: one entry a field, one a text (`text_<key>`)."""
        flat = {one.name: getattr(self, one.name) for one in dataclasses.fields(self) if one.name != "texts"}
        return flat | {f"text_{key}": text for key, text in self.texts.items() if text.strip()}

    @classmethod
    def from_parts(cls, parts: dict[str, Any]) -> Self:
        """The inverse of `parts`."""
        texts = {key.removeprefix("text_"): value for key, value in parts.items() if key.startswith("text_")}
        return cls(**{key: value for key, value in parts.items() if not key.startswith("text_")}, texts=texts)


_NOBODY: Mapping[str, str] = {}
_NAMED = ("picture", "attachments", "office", "category")
"""Parts that are ids or codes."""


@dataclass(frozen=True)
class Change:
    """One part that differs: `lines` are (`same` | `gone` | `new`, words)."""

    key: str
    label: str
    lines: tuple[tuple[str, str], ...]


def compare(old: Content, new: Content, kind: tree.Kind, names: Mapping[str, str] = _NOBODY) -> list[Change]:
    """What differs between two versions, in the order of the page. `names`: words for ids of pictures and files."""
    before, after = old.parts(), new.parts()
    labels = part_labels(kind)
    changed = [key for key in labels if before.get(key) != after.get(key)]
    changed += [key for key in {**before, **after} if key not in labels and before.get(key) != after.get(key)]
    words = {key: names if key in _NAMED else _NOBODY for key in {**before, **after}}
    return [
        Change(key, labels.get(key, key), tuple(_lines(as_words(was, words[key]), as_words(now, words[key]))))
        for key, was, now in ((key, before.get(key), after.get(key)) for key in changed)
    ]


@dataclass(frozen=True)
class Merged:
    """Two people's work put together; `conflicts` are the parts that both changed, each in their own way."""

    content: Content
    conflicts: tuple[str, ...]


def merge(base: Content, theirs: Content, mine: Content) -> Merged:
    """Part by part: what only one of the two changed is taken from them; where both did, mine stands and is named."""
    start, left, right = base.parts(), theirs.parts(), mine.parts()
    result, conflicts = {}, []
    for key in {**start, **left, **right}:
        was, other, own = start.get(key), left.get(key), right.get(key)
        if own == was:
            result[key] = other
        else:
            result[key] = own
            if other not in (was, own):
                conflicts.append(key)
    texts = {key: value for key, value in result.items() if not (key.startswith("text_") and not value)}
    return Merged(Content.from_parts(texts), tuple(conflicts))


def part_labels(kind: tree.Kind) -> dict[str, str]:
    """The parts of a page in words, in their order."""
    labels = {
        "title": _("Title"), "summary": _("In one sentence"), "category": _("Category"), "topics": _("Topics"),
        "picture": _("Picture"), "starts_at": _("Begins"), "ends_at": _("Ends"), "address": _("Address"),
        "latitude": _("Latitude"), "longitude": _("Longitude"), "is_active": _("Available"),
        "inactive_reason": _("Why it is not available"), "online": _("Where it is done online"),
        "office": _("Office"), "deadlines": _("Deadlines"), "attachments": _("Attachments"),
    }  # fmt: skip
    return labels | {f"text_{section.key}": str(section.title) for section in kind.sections}


def as_words(value: Any, names: Mapping[str, str] = _NOBODY) -> str:
    """A part as people read it: days and hours as they are said here, pictures and files by `names`."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return in_words(localtime(value), "j F Y, H:i")
    if isinstance(value, tuple):
        return "\n".join(names.get(one) or topic_name(one) if isinstance(one, str) else as_words(one) for one in value)
    if isinstance(value, Deadline):
        return f"{in_words(value.day, 'j F Y')}: {value.label}"
    return names.get(str(value), str(value))


def _lines(old: str, new: str) -> list[tuple[str, str]]:
    kinds = {" ": "same", "-": "gone", "+": "new"}
    compared = difflib.ndiff(old.splitlines(), new.splitlines())
    return [(kinds[line[0]], line[2:]) for line in compared if line[0] in kinds]
