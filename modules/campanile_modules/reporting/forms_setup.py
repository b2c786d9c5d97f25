"""Forms of who sets the module up: kinds of problems, rules, hours, files to take in."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.models import Category, RoutingRule, WorkCalendar
from campanile_tenants.kit.people import Office
from campanile_tenants.kit.worktime import calendar

DAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
_KINDS = {"testo": "text", "numero": "number", "scelta": "choice", "sì/no": "boolean"}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_SPAN = re.compile(r"^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$")


class QuestionsForm(forms.ModelForm):
    """What a kind asks besides. Questions a line: `codice | domanda | testo, numero, sì/no or scelta: a, b |
    obbligatoria`.
    """

    questions_text = forms.CharField(
        label=_("Questions"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line: code | question | testo, numero, sì/no or scelta: a, b | obbligatoria"),
    )  # fmt: skip

    class Meta:
        model = Category
        fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questions_text"].initial = "\n".join(map(_line, self.instance.questions))
        self.fields["stop_text"].widget.attrs["rows"] = 2

    def clean_questions_text(self) -> list[dict[str, Any]]:
        """The questions as they are kept."""
        found = [_question(line) for line in self.cleaned_data["questions_text"].splitlines() if line.strip()]
        if len({one["code"] for one in found}) != len(found):
            raise forms.ValidationError(gettext("Two questions have the same code."))
        return found


class CategoryForm(QuestionsForm):
    """A kind of problem of a town."""

    class Meta:
        model = Category
        fields: ClassVar[tuple[str, ...]] = (
            "name", "name_en", "description", "parent", "office", "is_active", "visibility", "anonymous_allowed",
            "confirm_email", "moderated", "photo_required", "stop_text", "duplicate_radius", "answer_hours",
            "close_days",
            "working_days", "calendar", "position",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Category.objects.filter(parent=None).exclude(  # type: ignore[attr-defined]
            pk=self.instance.pk
        )

    def save(self, commit: bool = True) -> Any:
        self.instance.questions = self.cleaned_data["questions_text"]
        return super().save(commit)


class NewCategoryForm(CategoryForm):
    """The same, with the code that stays for good."""

    class Meta(CategoryForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("code", *CategoryForm.Meta.fields)


class RuleForm(forms.ModelForm):
    """Who gets what."""

    office = forms.ModelChoiceField(
        label=_("To the office"), queryset=Office.objects.filter(is_active=True), required=False
    )

    class Meta:
        model = RoutingRule
        fields = ("category", "zone", "office", "person", "valid_from", "valid_to", "position")

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = colleagues  # type: ignore[attr-defined]
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class HoursForm(forms.ModelForm):
    """When the town works."""

    class Meta:
        model = WorkCalendar
        fields = ("name", "national_holidays", "patron_saint")

    closures_text = forms.CharField(
        label=_("Other closed days"), required=False, help_text=_("Like 24/12/2026, one a line."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["patron_saint"] = forms.CharField(
            label=_("Patron saint"), required=False, help_text=_("Day and month like 06/12.")
        )
        if self.instance.patron_saint:
            month, day = self.instance.patron_saint.split("-")
            self.initial["patron_saint"] = f"{day}/{month}"
        self.fields["closures_text"].initial = "\n".join(f"{day:%d/%m/%Y}" for day in self.instance.closures)
        spans = self.instance.spans or [[] for _day in range(7)]
        for n, day in enumerate(DAYS):
            self.fields[f"day_{n}"] = forms.CharField(
                label=day, required=False, initial=" ".join("-".join(span) for span in spans[n]),
                widget=forms.TextInput(attrs={"placeholder": "09:00-12:30 14:30-17:00"}),
            )  # fmt: skip
        self.order_fields(
            ["name", *(f"day_{n}" for n in range(7)), "national_holidays", "patron_saint", "closures_text"]
        )

    def clean_patron_saint(self) -> str:
        """As month and day."""
        text = self.cleaned_data["patron_saint"].strip()
        found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})", text)
        if text and not found:
            raise forms.ValidationError(gettext("Write day and month like 06/12."))
        return f"{int(found[2]):02d}-{int(found[1]):02d}" if found else ""

    def clean_closures_text(self) -> list[Any]:
        """As dates."""
        field = forms.DateField(input_formats=["%d/%m/%Y", "%Y-%m-%d"])
        return [field.clean(line.strip()) for line in self.cleaned_data["closures_text"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        spans: list[list[list[str]]] = []
        for n in range(7):
            spans.append(day := [])
            for text in values.get(f"day_{n}", "").replace(",", " ").split():
                if found := _SPAN.match(text):
                    day.append([f"{int(found[1]):02d}:{found[2]}", f"{int(found[3]):02d}:{found[4]}"])
                else:
                    self.add_error(f"day_{n}", gettext("Write the hours like 09:00-12:30 14:30-17:00."))
        if not self.errors:
            try:
                calendar(spans, patron_saint=values.get("patron_saint", ""))
            except ValueError:
                raise forms.ValidationError(gettext("Hours of a day stand in order and do not overlap.")) from None
            if not any(spans):
                raise forms.ValidationError(gettext("At least one day is open."))
        values["spans"] = spans
        return values

    def save(self, commit: bool = True) -> Any:
        self.instance.spans = self.cleaned_data["spans"]
        self.instance.closures = self.cleaned_data["closures_text"]
        return super().save(commit)


class ImportForm(forms.Form):
    """Reports of a former program."""

    file = forms.FileField(label=_("CSV file"), help_text=_("With a heading; commas or semicolons."))


def _line(question: dict[str, Any]) -> str:
    kind = _NAMES.get(question.get("kind", "text"), "testo")
    if question.get("choices"):
        kind = f"{kind}: {', '.join(question['choices'])}"
    parts = [question["code"], question["label"], kind, *(["obbligatoria"] if question.get("required") else [])]
    return " | ".join(parts)


def _question(line: str) -> dict[str, Any]:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) < 3 or not re.fullmatch(r"[a-z0-9-]{1,40}", parts[0]):
        raise forms.ValidationError(
            gettext("Not a question: “%(line)s”. Write: code | question | testo") % {"line": line}
        )
    name, _colon, choices = parts[2].partition(":")
    kind = _KINDS.get(name.strip().lower().replace("si/no", "sì/no"))
    options = [text.strip() for text in choices.split(",") if text.strip()]
    if kind is None or (kind == "choice" and len(options) < 2):
        raise forms.ValidationError(
            gettext("In “%(line)s” write testo, numero, sì/no or scelta: first, second.") % {"line": line}
        )
    required = len(parts) > 3 and parts[3].lower().startswith("obbl")
    return {"code": parts[0], "label": parts[1], "kind": kind, "required": required,
            **({"choices": options} if options else {})}  # fmt: skip
