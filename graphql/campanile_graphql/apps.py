"""The API. It has no models."""

from django.apps import AppConfig


class GraphQLConfig(AppConfig):
    """No tables. Checks, when all modules are registered, that what they require is there."""

    name = "campanile_graphql"
    label = "campanile_graphql"

    def ready(self) -> None:
        from campanile_tenants.contract.registry import registry

        registry.check_requirements()
