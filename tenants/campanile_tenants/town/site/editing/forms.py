"""The form of a page: one field a part of the national model, texts in light Markdown."""

from __future__ import annotations

import copy
import re
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import Content, Deadline
from campanile_tenants.town.site.models import Attachment, Identity, Picture
from campanile_tenants.town.site.models.pages import LANGUAGES
from campanile_tenants.town.site.topics import TOPICS

_FORMS = _("PDF, ODT, ODS, DOCX, XLSX, CSV, TXT, JSON, P7M or ZIP, at most 25 MB.")
_WRONG_LINE = _("Line %(number)s: write the day and what happens, like 8/1/2027 Applications open.")
_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})|(\d{4}-\d{2}-\d{2})")


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def _picture_input() -> forms.FileInput:
    return forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})


class DeadlinesField(forms.CharField):
    """One deadline a line: `8/1/2027 Applications open`."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """Deadlines as lines."""
        if isinstance(value, tuple):
            return "\n".join(f"{one.day:%d/%m/%Y} {one.label}" for one in value)
        return value

    def clean(self, value: Any) -> Any:
        """A tuple of Deadline."""
        found = []
        for number, line in enumerate((super().clean(value) or "").splitlines(), start=1):
            if not line.strip():
                continue
            day, label = _day_of(line.strip())
            if day is None or not label:
                raise ValidationError(_WRONG_LINE, params={"number": number})
            found.append(Deadline(day, label))
        return tuple(sorted(found, key=lambda one: one.day))


def _day_of(line: str) -> tuple[date | None, str]:
    match = _DAY.match(line)
    if match is None:
        return None, ""
    try:
        day = parse_date(match[4]) if match[4] else date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        day = None
    return day, line[match.end() :].strip(" :-\t")


class PageForm(forms.Form):
    """All parts of a page of one kind. `base` is the version that was on the screen when somebody began to write."""

    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    title = forms.CharField(label=_("Title"), max_length=160)
    summary = forms.CharField(
        label=_("In one sentence"), max_length=255, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the page is for. Appears in lists and in search results."),
    )  # fmt: skip
    category = forms.ChoiceField(label=_("Category"))
    is_active = forms.BooleanField(label=_("The service is available"), required=False)
    inactive_reason = forms.CharField(label=_("Why it is not available"), max_length=300, required=False)
    starts_at = forms.DateTimeField(
        label=_("Begins"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends_at = forms.DateTimeField(
        label=_("Ends"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    latitude = forms.FloatField(label=_("Latitude"), required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(label=_("Longitude"), required=False, min_value=-180, max_value=180)
    deadlines = DeadlinesField(
        label=_("Deadlines"),
        required=False,
        help_text=_("One a line: the day, then what happens. 8/1/2027 Applications open"),
    )
    online = forms.CharField(
        label=_("Where it is done online"), max_length=300, required=False,
        help_text=_("A whole address. Leave it empty when it is done at the desk only."),
    )  # fmt: skip
    office = forms.ChoiceField(label=_("Office that answers"), required=False)
    topics = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)
    picture = forms.CharField(widget=forms.HiddenInput, required=False)
    new_picture = forms.FileField(
        label=_("Picture"), required=False, widget=_picture_input(),
        help_text=_("JPEG, PNG or WebP, at most 15 MB. It is made smaller by itself."),
    )  # fmt: skip
    picture_alt = forms.CharField(
        label=_("What one sees in the picture"), max_length=250, required=False,
        help_text=_("For those who do not see it: one sentence. Without it the picture is not taken."),
    )  # fmt: skip
    picture_credit = forms.CharField(label=_("Author and licence of the picture"), max_length=160, required=False)
    no_picture = forms.BooleanField(label=_("Without a picture"), required=False)
    attachments = forms.MultipleChoiceField(
        label=_("Attachments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    new_file = forms.FileField(
        label=_("Add a file"),
        required=False,
        help_text=_FORMS,
    )
    new_file_title = forms.CharField(label=_("Title of the file"), max_length=160, required=False)
    note = forms.CharField(
        label=_("What you changed"), max_length=200, required=False, help_text=_("For your colleagues.")
    )

    def __init__(self, *args: Any, kind: tree.Kind, content: Content, base: int, **kwargs: Any) -> None:
        self.kind, self.content = kind, content
        kwargs["initial"] = content.parts() | {"base": base}
        super().__init__(*args, **kwargs)
        for section in kind.sections:
            self.fields[f"text_{section.key}"] = forms.CharField(
                label=str(section.title), required=False, max_length=20_000, help_text=str(section.help),
                widget=forms.Textarea(attrs={"rows": 5, "data-markdown": ""}),
            )  # fmt: skip
        self._choices("category", tree.categories_of(kind.code))
        offices = Office.objects.filter(is_active=True).values_list("code", "name")
        self._choices("office", [("", "–"), *offices])
        self._choices("topics", sorted(TOPICS.items(), key=lambda pair: str(pair[1])))
        self._offer_files()
        for name in self._left_out():
            del self.fields[name]

    def _offer_files(self) -> None:
        """Files of the page, and those that were sent with it or come from a merge."""
        sent = self.data.getlist("attachments") if isinstance(self.data, QueryDict) else []
        wanted = [*self.content.attachments, *(one for one in sent if _is_id(one))]
        self._choices("attachments", [(str(row.pk), str(row)) for row in Attachment.objects.filter(pk__in=wanted)])

    def clean_picture(self) -> str:
        """The picture of the page, or one that came before; nothing else."""
        picture = str(self.cleaned_data["picture"])
        if picture and not (_is_id(picture) and Picture.objects.filter(pk=picture).exists()):
            raise ValidationError(gettext("This picture is not there any more. Choose one again."))
        return picture

    @property
    def chosen_picture(self) -> Picture | None:
        """The picture to show beside the form. 1 query when there is one."""
        picture = self["picture"].value() if "picture" in self.fields else ""
        return Picture.objects.filter(pk=picture).first() if picture and _is_id(str(picture)) else None

    def keep_picture(self, picture: Picture) -> str:
        """Lets a picture that was taken stay in the form, whatever else is wrong; its id."""
        return self._keep("picture", str(picture.pk))

    def keep_attachment(self, attachment: Attachment) -> str:
        """Lets a file that was taken stay in the form; its id."""
        if "attachments" not in self.fields:
            self.fields["attachments"] = copy.deepcopy(self.base_fields["attachments"])
        sent = self.data.getlist("attachments")  # type: ignore[attr-defined]
        self._keep("attachments", *sent, str(attachment.pk))
        self._offer_files()
        return str(attachment.pk)

    def _keep(self, name: str, *values: str) -> str:
        data = self.data.copy()  # type: ignore[attr-defined]
        data.setlist(name, list(values))
        self.data = data
        return values[-1]

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _left_out(self) -> set[str]:
        kind = self.kind
        out = set()
        if kind is not tree.SERVICE:
            out |= {"is_active", "inactive_reason", "deadlines", "online"}
        if not kind.has_dates:
            out |= {"starts_at", "ends_at"}
        if not kind.has_place:
            out |= {"address", "latitude", "longitude"}
        if not kind.has_office:
            out.add("office")
        if not kind.has_files:
            out |= {"attachments", "new_file", "new_file_title"}
        elif not self.fields["attachments"].choices:  # type: ignore[attr-defined]
            out.add("attachments")
        if kind is tree.QUESTION:
            out |= {"picture", "new_picture", "picture_alt", "picture_credit", "no_picture", "summary"}
        return out

    @property
    def text_fields(self) -> list[forms.BoundField]:
        """The texts in the order of the page."""
        return [self[f"text_{section.key}"] for section in self.kind.sections]

    def to_content(self) -> Content:
        """What was written. A field that is wrong keeps what the page said before."""
        parts = self.content.parts()
        said = getattr(self, "cleaned_data", {})
        for name in [*parts, *(f"text_{section.key}" for section in self.kind.sections)]:
            if name in said:
                value = said[name]
                parts[name] = tuple(value) if isinstance(value, list) else value
        if said.get("no_picture"):
            parts["picture"] = ""
        if "attachments" in self.fields and "attachments" not in said:
            parts["attachments"] = self.content.attachments
        return Content.from_parts(parts)


class IdentityForm(forms.ModelForm):
    """The face of the site."""

    languages = forms.MultipleChoiceField(
        label=_("Other languages"), required=False, widget=forms.CheckboxSelectMultiple, choices=LANGUAGES[1:],
        help_text=_("Beside Italian: pages can then be translated."),
    )  # fmt: skip
    topics = forms.MultipleChoiceField(
        label=_("Topics in evidence"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Three to six."),
    )
    social_lines = forms.CharField(
        label=_("Social media"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line: Facebook https://…"),
    )  # fmt: skip
    new_coat = forms.FileField(
        label=_("Coat of arms"), required=False, widget=_picture_input(),
        help_text=_("PNG or WebP, at least 100 pixels high. Until then we draw the first letter."),
    )  # fmt: skip

    class Meta:
        model = Identity
        fields = (
            "tagline", "welcome", "colour", "phone", "emergency_phone", "email", "pec", "address", "tax_code",
            "accessibility_url", "languages", "topics",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = self.fields["topics"]
        assert isinstance(topics, forms.MultipleChoiceField)
        topics.choices = sorted(TOPICS.items(), key=lambda pair: str(pair[1]))
        self.fields["social_lines"].initial = "\n".join(f"{one['name']} {one['url']}" for one in self.instance.social)

    def clean_social_lines(self) -> list[dict[str, str]]:
        """Names with addresses."""
        found = []
        for line in self.cleaned_data["social_lines"].splitlines():
            name, _space, url = line.strip().rpartition(" ")
            if not line.strip():
                continue
            if not name or not url.startswith("https://"):
                raise ValidationError(gettext("Write a name and an address: Facebook https://…"))
            found.append({"name": name[:30], "url": url[:300]})
        return found


class FeedForm(forms.Form):
    """Where the former site tells its news."""

    url = forms.URLField(
        label=_("Address of the feed"),
        max_length=500,
        assume_scheme="https",
        help_text=_("RSS, Atom or JSON Feed of your former site."),
    )
    category = forms.ChoiceField(label=_("What it brings goes to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = self.fields["category"]
        assert isinstance(categories, forms.ChoiceField)
        categories.choices = [
            (str(section.label), [(category.slug, category.label) for category in section.categories])
            for section in (tree.NOVELTIES, tree.SERVICES, tree.LIVE, tree.MANAGEMENT)
        ]


class ScheduleForm(forms.Form):
    """When a version is to be published."""

    when = forms.DateTimeField(
        label=_("Publish on"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )


class EndForm(forms.Form):
    """Until when a page is to be seen."""

    until = forms.DateTimeField(
        label=_("Take away on"), required=False, help_text=_("Empty: it stays."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
