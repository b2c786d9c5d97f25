"""Alerts that somebody else's word suggests: the national bulletin, the centre, another authority's CAP message.

The same word again updates the proposal and never makes a second one. Nothing here sends, but for what the mayor
agreed to beforehand. We never claim to send IT-alert: that is the State's own system.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from campanile_modules.alerts.errors import BadCap, NotReady, ProposalGone
from campanile_modules.alerts.models import Alert, Delegation, Proposal, Revision
from campanile_modules.alerts.services import flow, releasing
from campanile_modules.alerts.services.content import TOWN, Content
from campanile_modules.alerts.states import BEFORE, LIVE, Colour, Hazard, State
from campanile_modules.alerts.wording.filling import fill
from campanile_tenants.kit import audit, bulletins, cap, events, notices
from campanile_tenants.kit.bulletins import Day, Risk
from campanile_tenants.kit.notices import Invitation
from campanile_tenants.kit.people import User
from campanile_tenants.kit.town import current_town

_log = logging.getLogger(__name__)
HAZARDS = {Risk.STORMS: Hazard.STORM, Risk.HYDRAULIC: Hazard.FLOOD, Risk.HYDROGEOLOGICAL: Hazard.LANDSLIDE}
_RIVER = {"it": "fiumi e torrenti", "en": "rivers and streams"}
_COLOUR_OF = {"Extreme": Colour.RED, "Severe": Colour.ORANGE, "Moderate": Colour.YELLOW}
_HAZARD_OF = {"Fire": Hazard.FIRE, "Transport": Hazard.ROAD, "Health": Hazard.WATER, "Rescue": Hazard.MISSING,
              "Geo": Hazard.LANDSLIDE}  # fmt: skip


def look_at_bulletins(now: datetime | None = None) -> int:
    """Makes or updates a proposal for each day on which the town's zone is yellow or worse; returns how many changed.

    A day that turned green again takes an undecided proposal away.
    """
    now = now or timezone.now()
    Proposal.objects.filter(state=Proposal.State.OPEN, expires_at__lte=now).update(state=Proposal.State.OVER)
    return sum(_propose_day(day, now) for day in bulletins.colours(now) if day.valid_to > now)


def look_at_campaigns() -> int:
    """Takes in what the centre proposes; sends at once what the mayor agreed to beforehand.

    Returns how many are new.
    """
    new = 0
    for invitation in notices.invited():
        campaign = invitation.campaign
        content = _content_of(campaign.content)
        made, created = Proposal.objects.get_or_create(
            key=f"campaign:{campaign.pk}",
            defaults={
                "origin": Alert.Origin.CENTRE, "hazard": content.hazard, "colour": content.colour,
                "title": content.texts["it"]["headline"], "source": campaign.made_by, "content": content.to_store(),
                "said_at": campaign.made_at, "expires_at": campaign.expires_at, "campaign": campaign.pk,
            },
        )  # fmt: skip
        new += created
        covered = flow.delegation_for(Delegation.Kind.CENTRE, content.hazard, content.colour)
        if made.state == Proposal.State.OPEN and covered is not None:
            _send_by_delegation(made)
    return new


def _send_by_delegation(proposal: Proposal) -> None:
    """Sends it, whole or not at all: what is not ready waits for people."""
    try:
        with transaction.atomic():
            releasing.release(flow.approve_by_delegation(take(proposal, by=None), by=None), by=None)
    except NotReady as error:
        _log.warning("A campaign of the centre waits for people: %s", error.code)


def take(proposal: Proposal, *, by: User | None) -> Revision:
    """Makes the proposal an alert's draft; again: the same one. What an alert says already is updated.

    Raises ProposalGone.
    """
    with transaction.atomic():
        locked = Proposal.objects.select_for_update(of=("self",)).select_related("alert").get(pk=proposal.pk)
        mine = None if locked.alert is None else locked.alert.revisions.order_by("-number").first()
        if locked.state == Proposal.State.TAKEN and mine is not None and mine.state in (*BEFORE, *LIVE):
            return mine
        if locked.state != Proposal.State.OPEN or locked.expires_at <= timezone.now():
            raise ProposalGone
        content = Content.from_store(locked.content)
        if mine is None or mine.state not in (*BEFORE, *LIVE) or by is None:
            revision = flow.begin(content, by=by, origin=locked.origin, campaign=locked.campaign)
        else:
            revision = flow.update(mine.alert, by=by)
            revision = flow.change(
                revision if revision.state == State.DRAFT else flow.take_back(revision), content, by=by
            )
        locked.state, locked.alert = Proposal.State.TAKEN, revision.alert
        locked.save(update_fields=("state", "alert"))
    return revision


def dismiss(proposal: Proposal) -> None:
    """Not needed here; the centre hears it when it asked. Raises ProposalGone."""
    with transaction.atomic():
        done = Proposal.objects.filter(pk=proposal.pk, state=Proposal.State.OPEN).update(
            state=Proposal.State.DISMISSED
        )
        if not done:
            raise ProposalGone
        if proposal.campaign:
            notices.answer(proposal.campaign, Invitation.State.REFUSED)
        audit.record("alerts.proposal_dismissed", proposal)


def put_back(proposal: Proposal) -> None:
    """Undoes that."""
    with transaction.atomic():
        done = Proposal.objects.filter(pk=proposal.pk, state=Proposal.State.DISMISSED).update(
            state=Proposal.State.OPEN
        )
        if done and proposal.campaign:
            notices.answer(proposal.campaign, Invitation.State.WAITING)


def from_cap(content: bytes) -> Proposal:
    """Another authority's CAP message as a proposal; the same message again: the same proposal. Raises BadCap."""
    try:
        message = cap.read(content)
    except cap.NotCap as error:
        raise BadCap(why=str(error)[:160], field="file") from error
    now = timezone.now()
    info = next((one for one in message.infos if one.language.startswith("it")), None) or next(
        iter(message.infos), None
    )
    if info is None or info.expires is None or info.expires <= now:
        raise BadCap(why=_("it says nothing, or it is over."), field="file")
    if message.status != cap.messages.Status.ACTUAL:
        raise BadCap(why=_("it is a drill or a test."), field="file")
    texts = {
        one.language[:2]: {"headline": (one.headline or one.event)[:200], "description": one.description,
                           "instruction": one.instruction}
        for one in message.infos
    }  # fmt: skip
    hazard = _HAZARD_OF.get(str(info.category[0]) if info.category else "", Hazard.OTHER)
    made = Content(
        hazard=hazard, colour=_COLOUR_OF.get(str(info.severity), Colour.GREEN), onset=info.onset or now,
        expires_at=info.expires, texts=texts, severity=str(info.severity), certainty=str(info.certainty),
        responses=[str(one) for one in info.response_type], areas=_areas(info),
    )  # fmt: skip
    proposal, _made = Proposal.objects.update_or_create(
        key=f"cap:{message.sender},{message.identifier}"[:300],
        defaults={
            "origin": Alert.Origin.CAP, "hazard": hazard, "colour": made.colour,
            "title": texts[info.language[:2]]["headline"],
            "source": info.sender_name or message.sender, "content": made.to_store(), "said_at": message.sent,
            "expires_at": info.expires,
        },
    )  # fmt: skip
    events.publish("alerts.proposed", proposal_id=str(proposal.pk))
    return proposal


def _content_of(kept: dict[str, Any]) -> Content:
    """A campaign's content: its own texts, or the ready ones with this town's name."""
    if "texts" in kept:
        return Content.from_store(kept)
    onset, end = datetime.fromisoformat(kept["onset"]), datetime.fromisoformat(kept["expires_at"])
    texts = fill(
        kept["hazard"], kept["colour"], town=current_town().name, onset=onset, expires_at=end, now=timezone.now(),
        blanks=kept.get("blanks", {}),
    )  # fmt: skip
    return Content(hazard=kept["hazard"], colour=kept["colour"], onset=onset, expires_at=end, texts=texts)


def _areas(info: Any) -> list[dict[str, Any]]:
    """The polygons of a message; the whole town when it names none."""
    found = [
        {"kind": "polygon", "name": area.description, "ring": [[point.longitude, point.latitude] for point in polygon]}
        for area in info.areas for polygon in area.polygons
    ]  # fmt: skip
    return found or [dict(TOWN)]


def _propose_day(day: Day, now: datetime) -> int:
    key, colour = f"bulletin:{day.day.isoformat()}", Colour(int(day.overall))
    known = Proposal.objects.filter(key=key).first()
    if colour == Colour.GREEN:
        if known is not None and known.state == Proposal.State.OPEN:
            Proposal.objects.filter(pk=known.pk).update(state=Proposal.State.OVER, changed_at=now)
            return 1
        return 0
    risks = {str(risk): int(value) for risk, value in day.risks.items()}
    if known is not None and known.said_at >= day.published_at and known.risks == risks:
        return 0
    before = {str(risk): int(value) for risk, value in day.before.items() if int(value) != risks[str(risk)]}
    content = _content(day, now)
    with override("it"):
        title = content.texts["it"]["headline"]
    values: dict[str, Any] = {
        "origin": Alert.Origin.BULLETIN, "hazard": content.hazard, "colour": colour, "title": title,
        "source": str(day.zone), "content": content.to_store(), "risks": risks, "before": before,
        "said_at": day.published_at, "expires_at": day.valid_to, "changed_at": now,
    }  # fmt: skip
    if known is None:
        known = Proposal.objects.create(key=key, **values)
    elif known.risks == risks:  # said once more, nothing changed
        Proposal.objects.filter(pk=known.pk).update(said_at=day.published_at)
        return 0
    else:  # another colour: to be decided anew, as an update of the alert if there is one
        Proposal.objects.filter(pk=known.pk).update(**values, state=Proposal.State.OPEN)
    events.publish("alerts.proposed", proposal_id=str(known.pk))
    return 1


def _content(day: Day, now: datetime) -> Content:
    """The words for the day's worst risk; every other one that is raised is named too."""
    raised = sorted((risk for risk in Risk if day.risks[risk] > 0), key=lambda risk: -int(day.risks[risk]))
    worst = raised[0]
    hazard = HAZARDS[worst]
    onset = max(now, _begin_of(day))
    texts = fill(hazard, int(day.overall), town=current_town().name, onset=onset, expires_at=day.valid_to, now=now,
                 blanks={"river": _RIVER["it"]})  # fmt: skip
    if hazard == Hazard.FLOOD:
        english = fill(hazard, int(day.overall), town=current_town().name, onset=onset, expires_at=day.valid_to,
                       now=now,
                       blanks={"river": _RIVER["en"]})  # fmt: skip
        texts["en"] = english["en"]
    for language, words in texts.items():
        with override(language):
            others = [f"{HAZARDS[risk].label} ({Colour(int(day.risks[risk])).label})" for risk in raised[1:]]
            if others:
                words["description"] += " " + _("Also: %(others)s.") % {"others": ", ".join(others)}
            words["description"] += " " + _("Source: bulletin of the Civil Protection, zone %(zone)s.") % {
                "zone": day.zone.code
            }
    return Content(
        hazard=hazard,
        colour=int(day.overall),
        onset=onset,
        expires_at=day.valid_to,
        texts=texts,
        at_once=day.overall >= Colour.RED,
    )


def _begin_of(day: Day) -> datetime:
    """The begin of the outlook: a day before its end, the bulletin of today holds from its publication."""
    return max(day.published_at, day.valid_to - timedelta(days=1))
