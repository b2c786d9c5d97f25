"""The shared catalogue: descriptions of services that the centre maintains and towns adopt."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    """Tables in the public schema; towns may read them."""

    name = "campanile_tenants.public.library"
    label = "library"
    verbose_name = _("Shared catalogue")
