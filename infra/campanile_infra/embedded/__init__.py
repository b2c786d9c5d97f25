"""PostgreSQL and Valkey out of Python wheels, for one machine and no set-up."""
