"""How messages are put in, sent, answered and looked after."""

from campanile_tenants.town.delivery.services.posting import Audience, broadcast, enqueue, freeze
from campanile_tenants.town.delivery.services.receiving import Event, claim, receive
from campanile_tenants.town.delivery.services.sending import drain
from campanile_tenants.town.delivery.services.upkeep import pause, resume, stop

__all__ = [
    "Audience", "Event", "broadcast", "claim", "drain", "enqueue", "freeze", "pause", "receive", "resume", "stop",
]  # fmt: skip
