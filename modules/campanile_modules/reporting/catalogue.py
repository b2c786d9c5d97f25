"""The shared list of kinds as it ships, until the centre writes its own; the working hours a town starts with."""

from __future__ import annotations

from typing import Any

FIRST_WEEK = [[["09:00", "12:30"], ["14:30", "17:00"]] if day < 5 else [] for day in range(7)]
"""Monday to Friday, mornings and afternoons: what most town halls keep."""
_KINDS = (
    ("roads", "Buche e strade", "Holes and roads"),
    ("green", "Verde pubblico", "Parks and trees"),
    ("signs", "Semafori e segnaletica stradale", "Traffic lights and road signs"),
    ("street-furniture", "Arredo urbano", "Street furniture"),
    ("drains", "Tombini", "Drains and manholes"),
    ("playgrounds", "Parchi gioco e aree cani", "Playgrounds and dog areas"),
    ("lighting", "Illuminazione pubblica", "Street lighting"),
    ("waste", "Rifiuti e pulizia", "Waste and cleaning"),
    ("pests", "Disinfestazione (topi, blatte, vespe, piccioni)", "Pest control"),
    ("water", "Acquedotto e fognature", "Water and sewers"),
    ("accessibility", "Accessibilità", "Accessibility"),
    ("cemeteries", "Cimiteri", "Cemeteries"),
    ("other", "Altro", "Other"),
)


def first_kinds() -> dict[str, dict[str, Any]]:
    """The kinds that ship with the module, as the shared list keeps them."""
    return {
        code: {"name": name, "name_en": name_en, "position": position}
        for position, (code, name, name_en) in enumerate(_KINDS)
    }
