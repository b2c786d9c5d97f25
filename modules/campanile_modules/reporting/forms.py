"""Forms of citizens and officers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.errors import OutsideTown
from campanile_modules.reporting.models import Category, ResponseTemplate
from campanile_modules.reporting.services import borders
from campanile_modules.reporting.services.categories import question_label
from campanile_modules.reporting.states import Reason, State
from campanile_tenants.kit.people import Office, User


class PrivacyForm(forms.Form):
    """Step 1."""

    accept = forms.BooleanField(
        label=_("I have read how my data are used"),
        error_messages={"required": _("Tick the box to go on.")},
    )


class SeveralFilesInput(forms.ClearableFileInput):
    """An input for more than one file."""

    allow_multiple_selected = True


class DetailsForm(forms.Form):
    """Step 2: where, what, and who if she wants an answer.

    The questions of the chosen category are `answer_<code>`.
    """

    address = forms.CharField(
        label=_("Where is it?"),
        max_length=200,
        required=False,
        help_text=_("Street and number, or describe the place: “behind the school”."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    latitude = forms.DecimalField(
        max_digits=9, decimal_places=6, min_value=35, max_value=48, required=False, widget=forms.HiddenInput
    )
    longitude = forms.DecimalField(
        max_digits=9, decimal_places=6, min_value=6, max_value=19, required=False, widget=forms.HiddenInput
    )
    in_town = forms.BooleanField(required=False)
    category = forms.ModelChoiceField(
        label=_("What kind of problem?"),
        queryset=Category.objects.filter(is_active=True),
        to_field_name="code",
        empty_label=_("Choose"),
    )
    title = forms.CharField(
        label=_("Title"), max_length=100, help_text=_("For example: hole in front of the pharmacy.")
    )
    description = forms.CharField(
        label=_("Details"),
        max_length=2000,
        required=False,
        help_text=_("Do not write names or health data of other people."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = forms.FileField(
        label=_("Photos"),
        required=False,
        help_text=_("JPEG, PNG, WebP or HEIC. We remove the place and the model of your phone from them."),
        widget=SeveralFilesInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic,image/heif"}),
    )
    place_of_photo = forms.BooleanField(
        label=_("Use the place where the photo was taken"), required=False,
        help_text=_("Only then do we read it, once."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name and surname"), max_length=150, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), required=False,
        help_text=_("We write to you when something happens. Only the office sees it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone"), max_length=30, required=False,
        help_text=_("If you have no e-mail: we send you an SMS."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    may_be_handed_over = forms.BooleanField(
        label=_("If the place is another town's, they may have my name and address too"), required=False,
        help_text=_("The report itself goes to them in any case."),
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    """A trap for programs: people never see it."""

    stored: ClassVar = (
        "address",
        "latitude",
        "longitude",
        "category",
        "title",
        "description",
        "name",
        "email",
        "phone",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions: list[dict[str, Any]] = []
        if chosen := self._chosen():
            self._ask(chosen)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("website"):
            raise forms.ValidationError(_("This looks like it was written by a program. Call the town hall instead."))
        category = values.get("category")
        if category is not None and category.stop_text:
            self.add_error("category", category.stop_text)
        point = (values.get("latitude"), values.get("longitude"))
        if None in point:
            values["latitude"] = values["longitude"] = None
            if not values.get("address") and "address" not in self.errors:
                self.add_error("address", _("Write where it is, or point it out on the map."))
        else:
            try:
                self.whose = borders.check(point[0], point[1], confirmed=values.get("in_town", False))  # type: ignore[arg-type]
            except OutsideTown as error:
                self.add_error("address", str(error))
        return values

    def to_store(self) -> dict[str, str]:
        """What the draft keeps: what was typed, right or wrong."""
        extra = [name for name in self.data if name.startswith("answer_")]
        return {
            name: str(self.data.get(name, ""))[:4000]
            for name in (*self.stored, "in_town", "may_be_handed_over", *extra[:20])
        }

    def answers(self) -> dict[str, Any]:
        """The answers to the category's questions, by their code."""
        return {one["code"]: self.cleaned_data.get(f"answer_{one['code']}") for one in self.questions}

    def question_fields(self) -> list[forms.BoundField]:
        """The fields of the questions, in their order."""
        return [self[f"answer_{one['code']}"] for one in self.questions]

    def _chosen(self) -> Category | None:
        source: Mapping[str, Any] = self.data or self.initial
        code = str(source.get("category", "") or "")
        return Category.objects.filter(code=code, is_active=True).first() if code else None

    def _ask(self, category: Category) -> None:
        self.questions = list(category.questions)
        for one in self.questions:
            self.fields[f"answer_{one['code']}"] = question_field(one)


def question_field(question: Mapping[str, Any]) -> forms.Field:
    """The field for a category's question."""
    label, required = question_label(question), bool(question.get("required"))
    kind = question.get("kind", "text")
    if kind == "number":
        return forms.DecimalField(label=label, required=required, max_digits=12)
    if kind == "choice":
        choices = [("", gettext("Choose")), *((text, text) for text in question.get("choices", ()))]
        return forms.ChoiceField(label=label, required=required, choices=choices)
    if kind == "boolean":
        words = [("", gettext("Choose")), ("true", gettext("Yes")), ("false", gettext("No"))]
        return forms.ChoiceField(label=label, required=required, choices=words)
    return forms.CharField(label=label, required=required, max_length=500)


class SecretForm(forms.Form):
    """Code and secret of a receipt."""

    code = forms.CharField(label=_("Code of the report"), max_length=12, widget=forms.TextInput(
        attrs={"autocapitalize": "characters", "autocomplete": "off", "placeholder": "K7QM-3XRV"}))  # fmt: skip
    secret = forms.CharField(label=_("Secret"), max_length=16, widget=forms.TextInput(
        attrs={"autocapitalize": "characters", "autocomplete": "off"}))  # fmt: skip


class MeTooForm(forms.Form):
    """With the same problem; an address only if she wants to hear of it."""

    email = forms.EmailField(
        label=_("E-mail, if you want to hear of it"), required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    website = forms.CharField(required=False, widget=forms.HiddenInput)


class OpinionForm(forms.Form):
    """After the end. One tap is enough; the rest is for who wants to say more."""

    solved = forms.TypedChoiceField(choices=[("si", _("Yes")), ("no", _("No"))], coerce=lambda text: text == "si")
    stars = forms.TypedChoiceField(
        label=_("How satisfied are you?"), required=False, coerce=int, empty_value=None,
        choices=[("", _("Choose")), *((n, str(n)) for n in range(5, 0, -1))],
        help_text=_("From 5, very, to 1, not at all."),
    )  # fmt: skip
    comment = forms.CharField(label=_("Would you like to add something?"), max_length=1000, required=False,
                              widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip


class AnswerForm(forms.Form):
    """What an officer, or an author, writes."""

    text = forms.CharField(label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class NoteForm(AnswerForm):
    """A note; `@name` tells colleagues."""

    mention = forms.ModelMultipleChoiceField(
        label=_("For whom"), required=False, queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, colleagues: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if colleagues is not None:
            self.fields["mention"].queryset = colleagues  # type: ignore[attr-defined]


class CloseForm(AnswerForm):
    """How an officer closes."""

    state = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(s.value, s.label) for s in (State.RESOLVED, State.CLOSED_NO_ACTION, State.REJECTED)],
    )
    reason = forms.ChoiceField(
        label=_("Why, if nothing is done"), choices=[("", _("Choose")), *Reason.choices], required=False
    )
    field_order = ("state", "reason", "text")


class AssignForm(forms.Form):
    """To which office or person."""

    office = forms.ModelChoiceField(
        label=_("Office"), queryset=Office.objects.filter(is_active=True), required=False, empty_label=_("As it is")
    )
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), required=False, empty_label=_("Nobody yet")
    )
    text = forms.CharField(label=_("Words for the citizen"), required=False, max_length=1000)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = colleagues  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    """On which day."""

    planned_for = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    worksite = forms.CharField(label=_("Name of the works, if any"), max_length=80, required=False)
    text = forms.CharField(label=_("Words for the citizen"), required=False, max_length=1000)


class ForwardForm(AnswerForm):
    """To whose task it is."""

    forwarded_to = forms.CharField(
        label=_("To whom"), max_length=120, help_text=_("For example: Province of Lecco, roads; the water company.")
    )
    field_order = ("forwarded_to", "text")


class MergeForm(forms.Form):
    """With which report it is the same."""

    into = forms.CharField(label=_("Code of the other report"), max_length=12, widget=forms.TextInput(
        attrs={"autocapitalize": "characters", "placeholder": "K7QM-3XRV"}))  # fmt: skip
    text = forms.CharField(label=_("Words for the citizen"), required=False, max_length=1000)


class SplitForm(forms.Form):
    """The second problem of a report that tells of two."""

    category = forms.ModelChoiceField(
        label=_("What kind of problem?"), queryset=Category.objects.filter(is_active=True), to_field_name="code"
    )
    title = forms.CharField(label=_("Title"), max_length=100)
    description = forms.CharField(label=_("Details"), max_length=2000, required=False,
                                  widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip


class TemplateForm(forms.ModelForm):
    """A ready answer."""

    class Meta:
        model = ResponseTemplate
        fields = ("name", "state", "category", "text")
