"""People, for modules. A foreign key to a person is the string `"people.User"`."""

from campanile_tenants.town.people.models import Kind, Office, User
from campanile_tenants.town.people.services.factors import SecondFactorRefused, prove
from campanile_tenants.town.people.services.staff import holders

__all__ = ["Kind", "Office", "SecondFactorRefused", "User", "holders", "prove"]
