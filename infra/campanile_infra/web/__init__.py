"""Asking the public web for something: feeds of a former site, links that editors wrote."""
