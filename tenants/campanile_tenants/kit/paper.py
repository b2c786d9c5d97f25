"""Text on paper, for modules that make PDFs with the fonts that every reader has (Latin-1)."""

from __future__ import annotations

_PLAIN = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "€": "euro", "\u00a0": " ",
})  # fmt: skip


def plain(text: str) -> str:
    """The text with typographic signs written plainly; what is in no Western European language becomes `?`.

    >>> plain("l’ufficio “Urp” – 5 €")
    'l\\'ufficio "Urp" - 5 euro'
    """
    return text.translate(_PLAIN).encode("latin-1", errors="replace").decode("latin-1")


__all__ = ["plain"]
