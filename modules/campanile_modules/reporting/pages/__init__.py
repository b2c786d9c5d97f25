"""Pages of the module."""
