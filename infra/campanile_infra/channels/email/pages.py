"""MJML into HTML, by mrml: tables, inline styles and media queries that mail programs know."""

from __future__ import annotations

import mrml


class BadMjml(ValueError):
    """The source is not MJML; the words say where."""


def to_html(source: str) -> str:
    """The page as HTML. Raises BadMjml. Nothing is fetched: `mj-include` and remote fonts are not used."""
    try:
        made = mrml.to_html(source)
    except OSError as error:
        raise BadMjml(str(error)) from error
    return str(getattr(made, "content", made))
