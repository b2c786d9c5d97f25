"""Where something is: the town's zones and its register of streets, for modules."""

from campanile_tenants.town.places.models import Zone
from campanile_tenants.town.places.services.addresses import Place, has_register, search
from campanile_tenants.town.places.services.zones import at, rings

__all__ = ["Place", "Zone", "at", "has_register", "rings", "search"]
