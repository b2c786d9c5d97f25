"""Which reports this browser may see whole: those it sent, those its owner opened by secret or link."""

from __future__ import annotations

from django.http import HttpRequest

from campanile_modules.reporting.models import Report
from campanile_modules.reporting.services import keys

DRAFT = "reporting_draft"
"""Where the session keeps the number of the report that is being written."""
_MINE = "reporting_mine"
_FOLLOWED = "reporting_follows"
MOST = 20


def is_mine(request: HttpRequest, report: Report) -> bool:
    """Whether its author looks at it."""
    return report.code in request.session.get(_MINE, [])


def remember(request: HttpRequest, report: Report) -> None:
    """The author is known to this browser from now on."""
    codes = [code for code in request.session.get(_MINE, []) if code != report.code]
    request.session[_MINE] = [*codes, report.code][-MOST:]


def follows(request: HttpRequest, report: Report) -> int:
    """The number under which this browser follows the report; 0 when it does not."""
    return int(request.session.get(_FOLLOWED, {}).get(report.code, 0))


def remember_follow(request: HttpRequest, report: Report, follow_id: int) -> None:
    """This browser follows the report."""
    known = dict(request.session.get(_FOLLOWED, {}))
    known[report.code] = follow_id
    request.session[_FOLLOWED] = dict(list(known.items())[-MOST:])


def take_key(request: HttpRequest, report: Report) -> bool:
    """Takes the key of a link (`?chiave=`) into the session, so that it need not stay in the address."""
    key = request.GET.get("chiave", "")
    found = keys.read(key, report.code) if key else None
    if found is None:
        return False
    author, follow = found
    if author:
        remember(request, report)
    else:
        remember_follow(request, report, follow)
    return True


def browser_of(request: HttpRequest) -> str:
    """What knows this browser again: its session, begun now if need be."""
    if request.session.session_key is None:
        request.session.save()
    return str(request.session.session_key)
