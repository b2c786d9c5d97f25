"""The poster for the noticeboard: what to do to be warned, with the QR code of the page, as a PDF to print."""

from __future__ import annotations

import io

import segno
from django.urls import reverse
from django.utils.translation import gettext as _
from fpdf import FPDF

from campanile_tenants.kit.paper import plain
from campanile_tenants.kit.town import current_town
from campanile_tenants.kit.web import absolute

_INK = (23, 50, 77)
_WIDTH, _MARGIN = 210, 20
"""Millimetres of an A4 page."""


def poster() -> bytes:
    """One page of A4."""
    town, link = current_town(), absolute(reverse("contacts:subscribe"))
    page = FPDF(format="A4", unit="mm")
    page.set_title(plain(_("Alerts of %(town)s") % {"town": town.name}))
    page.set_lang("it")
    page.set_auto_page_break(False)
    page.add_page()
    page.set_fill_color(*_INK)
    page.rect(0, 0, _WIDTH, 70, style="F")
    page.set_text_color(255, 255, 255)
    _line(page, 18, 20, str(town.full_name), bold=False)
    _line(page, 32, 34, _("Snow, floods, closed roads:"), bold=True)
    _line(page, 46, 34, _("know it before."), bold=True)
    page.set_text_color(*_INK)
    _line(page, 84, 20, _("Frame the square with your phone and choose how to be warned:"), bold=False)
    _line(page, 94, 20, _("message, Telegram, e-mail or telephone call."), bold=False)
    picture = io.BytesIO()
    segno.make(link, error="m").save(picture, kind="png", scale=20, border=2)
    picture.seek(0)
    page.image(picture, x=(_WIDTH - 110) / 2, y=108, w=110, alt_text=link)
    _line(page, 224, 16, link.removeprefix("https://").removeprefix("http://"), bold=True)
    if town.contact_phone:
        _line(page, 244, 20, _("No smartphone? Call %(phone)s: we call you at home.") % {"phone": town.contact_phone},
              bold=True)  # fmt: skip
    else:
        _line(page, 244, 20, _("No smartphone? Ask at the town hall: we call you at home."), bold=True)
    _line(page, 262, 14, _("It costs nothing, and you can end it at any time."), bold=False)
    return bytes(page.output())


def _line(page: FPDF, y: float, size: int, text: str, *, bold: bool) -> None:
    """A centred line that is made smaller until it fits."""
    page.set_font("Helvetica", "B" if bold else "", size)
    written = plain(text)
    while page.get_string_width(written) > _WIDTH - 2 * _MARGIN and size > 9:
        size -= 1
        page.set_font_size(size)
    page.set_xy(_MARGIN, y)
    page.cell(_WIDTH - 2 * _MARGIN, 10, written, align="C")
