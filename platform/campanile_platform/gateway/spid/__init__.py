"""SPID: SAML 2.0 with the identity providers of the public registry."""
