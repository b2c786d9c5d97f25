"""Public pages of the site."""
