"""What goes over each channel: the same matter, in the length and tone that the channel takes."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from campanile_modules.alerts.models import MsgType, Revision
from campanile_modules.alerts.services.capping import address
from campanile_modules.alerts.services.mails import html
from campanile_modules.alerts.states import WEATHER, Hazard
from campanile_modules.alerts.wording import aloud
from campanile_modules.alerts.wording.filling import explained, marked
from campanile_tenants.kit.outreach import plainer
from campanile_tenants.kit.town import current_town

Contents = dict[str, dict[str, dict[str, Any]]]
_TRAFFIC = (Hazard.ROAD, Hazard.SCHOOL)


def topic_of(revision: Revision) -> str:
    """The topic that people choose: weather, roads and schools, danger."""
    if revision.alert.hazard in WEATHER:
        return "alerts.weather"
    return "alerts.roads" if revision.alert.hazard in _TRAFFIC else "alerts.danger"


def contents(revision: Revision) -> Contents:
    """For the delivery engine: words by channel and language; `*` is what holds for all."""
    found: Contents = {name: {} for name in ("*", "sms", "voice", "telegram", "email", "push")}
    for language in revision.texts:
        with translation.override("en" if language == "en" else "it"):
            for channel, words in _in(revision, language).items():
                found[channel][language] = words
    return found


def first_of(said: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The Italian words of a channel, those of another language where there are none."""
    return said.get("it") or next(iter(said.values()), {})


def text_of(made: Contents, channel: str) -> str:
    """The first text of a channel, with its subject where people see one."""
    words = {**first_of(made["*"]), **first_of(made.get(channel, {}))}
    return f"{words['subject']}\n\n{words['body']}" if channel == "telegram" else str(words["body"])


def _in(revision: Revision, language: str) -> Contents:
    said = revision.words(language)
    town, link, drill = current_town(), address(revision.alert), revision.alert.is_drill
    tongue = "en" if language == "en" else "it"
    headline = marked(said["headline"], tongue) if drill else said["headline"]
    steps = [line.strip("-• ").strip() for line in said.get("instruction", "").split("\n") if line.strip()]
    whole = said["description"] + ("\n\n" + "\n".join(f"- {step}" for step in steps) if steps else "")
    whole = explained(whole, tongue) if drill else whole
    ask = revision.is_urgent and revision.msg_type != MsgType.CANCEL
    sender = str(town.full_name)
    details = f"{_('More and news:')} {link}"
    answer = f"\n\n{_('Understood, or do you need help? Answer here:')} [[answer]]" if ask else ""
    return {
        "*": {"subject": headline, "body": f"{whole}\n\n{sender}\n{details}"},
        "sms": {"body": plainer(_sms(sender, headline, said["description"], steps, link))},
        "voice": {"body": aloud.script(sender, said["headline"], said["description"], said.get("instruction", ""),
                                       tongue, drill=drill)},
        "telegram": {"body": f"{whole}\n\n{sender}\n{details}",
                     **({"buttons": [["understood", _("I have understood")], ["help",
                                                                              _("I need help")]]} if ask else {})},
        "email": {"body": f"{whole}{answer}\n\n{sender}\n{details}\n\n{_('No more of these mails:')} [[stop]]",
                  "html": html(revision, headline, said["description"], steps, ask=ask, language=tongue)},
        "push": {"body": said["description"], "url": link},
    }  # fmt: skip


def _sms(sender: str, headline: str, description: str, steps: list[str], link: str) -> str:
    """As much as fits into three parts: headline, what happens, the first thing to do, where there is more."""
    first = steps[0] if steps else ""
    text = f"{sender}: {headline}. {description} {first}".strip()
    room = 459 - len(link) - 2
    return f"{text if len(text) <= room else text[: room - 3].rstrip() + '...'} {link}"
