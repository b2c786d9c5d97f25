"""Zones, streets and house numbers."""
