"""Tables of the API."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Tables in each town's schema."""

    name = "campanile_tenants.town.api"
    label = "api"
    verbose_name = _("API")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campanile_tenants.contract.module import Permission, UploadKind
        from campanile_tenants.contract.registry import registry

        registry.declare(
            Permission("api.register_documents", _("Register the queries of an app")),
            Permission("api.run_jobs", _("Export and import through the API"), roles=("officer", "communications")),
        )
        registry.declare_uploads(
            UploadKind(
                "api.rows", _("File of rows to import"), accept=("text/csv", "application/x-ndjson"),
                most_bytes=20 * 1024 * 1024, permission="api.run_jobs",
            )
        )  # fmt: skip
