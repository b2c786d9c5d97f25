"""The centre: who aggregates, which towns belong to it, and its console."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CentreConfig(AppConfig):
    """Tables in the public schema."""

    name = "campanile_platform.centre"
    label = "centre"
    verbose_name = _("Centre")
    default_auto_field = "django.db.models.BigAutoField"
