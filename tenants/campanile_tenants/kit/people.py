"""People, for modules. A foreign key to a person is the string `"people.User"`."""

from campanile_tenants.town.people.models import Kind, User

__all__ = ["Kind", "User"]
