"""Cache keys that carry the town."""

from __future__ import annotations

from campanile_infra.database import scope


def town_key(key: str, key_prefix: str, version: int) -> str:
    """For CACHES[...]["KEY_FUNCTION"]: the same key means another entry in another town."""
    return f"{key_prefix}:{scope.current().schema}:{version}:{key}"
