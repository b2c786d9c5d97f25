"""Tables of the module."""

from campanile_modules.alerts.models.alert import Alert, MsgType, Revision
from campanile_modules.alerts.models.beforehand import Delegation, Proposal, SigningKey

__all__ = ["Alert", "Delegation", "MsgType", "Proposal", "Revision", "SigningKey"]
