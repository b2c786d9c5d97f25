"""Secrets at rest, for modules: sealed for the current town, and opened again."""

from campanile_infra.sealing import seal, unseal

__all__ = ["seal", "unseal"]
