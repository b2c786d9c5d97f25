"""How many parts an SMS takes: GSM 03.38 against UCS-2 (3GPP TS 23.038, 23.040)."""

from __future__ import annotations

from typing import NamedTuple

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€\f"
_PLAINER = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ",
    "á": "à", "í": "ì", "ó": "ò", "ú": "ù", "È": "É", "À": "A'", "Ì": "I'", "Ò": "O'", "Ù": "U'", "ç": "c",
})  # fmt: skip
LONGEST = 1_600
"""Characters that AWS takes in one message."""


class Counted(NamedTuple):
    """What a text costs. `unit`: `GSM-7` or `UCS-2`; `left`: characters until the next part begins."""

    unit: str
    characters: int
    parts: int
    left: int


def plainer(text: str) -> str:
    """The text in characters of the GSM alphabet where Italian has an equal one, so that one curly quote does not
    double the price. Other characters stay.
    """
    return text.translate(_PLAINER)


def count(text: str) -> Counted:
    """Parts of a text: 160 septets alone or 153 in each of several, 70 or 67 UTF-16 code units outside GSM-7."""
    if all(character in _BASIC or character in _EXTENDED for character in text):
        size = sum(2 if character in _EXTENDED else 1 for character in text)
        return _parts("GSM-7", size, 160, 153)
    return _parts("UCS-2", len(text.encode("utf-16-be")) // 2, 70, 67)


def _parts(unit: str, size: int, alone: int, each: int) -> Counted:
    parts = 1 if size <= alone else -(-size // each)
    room = alone if parts == 1 else parts * each
    return Counted(unit, size, parts, room - size)
