"""What sending would take before anybody sends: units, euro, minutes to the last recipient, and what stands in
the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from campanile_infra.channels.base import Line, lines, transport
from campanile_infra.channels.sms.parts import LONGEST as LONGEST_SMS
from campanile_infra.channels.telegram.transport import LONGEST as LONGEST_TELEGRAM
from campanile_tenants.public.providers.health import LineHealth, Standing, health

ENGINE = 5_000.0
"""Messages a second where the provider names no limit; half of what the engine was measured at (docs/roadmap.md)."""
LONGEST = {"sms": LONGEST_SMS, "telegram": LONGEST_TELEGRAM}
"""Characters that a channel takes in one message."""


@dataclass(frozen=True)
class Estimate:
    """One channel's part. `units`: what the provider counts for one message; `cost` in euro, None where no price is
    known; `seconds` until the last one is handed over. `waits`: seconds that the channel waits for others.
    `too_long`: characters above the channel's limit. `broken`: why
    no line of the channel works; empty when one does.
    """

    channel: str
    number: int
    units: int
    cost: Decimal | None
    seconds: float
    too_long: int = 0
    broken: str = ""
    waits: float = 0.0

    @property
    def last_told(self) -> float:
        """Seconds until the last one is told, what the channel waits for others included."""
        return self.seconds + self.waits


def estimate(channel: str, number: int, text: str, known: list[LineHealth] | None = None) -> Estimate:
    """How `number` messages of this text would go over a channel. 1 query unless `known` (`health()`) is given."""
    standing = [line for line in (health() if known is None else known) if line.channel == channel]
    works = [line for line in standing if line.standing is not Standing.BROKEN]
    found = lines(channel)
    chosen = next((line for line in found if line.name in {one.provider.name for one in works}), None)
    if chosen is None:
        why = next((line.why for line in standing if line.why), "not set up")
        return Estimate(channel, number, 1, None, 0.0, broken=why)
    units = transport(chosen).units(text)
    price = price_of(chosen)
    return Estimate(
        channel, number, units, None if price is None else price * units * number,
        number * units / (chosen.rate or ENGINE), max(0, len(text) - LONGEST.get(channel, len(text))),
    )  # fmt: skip


def price_of(line: Line) -> Decimal | None:
    """Euro a unit, from CHANNEL_PRICES or the line's own option; None where nobody wrote one down."""
    price = settings.CHANNEL_PRICES.get(line.name, dict(line.options).get("price"))
    return None if price in (None, "") else Decimal(str(price))
