"""The national model for municipal sites, as its checker reads pages."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.test import Client
from lxml import html

FILE = Path(__file__).parents[1] / "data" / "model_criteria_and_hooks.json"


@lru_cache(maxsize=1)
def model() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text(encoding="utf-8")))


class Page:
    """A page as the checker sees it."""

    def __init__(self, browser: Client, path: str) -> None:
        answer = browser.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        self.path = path
        self.tree = html.fromstring(answer.content.decode())

    def hooked(self, name: str) -> list[html.HtmlElement]:
        return list(self.tree.xpath(f'//*[@data-element="{name}"]'))

    def one(self, name: str) -> html.HtmlElement:
        found = self.hooked(name)
        assert len(found) == 1, f"{self.path}: {len(found)} elements with data-element={name}"
        return found[0]

    def text(self, name: str) -> str:
        return words(self.one(name))

    def headings(self) -> list[str]:
        return [words(one) for one in self.tree.xpath("//main//h2")]

    def links(self, name: str) -> list[str]:
        return [str(one.get("href")) for one in self.hooked(name)]

    def classes(self) -> set[str]:
        return {name for one in self.tree.xpath("//*[@class]") for name in one.get("class").split()}


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())
