"""The page for developers tells the truth: its examples run, its clients run, what breaks users is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from campanile_graphql import changes
from campanile_graphql.guide import examples
from tests.towns import client

CLIENTS = Path(__file__).parents[2] / "docs" / "clients"


@pytest.mark.parametrize("number", range(len(examples())))
def test_an_example_can_be_pasted_and_works(lecco: Any, number: int) -> None:
    answer = client(lecco).post("/graphql/", examples()[number].body, content_type="application/json").json()
    assert "errors" not in answer, answer
    assert all(answer["data"].values())
    assert not [row for row in answer["data"].values() if isinstance(row, dict) and row.get("userErrors")]


@pytest.mark.parametrize("host", ["town", "centre"])
def test_the_page_shows_examples_limits_errors_and_types(lecco: Any, host: str) -> None:
    page = client(lecco if host == "town" else None).get("/graphql/guida/").content.decode()
    assert "reportingCreateReport" in page
    assert "RATE_LIMITED" in page
    assert "Un oggetto costa un punto" in page
    assert 'id="ReportingReport"' in page


def test_the_clients_of_the_documentation_run(lecco: Any, served: int, node: str) -> None:
    url = f"http://localhost:{served}/graphql/"
    for command in ([sys.executable, str(CLIENTS / "reports.py"), url], [node, str(CLIENTS / "reports.mjs"), url]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert "Non è disponibile a questo indirizzo" in done.stderr, "the centre has no reports, and says so"


@pytest.mark.parametrize(("change", "named", "broken"), [
    ("type Query { a: Int! }", "", []), ("type Query { a: Int! b: Int }", "", []),
    ("type Query { b: Int }", "", ["Query.a was removed."]), ("type Query { b: Int }", "- Breaking: `Query.a` is gone.", []),
    ("type Query { a(x: Int!): Int! }", "", ["A required arg x on Query.a was added."]),
])  # fmt: skip
def test_what_breaks_those_who_use_the_api_is_found(change: str, named: str, broken: list[str]) -> None:
    assert changes.breaks("type Query { a: Int! }", change, named) == broken


def test_what_is_served_keeps_what_was_promised() -> None:
    now = Path(changes.__file__).with_name("schema.graphql").read_text()
    changelog = (CLIENTS.parents[1] / "CHANGELOG.md").read_text()
    assert changes.breaks(changes.RELEASED.read_text(), now, changelog) == []
