"""People, for modules. A foreign key to a person is the string `"people.User"`."""

from campanile_tenants.town.people.models import Role, User

__all__ = ["Role", "User"]
