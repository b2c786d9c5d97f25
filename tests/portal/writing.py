"""What the editor's tests share: what a browser would send, and a picture."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from campanile_tenants.town.site.models import Page

CARD = "carta-identita-elettronica"


def form_of(page: Page | None, **changes: Any) -> dict[str, Any]:
    """What a browser would send: every field of the page, then the changes."""
    values: dict[str, Any] = {"base": 0, "is_active": "on", "verb": "save"}
    if page is not None:
        content = page.versions.first().content  # type: ignore[union-attr]
        values |= {"base": page.versions.first().number, "title": content.title, "summary": content.summary}  # type: ignore[union-attr]
        values |= {"category": content.category, "topics": list(content.topics), "office": content.office}
        values |= {f"text_{key}": text for key, text in content.texts.items()}
        values |= {"online": content.online}
    return values | changes


def png(width: int = 900, height: int = 600) -> bytes:
    target = io.BytesIO()
    Image.effect_noise((width, height), 20).convert("RGB").save(target, "PNG")
    return target.getvalue()
