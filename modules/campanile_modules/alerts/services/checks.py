"""Everything that must be right before anybody is told. Sending never starts half-checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campanile_modules.alerts.apps import AlertsSettings
from campanile_modules.alerts.models import MsgType, Revision
from campanile_modules.alerts.services import capping, messages
from campanile_modules.alerts.services.content import rings_of, streets_of
from campanile_modules.alerts.wording import aloud, plain
from campanile_tenants.kit import outreach
from campanile_tenants.kit.outreach import Estimate, Whom
from campanile_tenants.kit.settings import settings_of
from campanile_tenants.kit.town import current_town

_CAP = {
    "EXPIRED": gettext_lazy("its end lies in the past: write a later day and hour."),
    "EXPIRES_EARLY": gettext_lazy("it ends before it begins."),
    "CROSSED_POLYGON": gettext_lazy("the line of the area crosses itself: draw it again."),
    "OPEN_POLYGON": gettext_lazy("the area is not closed: draw it again."),
    "OUTSIDE": gettext_lazy("the area leaves the municipality: draw it again."),
    "OFF_EARTH": gettext_lazy("the area has points that are not on earth."),
    "NOT_WRITABLE": gettext_lazy("the text has characters that cannot be sent: write it again by hand."),
    "NO_AREA": gettext_lazy("say where it holds."),
}


@dataclass(frozen=True)
class Card:
    """What stands on the card before one sends. `problems` stop it, `remarks` do not; `contents` is what would go."""

    people: int
    unreached: int
    estimates: list[Estimate]
    parts: int
    unit: str
    characters: int
    spoken: str
    call_seconds: int
    cost: Decimal
    cost_is_whole: bool
    problems: list[str]
    remarks: list[plain.Remark]
    contents: messages.Contents


def whom(revision: Revision) -> Whom:
    """Whom it is for: those who chose the topic and live there; a drill only those who take part in drills."""
    settings = settings_of("alerts", AlertsSettings)
    delays = {} if revision.at_once else {"sms": settings.sms_after * 60, "voice": settings.voice_after * 60}
    return Whom(
        topic=messages.topic_of(revision), emergency=revision.is_urgent, everybody=revision.everybody,
        kind=outreach.DRILL if revision.alert.is_drill else "citizen", streets=streets_of(revision.areas),
        rings=rings_of(revision.areas), only=revision.channels, delays=delays,
    )  # fmt: skip


def card(revision: Revision, now: datetime | None = None) -> Card:
    """Counts and checks everything. 6 queries."""
    now = now or timezone.now()
    chosen = whom(revision)
    found = outreach.count(chosen)
    people = found.pop("people")
    contents = messages.contents(revision)
    known = outreach.health()
    estimates = [
        replace(
            outreach.estimate(channel, number, messages.text_of(contents, channel), known),
            waits=float(chosen.delays.get(channel, 0)),
        )
        for channel, number in sorted(found.items())
    ]
    sms, spoken = messages.text_of(contents, "sms"), messages.text_of(contents, "voice")
    counted = outreach.sms_parts(sms)
    words = revision.words()
    remarks = plain.remarks(words["headline"], words["description"], words.get("instruction", ""))
    for language in revision.texts:
        if language != "it":
            said = revision.words(language)
            remarks += [
                one for one in plain.remarks(said["headline"], said["description"], said.get("instruction", ""),
                                             language)
                if one.blocks
            ]  # fmt: skip
    faults = capping.faults(revision, now=now)
    return Card(
        people=people, unreached=outreach.unreached(chosen), estimates=estimates, parts=counted.parts,
        unit=counted.unit,
        characters=counted.characters, spoken=spoken, call_seconds=aloud.seconds(spoken),
        cost=sum((one.cost for one in estimates if one.cost is not None), Decimal(0)),
        cost_is_whole=all(one.cost is not None or one.channel not in ("sms", "voice") for one in estimates),
        problems=_problems(revision, people, estimates, remarks, faults), remarks=[r for r in remarks if not r.blocks],
        contents=contents,
    )  # fmt: skip


def _problems(
    revision: Revision, people: int, estimates: list[Estimate], remarks: list[plain.Remark], faults: list[Any]
) -> list[str]:
    """What stops it, in words that say what to do."""
    found = [one.text for one in remarks if one.blocks]
    found += [str(_CAP.get(code, code)) for code in dict.fromkeys(fault.code for fault in faults)]
    if not people and revision.msg_type == MsgType.ALERT:
        found.append(
            _("nobody would be reached: no one who takes part in drills is written down.")
            if revision.alert.is_drill
            else _("nobody would be reached: choose other channels or another area.")
        )
    for one in estimates:
        name = outreach.CHANNEL_WORDS.get(one.channel, one.channel)
        if one.broken:
            found.append(_("%(name)s does not work (%(why)s): leave it out, or call the centre.")
                         % {"name": name, "why": one.broken})  # fmt: skip
        if one.too_long:
            found.append(
                _("%(name)s: %(n)s characters too many, shorten the text.") % {"name": name, "n": one.too_long}
            )
    most = settings_of("alerts", AlertsSettings).most_euro
    cost = sum((one.cost for one in estimates if one.cost is not None), Decimal(0))
    if most and cost > most:
        found.append(
            _("it costs %(cost)s euro, %(town)s allows %(most)s: leave a channel out, or raise it in the settings.")
            % {"cost": f"{cost:.2f}".replace(".", ","), "town": current_town().full_name, "most": most}
        )
    return found
