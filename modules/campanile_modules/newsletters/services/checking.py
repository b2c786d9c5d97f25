"""Looked at before it leaves: what stops it, what one should look at again."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campanile_modules.newsletters.models import Issue
from campanile_modules.newsletters.services import rendering
from campanile_tenants.kit.fetching import NotFetched, is_there
from campanile_tenants.kit.town import current_town

MOST_BYTES = 100_000
"""Above some 102 kB the most used mail programs cut a mail off, and with it the link that ends it."""
LONG_SUBJECT = 60
_WORD = re.compile(r"[^\W\d_][\w'’-]{3,}")


@dataclass(frozen=True)
class Finding:
    """One thing: `stops` when nobody may approve it so."""

    words: str
    stops: bool = False


def check(issue: Issue, drawn: rendering.Drawn, *, links: bool = True) -> list[Finding]:
    """What is to be mended, the gravest first, in the issue and in how it is drawn. `links`: also whether every link
    answers, which takes a while.
    """
    found: list[Finding] = []
    subject = issue.subject.strip()
    if not subject:
        found.append(Finding(_("Write a subject."), stops=True))
    elif len(subject) > LONG_SUBJECT:
        found.append(Finding(_("The subject is longer than 60 characters: phones cut it off.")))
    if not issue.blocks:
        found.append(Finding(_("Write at least one block."), stops=True))
    found += _of_blocks(issue)
    size = len(drawn.html.encode())
    if size > MOST_BYTES:
        found.append(Finding(_("The mail is %(size)d kB: above 100 kB it is cut off. Take something out.")
                             % {"size": size // 1000}, stops=True))  # fmt: skip
    if rendering.STOP not in drawn.html or rendering.STOP not in drawn.text:
        found.append(Finding(_("The link that ends the newsletter is missing."), stops=True))
    found += _town(f"{issue.subject} {drawn.text}")
    if links:
        found += [Finding(words) for words in _dead(drawn)]
    return sorted(found, key=lambda finding: not finding.stops)


def _of_blocks(issue: Issue) -> list[Finding]:
    found = []
    known = {str(pk) for pk in issue.pictures.values_list("pk", flat=True)}
    for number, block in enumerate(issue.blocks, 1):
        where = {"n": number}
        if block["type"] == "image":
            if block["picture"] not in known:
                found.append(Finding(_("Block %(n)d has no picture.") % where, stops=True))
            if not block["alt"].strip():
                found.append(Finding(_("Say in words what the picture of block %(n)d shows.") % where, stops=True))
        elif block["type"] == "button" and not (block["label"].strip() and block["url"].strip()):
            found.append(Finding(_("The button of block %(n)d needs words and an address.") % where, stops=True))
        elif block["type"] in ("heading", "text") and not block["text"].strip():
            found.append(Finding(_("Block %(n)d is empty.") % where))
    return found


def _town(text: str) -> list[Finding]:
    """Words that look like the town's name and are not: the mistake that everybody sees."""
    parts = [word for word in re.split(r"[\s'’]+", current_town().name) if len(word) > 3]
    near = set()
    for word in set(_WORD.findall(text)):
        for part in parts:
            alike = difflib.SequenceMatcher(None, word.lower(), part.lower()).ratio()
            if word.lower() != part.lower() and alike > 0.84 and word[:1].isupper():
                near.add(word)
    return [
        Finding(_("Is “%(word)s” the name of the town? It is written %(name)s.") % {"word": word,
                                                                                    "name": current_town().name})
        for word in sorted(near)
    ]  # fmt: skip


def _dead(drawn: rendering.Drawn) -> list[str]:
    dead = []
    for url, _label in drawn.links:
        try:
            is_there(url)
        except NotFetched as error:
            dead.append(_("%(url)s does not answer (%(why)s).") % {"url": url, "why": error.status or error.reason})
    return dead
