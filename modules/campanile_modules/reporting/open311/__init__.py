"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), read and write, in JSON and XML."""
