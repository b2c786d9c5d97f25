"""Mails with a face, for modules: MJML (mjml.io) made into HTML that mail programs draw alike."""

from campanile_infra.channels.email.names import Record, Standing, records_of
from campanile_infra.channels.email.pages import BadMjml, to_html

__all__ = ["BadMjml", "Record", "Standing", "records_of", "to_html"]
