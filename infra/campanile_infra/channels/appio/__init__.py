"""App IO: messages to people who chose it, found by their tax code."""
