"""The verbs about people, one file for each matter."""
