"""The forms with which the centre writes what it shares: newsletters, and issues for all towns that offer them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from campanile_modules.newsletters.forms import as_text
from campanile_modules.newsletters.models import Topic
from campanile_modules.newsletters.services import sharing
from campanile_tenants.kit import library


class SharedTopicForm(forms.ModelForm):
    """A newsletter for all towns: never saved as one, given back as data."""

    class Meta:
        model = Topic
        fields: ClassVar[tuple[str, ...]] = sharing.SHARED

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any], code: str = "") -> None:
        super().__init__(data, instance=Topic(**sharing.complete(initial)))

    def to_data(self) -> dict[str, Any]:
        """The entry's data, once the form is valid."""
        return {name: self.cleaned_data[name] for name in sharing.SHARED}


class SharedIssueForm(forms.Form):
    """An issue that waits for approval in each town that offers its newsletter."""

    name = forms.CharField(label=_("Subject"), max_length=150)
    topic = forms.ChoiceField(label=_("Newsletter"))
    text = forms.CharField(
        label=_("Text"), max_length=8_000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("**bold**, [words](https://address), a line that begins with - is a list."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, initial: Mapping[str, Any], code: str = "") -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["topic"].choices = [  # type: ignore[attr-defined]
            (entry.code, str(entry)) for entry in library.entries(sharing.TOPICS)
        ]

    def to_data(self) -> dict[str, Any]:
        """The entry's data, once the form is valid."""
        values = self.cleaned_data
        return {
            "name": " ".join(values["name"].split()), "topic": values["topic"], "text": values["text"],
            "blocks": as_text([{"type": "text", "text": values["text"]}]),
        }  # fmt: skip
