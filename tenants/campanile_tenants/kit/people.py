"""People, for modules. A foreign key to a person is the string `"people.User"`."""

from campanile_tenants.town.people.models import Kind, User
from campanile_tenants.town.people.services.factors import SecondFactorRefused, prove
from campanile_tenants.town.people.services.staff import holders

__all__ = ["Kind", "SecondFactorRefused", "User", "holders", "prove"]
