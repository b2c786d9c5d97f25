"""Exports and imports: asked for by mutation, done by a worker, page by page, resumable."""
