"""What a call says, word by word, and how long it takes."""

from __future__ import annotations

import re

from campanile_modules.alerts.wording.filling import explained

WORDS_A_SECOND = 1.75
"""A slow voice: 105 words a minute (see `infra.channels.voice.speech`, three quarters of the usual pace)."""
_AROUND = 12
"""Seconds of pauses and of the sentence about the keys."""
_SPOKEN = (
    (re.compile(r"\b112\b"), "uno uno due"),
    (re.compile(r"\bkm\b"), "chilometri"), (re.compile(r"\bcm\b"), "centimetri"),
    (re.compile(r"°C|°"), " gradi"), (re.compile(r"\bSP\s?(\d+)"), r"provinciale \1"),
    (re.compile(r"\bSS\s?(\d+)"), r"statale \1"), (re.compile(r"\bn\.\s?(\d+)"), r"numero \1"),
    (re.compile(r"https?://\S+"), "il sito del Comune"),
    (re.compile(r"[“”\"«»]"), ""), (re.compile(r"\s*[–—]\s*"), ", "),
    (re.compile(r"(\d{1,2}):00\b"), r"\1"), (re.compile(r"(\d{1,2}):(\d{2})\b"), r"\1 e \2"),
)  # fmt: skip


def script(sender: str, headline: str, description: str, instruction: str, language: str, *, drill: bool) -> str:
    """The message as it is spoken: who calls, what, what to do; numbers and signs in words (Italian)."""
    parts = [sender, headline, description, *instruction.split("\n")]
    text = " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in map(str.strip, parts) if part)
    if language == "it":
        for sign, words in _SPOKEN:
            text = sign.sub(words, text)
    return explained(text, language) if drill else text


def seconds(text: str) -> int:
    """How long a call with this text takes; it is said twice."""
    return round(2 * len(text.split()) / WORDS_A_SECOND + _AROUND)
