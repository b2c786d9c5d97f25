"""A check for schemathesis: no answer says that something of ours broke, and every error bears a code.

Its own check takes UNAUTHENTICATED and FORBIDDEN at a field for faults of the server. Run by hand, in an environment that
has schemathesis: `SCHEMATHESIS_HOOKS=tests/api/fuzzing.py schemathesis run URL --checks=nothing_of_ours_broke`.
"""

from __future__ import annotations

from typing import Any

import schemathesis  # type: ignore[import-not-found]

OURS = {"INTERNAL", "TIMEOUT"}


@schemathesis.check
def nothing_of_ours_broke(ctx: Any, response: Any, case: Any) -> None:
    """Status below 500, and errors that the caller can understand."""
    assert response.status_code < 500, response.status_code
    for error in response.json().get("errors", []):
        code = error["extensions"]["code"]
        assert code not in OURS, error
