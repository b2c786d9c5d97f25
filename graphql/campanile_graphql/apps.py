"""The API. It has no models."""

from django.apps import AppConfig


class GraphQLConfig(AppConfig):
    """No tables. Checks, when all modules are registered, that what they require is there; runs the towns' jobs."""

    name = "campanile_graphql"
    label = "campanile_graphql"

    def ready(self) -> None:
        from campanile_tenants.contract.registry import registry
        from campanile_tenants.town.api import tasks

        registry.check_requirements()
        tasks.runners.append("campanile_graphql.bulk.running.run_waiting")
