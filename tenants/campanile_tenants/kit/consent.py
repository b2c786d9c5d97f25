"""Consents as evidence, for modules: exact words, version, time and way (GDPR art. 7.1)."""

from campanile_tenants.town.privacy.services import consents_of, give_consent, give_consents, withdraw_consent

__all__ = ["consents_of", "give_consent", "give_consents", "withdraw_consent"]
