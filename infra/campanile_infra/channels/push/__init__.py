"""Web push: notifications of the browser, encrypted end to end (RFC 8030, 8291, 8292)."""
