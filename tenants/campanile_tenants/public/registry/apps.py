"""The registry of municipalities: who is a town, at which addresses, with which modules."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Tables in the public schema."""

    name = "campanile_tenants.public.registry"
    label = "registry"
    verbose_name = _("Registry of municipalities")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.management import create_permissions
        from django.contrib.contenttypes.management import create_contenttypes
        from django.db.models.signals import post_migrate

        from campanile_tenants.public.registry import checks  # noqa: F401 - registers the system checks

        # Towns have neither content types nor Django's permissions: modules declare their own.
        post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
        post_migrate.disconnect(create_contenttypes)
        assert create_permissions is not None
