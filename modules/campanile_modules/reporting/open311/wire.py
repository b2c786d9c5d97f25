"""The two formats of the standard: bare lists and absent fields in JSON, its element names in XML, its error
bodies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from django.http import HttpResponse

FORMATS = ("json", "xml")
_KINDS = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
_CHILD = {
    "services": "service", "service_requests": "request", "errors": "error", "attributes": "attribute",
    "values": "value", "endpoints": "endpoint", "formats": "format", "changesets": "changeset",
}  # fmt: skip


class Refused(Exception):
    """An answer with the standard's error body. `status` as the standard says: 400, 403, 404."""

    def __init__(self, status: int, *faults: str) -> None:
        super().__init__(status)
        self.status, self.faults = status, faults


def answer(name: str, value: Any, form: str, status: int = 200) -> HttpResponse:
    """`value` under the root element `name` (XML), or bare (JSON). What is None or empty text is left out."""
    tidy = _tidy(value)
    if form == "json":
        content = json.dumps(tidy, ensure_ascii=False, separators=(",", ":")).encode()
    else:
        root = Element(name)
        _fill(root, name, tidy)
        content = tostring(root, encoding="utf-8", xml_declaration=True)
    response = HttpResponse(content, content_type=_KINDS[form], status=status)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-store" if status >= 400 else "public, max-age=30"
    return response


def errors(status: int, faults: Sequence[str], form: str) -> HttpResponse:
    """`[{"code": 400, "description": ...}]`, one for each fault."""
    rows = [{"code": status, "description": text} for text in faults]
    return answer("errors", rows, form if form in FORMATS else "json", status)


def _tidy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _tidy(one) for name, one in value.items() if one is not None and one != ""}
    return [_tidy(one) for one in value] if isinstance(value, list | tuple) else value


def _fill(element: Element, name: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            _fill(SubElement(element, key), key, one)
    elif isinstance(value, list):
        for one in value:
            _fill(SubElement(element, _CHILD.get(name, "item")), _CHILD.get(name, "item"), one)
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        element.text = "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")
