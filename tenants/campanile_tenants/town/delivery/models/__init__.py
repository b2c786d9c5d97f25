"""The ledger of what leaves the house, from the message down to what the other side said."""

from campanile_tenants.town.delivery.models.accounts import Account
from campanile_tenants.town.delivery.models.answers import Answer, Receipt, SoftBounce, Suppression
from campanile_tenants.town.delivery.models.facts import Fact
from campanile_tenants.town.delivery.models.messages import (
    CHANNEL_WORDS,
    OPEN,
    Attempt,
    Delivery,
    Lane,
    Message,
    Outcome,
    State,
    Work,
)

__all__ = [
    "CHANNEL_WORDS", "OPEN", "Account", "Answer", "Attempt", "Delivery", "Fact", "Lane", "Message", "Outcome",
    "Receipt", "SoftBounce", "State", "Suppression", "Work",
]  # fmt: skip
