"""Pages: asking to be told, choosing, and the office's list."""
