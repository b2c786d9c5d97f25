"""The kit: templates, tags and static files shared by pages of every module. It has no models."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """No tables."""

    name = "campanile_tenants.kit"
    label = "kit"
