"""The verbs of the module, a file for each matter."""
