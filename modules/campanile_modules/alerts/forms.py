"""Forms of the office."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from campanile_modules.alerts.models import Delegation, Revision
from campanile_modules.alerts.services.content import TOWN, Content, rings_of, streets_of
from campanile_modules.alerts.states import Colour, Hazard
from campanile_modules.alerts.wording.catalogue import READY
from campanile_modules.alerts.wording.filling import LANGUAGES, fill
from campanile_tenants.kit import outreach
from campanile_tenants.kit.places import Zone, rings
from campanile_tenants.kit.town import current_town, languages

_MOMENT = {"type": "datetime-local"}
_FORMAT = "%Y-%m-%dT%H:%M"
MOST_STREETS = 100
_PARTS = ("headline", "description", "instruction")
PLACES = (
    ("town", _("The whole municipality")),
    ("zone", _("Zones of the municipality")),
    ("streets", _("Some streets")),
    ("polygon", _("An area on the map")),
)


def _moment(**options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        widget=forms.DateTimeInput(attrs=_MOMENT, format=_FORMAT), input_formats=[_FORMAT], **options
    )  # fmt: skip


class _Times(forms.Form):
    """Begin and end, in Roman time."""

    onset = _moment(label=_("Begins"), required=False, help_text=_("Empty: now."))
    expires_at = _moment(label=_("Holds until"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["onset"] = values.get("onset") or timezone.now().replace(second=0, microsecond=0)
        end: datetime | None = values.get("expires_at")
        if end is not None and end <= timezone.now():
            self.add_error("expires_at", gettext("This lies in the past. Write a later day and hour."))
        elif end is not None and end <= values["onset"]:
            self.add_error("expires_at", gettext("It ends before it begins."))
        return values


class StartForm(_Times):
    """The first step: colour, times, and the blanks of the hazard's ready text."""

    colour = forms.TypedChoiceField(
        label=_("Colour"), choices=Colour.choices, coerce=int, initial=Colour.YELLOW, widget=forms.RadioSelect
    )

    def __init__(self, hazard: str, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"expires_at": _evening(), "colour": Colour.YELLOW})
        super().__init__(*args, **kwargs)
        self.hazard = Hazard(hazard)
        for blank in READY[self.hazard].blanks:
            self.fields[f"blank_{blank.name}"] = forms.CharField(
                label=str(blank.label), required=blank.required, max_length=160,
                widget=forms.TextInput(attrs={"placeholder": blank.example}),
            )  # fmt: skip

    def content(self) -> Content:
        """What it makes: the ready text, filled in."""
        values = self.cleaned_data
        blanks = {name.removeprefix("blank_"): text for name, text in values.items() if name.startswith("blank_")}
        times = {name: values[name] for name in ("onset", "expires_at")}
        texts = fill(
            self.hazard, values["colour"], town=current_town().name, now=timezone.now(), blanks=blanks, **times
        )
        return Content(
            hazard=self.hazard, colour=values["colour"], texts=texts, at_once=values["colour"] == Colour.RED, **times
        )


class TextForm(_Times):
    """Everything that can be changed in a draft."""

    colour = forms.TypedChoiceField(label=_("Colour"), choices=Colour.choices, coerce=int, widget=forms.RadioSelect)
    headline_it = forms.CharField(label=_("Headline"), max_length=160)
    description_it = forms.CharField(
        label=_("What happens, where, until when"), max_length=1_500, widget=forms.Textarea(attrs={"rows": 4})
    )
    instruction_it = forms.CharField(
        label=_("What to do"), required=False, max_length=1_500, help_text=_("One thing a line, the first one first."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    headline_en = forms.CharField(label=_("Headline in English"), max_length=160, required=False)
    description_en = forms.CharField(
        label=_("What happens, in English"), max_length=1_500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    instruction_en = forms.CharField(
        label=_("What to do, in English"), required=False, max_length=1_500, widget=forms.Textarea(attrs={"rows": 4})
    )
    place = forms.ChoiceField(label=_("Where"), choices=PLACES, widget=forms.RadioSelect)
    zones = forms.MultipleChoiceField(label=_("Which zones"), required=False, widget=forms.CheckboxSelectMultiple)
    streets = forms.CharField(
        label=_("Which streets"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, as they are written in the list of contacts: Via Roma."),
    )  # fmt: skip
    area_name = forms.CharField(label=_("Name of the area"), required=False, max_length=80)
    ring = forms.CharField(required=False, widget=forms.HiddenInput)
    channels = forms.MultipleChoiceField(
        label=_("Over which channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    at_once = forms.BooleanField(
        label=_("All channels at once"), required=False,
        help_text=_("Otherwise SMS and calls wait, and go only to those who have not answered."),
    )  # fmt: skip
    everybody = forms.BooleanField(
        label=_("Also to those who did not choose this topic"), required=False,
        help_text=_("Only when lives are at risk."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(name, outreach.CHANNEL_WORDS.get(name, name)) for name in outreach.channels()]
        self.fields["channels"].choices = names  # type: ignore[attr-defined]
        self._write_other_languages()
        self._zones = {str(zone.pk): zone for zone in Zone.objects.all()}
        self.fields["zones"].choices = [(key, zone.name) for key, zone in self._zones.items()]  # type: ignore[attr-defined]
        if not self._zones:
            self.fields["place"].choices = [one for one in PLACES if one[0] != "zone"]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, revision: Revision) -> TextForm:
        """The form as a draft stands."""
        rings = rings_of([area for area in revision.areas if area["kind"] == "polygon"])
        named = [area["name"] for area in revision.areas if area["kind"] == "zone"]
        initial: dict[str, Any] = {
            "colour": revision.colour, "onset": timezone.localtime(revision.onset),
            "expires_at": timezone.localtime(revision.expires_at), "at_once": revision.at_once,
            "everybody": revision.everybody, "channels": revision.channels or list(outreach.channels()),
            "streets": "\n".join(streets_of(revision.areas)), "ring": json.dumps(rings[0]) if rings else "",
            "area_name": next((area.get("name", "") for area in revision.areas if area["kind"] == "polygon"), ""),
            "place": revision.areas[0]["kind"] if revision.areas else "town",
            "zones": list(Zone.objects.filter(name__in=named).values_list("pk", flat=True)) if named else [],
        }  # fmt: skip
        for language in revision.texts:
            for name, text in (revision.texts.get(language) or {}).items():
                initial[f"{name}_{language}"] = text
        return cls(initial=initial)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        names = [" ".join(line.split()) for line in values.get("streets", "").splitlines() if line.strip()]
        values["names"] = names[:MOST_STREETS]
        if values.get("place") == "streets" and not names:
            self.add_error("streets", gettext("Write at least one street."))
        if values.get("place") == "zone" and not values.get("zones"):
            self.add_error("zones", gettext("Choose at least one zone."))
        if len(names) > MOST_STREETS:
            self.add_error("streets", gettext("More than a hundred streets: choose the whole municipality."))
        if values.get("place") == "polygon":
            values["points"] = self._points(values.get("ring", ""))
        if values.get("headline_en") and not values.get("description_en"):
            self.add_error("description_en", gettext("Say in English what happens, or take the headline away."))
        for language in self.others:
            if values.get(f"headline_{language}") and not values.get(f"description_{language}"):
                self.add_error(f"description_{language}", gettext("Say what happens, or take the headline away."))
        if not values.get("channels"):
            self.add_error("channels", gettext("Choose at least one channel."))
        return values

    def content(self, hazard: str) -> Content:
        """What it says."""
        values = self.cleaned_data
        texts = {
            language: {name: values[f"{name}_{language}"].strip() for name in _PARTS}
            for language in (*LANGUAGES, *self.others)
            if values[f"headline_{language}"]
        }
        areas: list[dict[str, Any]] = [dict(TOWN)]
        if values["place"] == "streets":
            areas = [{"kind": "streets", "names": values["names"]}]
        elif values["place"] == "zone":
            chosen_zones = [self._zones[key] for key in values["zones"]]
            areas = [{"kind": "zone", "name": zone.name, "rings": rings(zone)} for zone in chosen_zones]
        elif values["place"] == "polygon":
            areas = [{"kind": "polygon", "name": values["area_name"], "ring": values["points"]}]
        chosen = sorted(values["channels"])
        return Content(
            hazard=hazard, colour=values["colour"], onset=values["onset"], expires_at=values["expires_at"],
            texts=texts,
            areas=areas, channels=[] if chosen == sorted(outreach.channels()) else chosen, at_once=values["at_once"],
            everybody=values["everybody"],
        )  # fmt: skip

    def by_language(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each language of the town beside Italian and English, under its name."""
        return [
            (get_language_info(language)["name_local"], [self[f"{part}_{language}"] for part in _PARTS])
            for language in self.others
        ]

    def _write_other_languages(self) -> None:
        """Fields for the languages that are official in the town; their words are written by people."""
        self.others = [language for language in languages() if language not in LANGUAGES]
        for language in self.others:
            where = {"language": get_language_info(language)["name_local"]}
            attributes = {"rows": 3, "lang": language}
            self.fields[f"headline_{language}"] = forms.CharField(
                label=gettext("Headline (%(language)s)") % where, max_length=160, required=False,
                widget=forms.TextInput(attrs={"lang": language}),
            )  # fmt: skip
            self.fields[f"description_{language}"] = forms.CharField(
                label=gettext("What happens (%(language)s)") % where, max_length=1_500, required=False,
                widget=forms.Textarea(attrs=attributes),
            )  # fmt: skip
            self.fields[f"instruction_{language}"] = forms.CharField(
                label=gettext("What to do (%(language)s)") % where, max_length=1_500, required=False,
                widget=forms.Textarea(attrs=attributes),
            )  # fmt: skip

    def _points(self, text: str) -> list[list[float]]:
        """The ring, closed; whether it is simple and inside the town is checked with the whole message."""
        try:
            points = [[round(float(x), 6), round(float(y), 6)] for x, y in json.loads(text)]
        except (ValueError, TypeError):
            points = []
        if points and points[0] != points[-1]:
            points.append(points[0])
        if len(points) < 4:
            self.add_error("place", gettext("Draw the area on the map: at least three points. Or write the streets."))
        return points


class AloneForm(forms.Form):
    """What one person writes who sends alone."""

    town_name = forms.CharField(label=_("Name of the town"), max_length=120, widget=forms.TextInput(
        attrs={"autocomplete": "off"}))  # fmt: skip
    reason = forms.CharField(label=_("Why alone"), max_length=300)
    code = forms.CharField(
        label=_("Code of your app, now"), max_length=10, required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        help_text=_("Empty if you have shown your passkey in the last five minutes."),
    )  # fmt: skip


class DelegationForm(forms.Form):
    """What the mayor agrees to beforehand."""

    kind = forms.ChoiceField(label=_("What you agree to"), choices=Delegation.Kind.choices, widget=forms.RadioSelect)
    colour = forms.TypedChoiceField(
        label=_("Up to the colour"), coerce=int, choices=[one for one in Colour.choices if one[0] != Colour.RED],
        initial=Colour.YELLOW, help_text=_("Red always takes two people."),
    )  # fmt: skip
    hazards = forms.MultipleChoiceField(
        label=_("For which hazards"), choices=Hazard.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all."),
    )  # fmt: skip
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_until(self) -> datetime:
        """The end of that day, Europe/Rome."""
        day = self.cleaned_data["until"]
        end = timezone.make_aware(datetime.combine(day, datetime.min.time())) + timedelta(days=1)
        if end <= timezone.now():
            raise forms.ValidationError(gettext("This lies in the past."))
        if end > timezone.now() + timedelta(days=400):
            raise forms.ValidationError(gettext("A year at most: agree to it again then."))
        return end


class CapForm(forms.Form):
    """A CAP message of somebody else: a file, or an address."""

    file = forms.FileField(label=_("CAP file (XML)"), required=False)
    url = forms.URLField(label=_("Or its address"), required=False, max_length=300, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("file") and not values.get("url") and not self.errors:
            self.add_error("file", gettext("Choose a file, or write an address."))
        return values


class HelpForm(forms.Form):
    """What was done for somebody."""

    note = forms.CharField(label=_("What was done"), max_length=300, required=False)


def _evening() -> datetime:
    """Midnight tonight, or of tomorrow when it is late already."""
    now = timezone.localtime()
    end = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return end if end - now > timedelta(hours=6) else end + timedelta(days=1)
