"""The national civil-protection bulletins: colours of every zone, today and tomorrow."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinsConfig(AppConfig):
    """Tables in the public schema, which towns may read."""

    name = "campanile_tenants.public.bulletins"
    label = "bulletins"
    verbose_name = _("National bulletins")
    default_auto_field = "django.db.models.BigAutoField"
