"""Files of a module: inspected on the way in, under the town's prefix."""

from campanile_infra.storage.images import CleanImage, UnusableImage, clean_image
from campanile_infra.storage.pictures import Box, hide, look_of, place_of
from campanile_tenants.town.api.uploads import why_unusable

__all__ = ["Box", "CleanImage", "UnusableImage", "clean_image", "hide", "look_of", "place_of", "why_unusable"]
