"""How often something may be asked for, by network or by key: the actions stand in ACCOUNT_RATE_LIMITS."""

from campanile_tenants.town.people.limits import limited, too_many, within_limit

__all__ = ["limited", "too_many", "within_limit"]
