"""Files of a module: inspected on the way in, under the town's prefix."""

from campanile_infra.storage.images import CleanImage, UnusableImage, clean_image
from campanile_tenants.town.api.uploads import why_unusable

__all__ = ["CleanImage", "UnusableImage", "clean_image", "why_unusable"]
