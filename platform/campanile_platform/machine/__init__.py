"""What a command needs on this machine: services, settings, a database at the present version."""
