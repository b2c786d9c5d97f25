"""Forms of citizens and of the office."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from campanile_infra.channels.base import channels
from campanile_infra.channels.push.keys import public_key
from campanile_tenants.town.contacts import topics
from campanile_tenants.town.contacts.models import Channel, Contact
from campanile_tenants.town.contacts.speaking import spoken

BY_CODE = (Channel.EMAIL, Channel.SMS, Channel.VOICE)
"""Channels on which an address is proved with a code."""
NIGHT = (time(22), time(7))


def _topic_choices() -> list[tuple[str, Any]]:
    return [(topic.code, topic.label) for topic in topics.topics()]


class TopicsForm(forms.Form):
    """What somebody wants to hear about."""

    topics = forms.MultipleChoiceField(
        label=_("What do you want to know?"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = _topic_choices()  # type: ignore[attr-defined]


class _Quiet(forms.Form):
    """When she wants peace."""

    quiet = forms.BooleanField(
        label=_("Not at night, from 22 to 7"),
        required=False,
        help_text=_("What comes at night is told in the morning."),
    )
    breaks_quiet = forms.BooleanField(
        label=_("But wake me in an emergency"), required=False, initial=True,
        help_text=_("Only for danger: orange and red alerts."),
    )  # fmt: skip

    def hours(self) -> tuple[time, time] | None:
        """The quiet hours, if she wants any."""
        return NIGHT if self.cleaned_data["quiet"] else None


class WayForm(_Quiet):
    """Over which channel, at which address, and that she agrees.

    `vouched`: an identity provider told us her tax code, by which app IO finds her.
    """

    channel = forms.ChoiceField(label=_("How do we tell you?"), widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("E-mail address or telephone number"), max_length=1_000, required=False,
        help_text=_("For Telegram, app IO and notifications leave it empty."),
    )  # fmt: skip
    street = forms.CharField(
        label=_("Your street"), max_length=120, required=False,
        help_text=_("Only if you like: then we also tell you what concerns your street alone."),
    )  # fmt: skip
    house_number = forms.CharField(label=_("House number"), max_length=12, required=False)
    language = forms.ChoiceField(label=_("In which language"), required=False)
    agree = forms.BooleanField(label=_("I agree"), error_messages={"required": _("Tick the box to go on.")})
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    """A trap for programs: people never see it."""

    field_order = ("channel", "address", "street", "house_number", "language", "quiet", "breaks_quiet", "agree")

    def __init__(self, *args: Any, vouched: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = (*BY_CODE, Channel.TELEGRAM, *((Channel.PUSH,) if public_key() else ()),
                *((Channel.IO,) if vouched else ()))  # fmt: skip
        open_ones = [name for name in channels() if name in ways]
        offered = [(name, str(Channel(name).label).capitalize()) for name in open_ones]
        self.fields["channel"].choices = offered  # type: ignore[attr-defined]
        names = [(code, get_language_info(code)["name_local"].capitalize()) for code in spoken()]
        self.fields["language"].choices = names  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("website"):
            raise forms.ValidationError(
                gettext("This looks like it was written by a program. Call the town hall instead.")
            )
        if values.get("channel") == Channel.PUSH and not values.get("address", "").startswith("{"):
            self.add_error("channel", gettext("This browser does not allow notifications. Choose another way."))
        if values.get("channel") in BY_CODE and not values.get("address"):
            self.add_error("address", gettext("Write the address or number to which we write."))
        return values


class CodeForm(forms.Form):
    """The six digits."""

    code = forms.CharField(
        label=_("The code we sent you"), max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )  # fmt: skip


class ChoiceForm(_Quiet):
    """What she wants to hear about from now on; nothing is a choice too."""

    topics = forms.MultipleChoiceField(
        label=_("What do you want to know?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    field_order = ("topics", "quiet", "breaks_quiet")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = _topic_choices()  # type: ignore[attr-defined]


class WriteDownForm(TopicsForm):
    """Somebody whom the town writes down."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Contact.Kind.choices, initial=Contact.Kind.CITIZEN)
    name = forms.CharField(label=_("Name and surname"), max_length=120)
    phone = forms.CharField(label=_("Telephone"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    street = forms.CharField(label=_("Street"), max_length=120, required=False)
    house_number = forms.CharField(label=_("House number"), max_length=12, required=False)
    fragile = forms.BooleanField(label=_("Needs help in an emergency"), required=False)
    fragile_note = forms.CharField(
        label=_("What helpers must know"), max_length=300, required=False,
        help_text=_("Only what is needed to help: “does not walk”, “oxygen at home”."),
    )  # fmt: skip
    relative_name = forms.CharField(label=_("Relative to call if she does not answer"), max_length=120, required=False)
    relative_phone = forms.CharField(label=_("Telephone of the relative"), max_length=30, required=False)
    agreed = forms.CharField(
        label=_("How and when did she agree?"),
        max_length=300,
        help_text=_("For example: at the desk, on 2 March 2026."),
    )
    field_order = ("name", "phone", "street", "house_number", "topics", "fragile", "fragile_note", "relative_name",
                   "relative_phone", "agreed", "kind")  # fmt: skip


class ImportForm(TopicsForm):
    """A CSV file of contacts."""

    file = forms.FileField(label=_("CSV file"))
    field_order = ("file", "topics")
