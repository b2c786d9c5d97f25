"""Contacts at work: subscribing, verifying, choosing whom a message is for."""
