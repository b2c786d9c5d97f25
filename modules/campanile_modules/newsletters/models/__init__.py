"""Tables of each town's schema."""

from campanile_modules.newsletters.models.issues import Click, Issue, Link, Picture, State
from campanile_modules.newsletters.models.subscribers import Subscriber, Subscription, Topic

__all__ = ["Click", "Issue", "Link", "Picture", "State", "Subscriber", "Subscription", "Topic"]
