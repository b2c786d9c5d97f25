"""Mails with a face, for modules: MJML (mjml.io) made into HTML that mail programs draw alike."""

from campanile_infra.channels.email.names import Record, Standing, records_of
from campanile_infra.channels.email.pages import BadMjml, to_html
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.town.site.face import COLOURS, face_of


def colour() -> str:
    """The colour of the current town, `#rrggbb`, for mails that look like its site; white on it can be read."""
    return f"#{COLOURS.get(face_of(current_town()).colour, COLOURS['blue'])}"


__all__ = ["BadMjml", "Record", "Standing", "colour", "records_of", "to_html"]
