"""How messages reach people: one folder a channel."""
