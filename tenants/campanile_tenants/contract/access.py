"""Who may ask for a root field of the API: declared beside the field, obeyed in one place."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Audience(enum.Enum):
    """Who may ask."""

    ANYONE = "anyone"
    STAFF = "staff"
    OPERATOR = "operator"


class Host(enum.Enum):
    """Where it answers."""

    TOWN = "town"
    CENTRE = "centre"
    BOTH = "both"


@dataclass(frozen=True)
class Policy:
    """Where a field answers, to whom, and with which permission. A module's field also needs its module on."""

    audience: Audience
    host: Host = Host.TOWN
    permission: str = ""


ANYONE = Policy(Audience.ANYONE)
"""Everybody, on a town's host."""
