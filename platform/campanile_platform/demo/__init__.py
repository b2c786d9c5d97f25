"""The demo: the Province of Lecco, 84 towns with true names, three of them full of life."""
