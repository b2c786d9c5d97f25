"""Pages: portal, feeds, office."""
