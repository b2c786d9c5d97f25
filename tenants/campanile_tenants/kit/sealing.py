"""Secrets at rest, for modules: sealed for the current town, and opened again; keyed fingerprints of what need
not be known.
"""

from campanile_infra.sealing import fingerprint, seal, unseal

__all__ = ["fingerprint", "seal", "unseal"]
