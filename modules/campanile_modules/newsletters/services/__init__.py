"""The verbs of newsletters, by room: asking for them, writing, checking, approving, sending, counting."""
