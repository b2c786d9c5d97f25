"""What a change of the schema breaks for those who already use it: compared with `schema.released.graphql`.

That file is what outside developers were promised. `campanile schema --release` renews it when a version is
published; until then a break is allowed only where CHANGELOG.md names it (`ReportingReport.address`).
"""

from __future__ import annotations

import re
from pathlib import Path

from graphql import build_schema
from graphql.utilities import find_breaking_changes

RELEASED = Path(__file__).with_name("schema.released.graphql")


def breaks(released: str, now: str, changelog: str) -> list[str]:
    """Each break that the changelog does not name, in words."""
    found = find_breaking_changes(build_schema(released), build_schema(now))
    return [change.description for change in found if not _is_named(change.description, changelog)]


def _is_named(description: str, changelog: str) -> bool:
    coordinates = re.findall(r"[A-Z]\w*(?:\.\w+)?", description)
    return any(re.search(rf"Breaking:.*`{re.escape(name)}`", changelog) for name in coordinates)
