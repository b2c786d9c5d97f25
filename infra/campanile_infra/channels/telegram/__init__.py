"""Telegram: a bot that writes to people, and to the town's public channel."""
