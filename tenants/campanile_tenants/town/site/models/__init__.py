"""The town's face, pages with their versions, pictures and attachments, ratings, feeds of a former site."""

from campanile_tenants.town.site.models.files import Attachment, Picture
from campanile_tenants.town.site.models.identity import Identity
from campanile_tenants.town.site.models.imports import BrokenLink, Feed
from campanile_tenants.town.site.models.pages import Page, Version
from campanile_tenants.town.site.models.ratings import Rating

__all__ = ["Attachment", "BrokenLink", "Feed", "Identity", "Page", "Picture", "Rating", "Version"]
