"""People: operators in the public schema; officers and citizens in each town."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Tables in the public schema and in each town's."""

    name = "campanile_tenants.town.people"
    label = "people"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"
