"""CIE, the electronic identity card: OpenID Connect within a federation."""
