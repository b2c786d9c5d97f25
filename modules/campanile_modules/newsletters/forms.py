"""Forms of readers and of who writes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campanile_modules.newsletters.models import Issue, Topic
from campanile_modules.newsletters.services import importing

_FIELD = re.compile(r"b-(\d{1,3})-(type|text|picture|alt|link|label|url|kind|source|number)")


class _TopicChoice(forms.ModelMultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Topic.objects.filter(is_active=True), to_field_name="code", widget=forms.CheckboxSelectMultiple,
            label=_("Which newsletters?"), error_messages={"required": _("Choose at least one newsletter.")},
            **options,
        )  # fmt: skip


class SubscribeForm(forms.Form):
    """Step 1: which ones, and where to."""

    topics = _TopicChoice()
    email = forms.EmailField(
        label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("This is not an e-mail address. Look at it once more.")},
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    """A trap for programs: people never see it."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("website"):
            raise forms.ValidationError(
                gettext("This looks like it was written by a program. Call the town hall instead.")
            )
        return values


class CodeForm(forms.Form):
    """Step 2: the code of the mail."""

    code = forms.CharField(
        label=_("The six digits of the mail"), max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip


class PreferencesForm(forms.Form):
    """Her choice, by the signed link."""

    topics = _TopicChoice(required=False)


class ReaderForm(forms.Form):
    """Somebody whom the office writes down."""

    topics = _TopicChoice()
    email = forms.EmailField(label=_("E-mail"))
    agreed = forms.CharField(
        label=_("How and when did she agree?"), max_length=300, required=False,
        help_text=_("For example: at the counter, on 2 March 2026. Empty: she gets a mail in which she confirms."),
    )  # fmt: skip


class FileForm(forms.Form):
    """Readers of another program."""

    file = forms.FileField(
        label=_("The file"), widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=_("CSV, as listmonk, MailChimp or a spreadsheet write it; 20 MB at most."),
    )  # fmt: skip


class MappingForm(forms.Form):
    """How a file is understood: a column for each field, which newsletters, and how its people agreed."""

    topics = _TopicChoice(required=False)
    agreed = forms.CharField(
        label=_("How did all of them agree?"), max_length=300, required=False,
        help_text=_("For example: on the paper form of the library, from 2022 to 2024. Kept as proof for each."),
    )  # fmt: skip
    ask = forms.BooleanField(label=_("Ask the others by mail, and count them once they confirm"), required=False)

    def __init__(self, data: Any, *, header: Sequence[str], topics: Sequence[Topic]) -> None:
        self._guess, self._topics = importing.guess(header), topics
        first = {"topics": [topic.code for topic in topics[:1]]}
        columns = {f"column_{name}": column for name, column in self._guess.columns.items()}
        super().__init__(data, initial=first | columns)
        for name, label in importing.FIELDS.items():
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=label, required=name == "email", choices=[("", "–"), *((one, one) for one in header)]
            )

    def choice(self) -> importing.Choice:
        """What was decided, or guessed while nobody decided."""
        if not (self.is_bound and self.is_valid()):
            return importing.Choice([topic.code for topic in self._topics[:1]], self._guess.columns)
        values = self.cleaned_data
        columns = {name: values[f"column_{name}"] for name in importing.FIELDS}
        return importing.Choice(
            [topic.code for topic in values["topics"]], columns, agreed=values["agreed"], ask=values["ask"]
        )


class TopicForm(forms.ModelForm):
    """A newsletter of the town."""

    class Meta:
        model = Topic
        fields: ClassVar[tuple[str, ...]] = (
            "name", "name_en", "description", "frequency", "language", "sample", "digest_day", "is_active", "position",
        )  # fmt: skip


class NewTopicForm(TopicForm):
    """The same, with the code that stays for good."""

    class Meta(TopicForm.Meta):
        fields: ClassVar[tuple[str, ...]] = ("code", *TopicForm.Meta.fields)


class IssueForm(forms.ModelForm):
    """Subject and text of an issue; its blocks come beside it (`blocks_from`)."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Issue
        fields = ("subject", "preview", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["rows"] = 8
        self.fields["text"].help_text = _("For those who read plain text. Empty: made from the blocks.")
        self.fields["preview"].help_text = _("Beside the subject in the list of mails.")

    def clean_subject(self) -> str:
        """One line: a line break would begin another header."""
        subject: str = self.data.get(self.add_prefix("subject"), "")
        if "\n" in subject or "\r" in subject:
            raise forms.ValidationError(gettext("A subject is one line."))
        return subject.strip()


class ApproveForm(forms.Form):
    """What was read, and when it leaves."""

    read = forms.CharField(max_length=64, widget=forms.HiddenInput)
    send_at = forms.DateTimeField(
        label=_("Leaves at"), required=False, help_text=_("Empty: now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )  # fmt: skip

    def clean_send_at(self) -> datetime | None:
        """Now or later."""
        moment: datetime | None = self.cleaned_data["send_at"]
        if moment is not None and moment < timezone.now():
            raise forms.ValidationError(gettext("This moment is over. Choose a later one, or leave it empty."))
        return moment


def blocks_from(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The blocks of the editor's form, in the order in which they stand."""
    found: dict[int, dict[str, Any]] = {}
    for name in data:
        if match := _FIELD.fullmatch(name):
            found.setdefault(int(match[1]), {})[match[2]] = data[name]
    return [found[number] for number in sorted(found)]


def as_text(blocks: list[dict[str, Any]]) -> str:
    """Blocks as `blocks.read` takes them."""
    return json.dumps(blocks, ensure_ascii=False)
