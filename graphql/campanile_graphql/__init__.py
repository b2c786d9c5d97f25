"""The shared API: composes what the floors below declare."""
