"""Town schemas: a template built by migrations, spares copied from it, renamed when a town arrives."""
