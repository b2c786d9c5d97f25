"""Telephone calls: over a SIP gateway that listens for keys, and over AWS for messages without an answer."""
