"""The towns' sites: the national model, the editor, search, feeds."""
