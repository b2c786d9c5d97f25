"""What a call says: slowly, twice, then the two keys. As SSML, for any voice that reads it."""

from __future__ import annotations

from xml.sax.saxutils import escape

_KEYS = {
    "it": "Premi 1 se hai capito. Premi 2 se hai bisogno di aiuto. Premi 9 per non ricevere più chiamate.",
    "en": "Press 1 if you have understood. Press 2 if you need help. Press 9 for no more calls.",
    "de": "Drücken Sie 1, wenn Sie verstanden haben. Drücken Sie 2, wenn Sie Hilfe brauchen. "
    "Drücken Sie 9, um keine Anrufe mehr zu erhalten.",
    "sl": "Pritisnite 1, če ste razumeli. Pritisnite 2, če potrebujete pomoč. Pritisnite 9, če ne želite več klicev.",
}
_AGAIN = {"it": "Ripeto.", "en": "I repeat.", "de": "Ich wiederhole.", "sl": "Ponavljam."}
VOICES = {"it": "it-IT", "en": "en-GB", "de": "de-DE", "sl": "sl-SI"}


def ssml(text: str, language: str, *, keys: bool) -> str:
    """The message at three quarters of the usual pace, said twice (W3C SSML 1.1)."""
    said = escape(text)
    again = _AGAIN.get(language, _AGAIN["it"])
    asked = f'<break time="700ms"/>{escape(keys_in(language))}' if keys else ""
    return (
        f'<speak><break time="1s"/><prosody rate="75%">{said}<break time="1s"/>{again}<break time="500ms"/>{said}'
        f"{asked}</prosody></speak>"
    )


def keys_in(language: str) -> str:
    """What the keys mean."""
    return _KEYS.get(language, _KEYS["it"])
