"""Tables of each town's schema."""

from campanile_modules.newsletters.models.issues import Click, Issue, Link, Picture, State
from campanile_modules.newsletters.models.subscribers import (
    Import,
    SharedChoice,
    Subscriber,
    Subscription,
    Topic,
    WarmUp,
)

__all__ = [
    "Click", "Import", "Issue", "Link", "Picture", "SharedChoice", "State", "Subscriber", "Subscription", "Topic",
    "WarmUp",
]  # fmt: skip
