"""Other systems that come with a key, for modules whose protocol is not GraphQL."""

from campanile_tenants.town.people.services.tokens import TokenRefused, user_of

__all__ = ["TokenRefused", "user_of"]
