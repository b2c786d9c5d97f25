"""The audit trail: who did what, on which object, from where, under which grant."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Tables in the public schema (the platform's trail) and in each town's."""

    name = "campanile_tenants.town.audit"
    label = "audit"
    verbose_name = _("Audit trail")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campanile_tenants.contract.access import Host
        from campanile_tenants.contract.module import Permission
        from campanile_tenants.contract.registry import registry

        registry.declare(
            Permission("audit.view_log", _("Read the audit trail")),
            Permission(
                "audit.view_platform_log",
                _("Read the platform's audit trail"),
                roles=("operations", "auditor"),
                host=Host.CENTRE,
            ),
        )
