"""Providers: how the lines to SMS, voice and mail providers are doing, shared by all towns."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvidersConfig(AppConfig):
    """A table in the public schema."""

    name = "campanile_tenants.public.providers"
    label = "providers"
    verbose_name = _("Providers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campanile_infra.channels.base import on_heard
        from campanile_tenants.public.providers.receipts import hear

        on_heard(hear)
