"""System check of the gateway's settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def cie_has_a_pinned_anchor(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An Error when CIE is on but the keys of its trust anchor are not there: nothing could be believed."""
    if not settings.CIE_PROVIDER or Path(settings.CIE_TRUST_ANCHOR_JWKS or "-").is_file():
        return []
    return [
        Error(
            "CIE_PROVIDER is set, but CIE_TRUST_ANCHOR_JWKS names no file.",
            hint="Put the trust anchor's public keys (a JWKS, got by a way you trust) into a file and name it there.",
            id="campanile.E012",
        )
    ]
