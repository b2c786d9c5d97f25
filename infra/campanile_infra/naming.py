"""A name that nobody has yet."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count


def free(wanted: str, taken: Collection[str]) -> str:
    """`wanted` itself, or the first of `wanted-2`, `wanted-3` ... that is not taken.

    >>> free("imu", {"imu", "imu-2"})
    'imu-3'
    """
    numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in count(1))
    return next(name for name in numbered if name not in taken)
