"""In which languages a town speaks to people: whoever knows (the site) says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_sources: list[Callable[[], Sequence[str]]] = []


def spoken_by(source: Callable[[], Sequence[str]]) -> None:
    """Says who knows the languages of the current town besides Italian and English."""
    _sources.append(source)


def spoken() -> list[str]:
    """Italian, English, and those that are official in the town (`de`, `sl`)."""
    return list(dict.fromkeys(("it", "en", *(code for source in _sources for code in source()))))
