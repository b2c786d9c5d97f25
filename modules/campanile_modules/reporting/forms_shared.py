"""The form with which the centre writes an entry of the shared list of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.forms_setup import QuestionsForm
from campanile_modules.reporting.models import Category
from campanile_modules.reporting.services import sharing
from campanile_tenants.kit import library


class SharedCategoryForm(QuestionsForm):
    """A kind for all towns: never saved as a category, given back as data."""

    parent_code = forms.ChoiceField(label=_("Belongs to"), required=False)

    class Meta:
        model = Category
        fields: ClassVar[tuple[str, ...]] = tuple(name for name in sharing.SHARED if name != "questions")

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any], code: str = "") -> None:
        values = sharing.complete(initial)
        parent = values.pop("parent")
        super().__init__(data, instance=Category(**values), initial={"parent_code": parent})
        heads = [
            (entry.code, str(entry))
            for entry in library.entries(sharing.KIND)
            if entry.code != code and not entry.data.get("parent")
        ]
        self.fields["parent_code"].choices = [("", "–"), *sorted(heads, key=lambda head: head[1].casefold())]  # type: ignore[attr-defined]

    def to_data(self) -> dict[str, Any]:
        """The entry's data, once the form is valid."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()} | {
            "questions": self.cleaned_data["questions_text"], "parent": self.cleaned_data["parent_code"],
        }  # fmt: skip
