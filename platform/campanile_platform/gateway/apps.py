"""The login gateway: SPID and CIE for every town of the centre, one path per town."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GatewayConfig(AppConfig):
    """One table in the public schema."""

    name = "campanile_platform.gateway"
    label = "gateway"
    verbose_name = _("Login gateway")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the system check."""
        from campanile_platform.gateway import checks  # noqa: F401
