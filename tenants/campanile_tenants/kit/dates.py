"""Dates in words, for modules."""

from campanile_infra.dates import in_words

__all__ = ["in_words"]
