"""Who may ask for a page or a root field of the API: declared beside it, decided in one place."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Audience(enum.Enum):
    """Who may ask."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    STAFF = "staff"
    OPERATOR = "operator"
    MACHINE = "machine"


class Host(enum.Enum):
    """Where it answers."""

    TOWN = "town"
    CENTRE = "centre"
    BOTH = "both"


class Assurance(enum.IntEnum):
    """How sure we are who somebody is (eIDAS): a code by mail or SMS is LOW, SPID 2 and CIE are more."""

    NONE = 0
    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3


@dataclass(frozen=True)
class Policy:
    """Where a page or field answers, to whom, and with which permission or assurance.

    What belongs to a module also needs the module on. `exempt` leaves the second factor aside: only for the
    pages where one is enrolled, and for signing out.
    """

    audience: Audience
    host: Host = Host.TOWN
    permission: str = ""
    assurance: Assurance = Assurance.NONE
    exempt: bool = False


ANYONE = Policy(Audience.ANYONE)
"""Everybody, on a town's host."""
EVERYWHERE = Policy(Audience.ANYONE, host=Host.BOTH)
"""Everybody, on any host."""
SIGNED_IN = Policy(Audience.SIGNED_IN, host=Host.BOTH)
"""Whoever is signed in."""
OWN_ACCOUNT = Policy(Audience.SIGNED_IN, host=Host.BOTH, exempt=True)
"""Pages about one's own account, open also to those who still have to enrol a second factor."""
STAFF = Policy(Audience.STAFF)
"""The town's staff, and operators under a grant."""
