"""The editor of the site, in the back office."""
