"""One reader as the office sees her: what she gets, why nothing comes, the proof of what she agreed to; all."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fpdf import FPDF

from campanile_modules.newsletters.models import Import, Issue, Link, Subscriber, Subscription, Topic
from campanile_modules.newsletters.services.subscribing import PURPOSE
from campanile_tenants.kit import audit, consent, outreach
from campanile_tenants.kit.dates import in_words
from campanile_tenants.kit.paper import plain
from campanile_tenants.kit.town import current_town

_INK = (23, 50, 77)
WAYS = {
    "web": gettext_lazy("on the site"), "desk": gettext_lazy("with the office"), "api": gettext_lazy("over the API"),
    "import": gettext_lazy("from a file"),
}  # fmt: skip
_LISTMONK = {"confirmed": "enabled", "bounced": "blocklisted", "complained": "blocklisted"}


@dataclass(frozen=True)
class Consent:
    """What she agreed to once: exact words, their fingerprint, when, how, on which page, and until when."""

    words: str
    version: str
    digest: str
    way: str
    page: str
    given: str
    withdrawn: str


def found(words: str, state: str) -> QuerySet[Subscriber]:
    """Readers by a part of their address and where one of their subscriptions stands."""
    rows = Subscriber.objects.order_by("email")
    if words:
        rows = rows.filter(email__icontains=words.strip().lower()[:100])
    if state in Subscription.State.values:
        rows = rows.filter(subscriptions__state=state).distinct()
    return rows


def unreachable(reader: Subscriber) -> list[outreach.Suppression]:
    """Why nothing is sent to her address; empty when it is. 1 query."""
    return list(outreach.Suppression.objects.filter(channel="email", address=reader.email))


def lift(reader: Subscriber) -> int:
    """Writes to her again: an officer knows that the address lives. What bounced counts again; what she ended does
    not.
    """
    states = Subscription.State
    mine = reader.subscriptions.filter(state=states.BOUNCED)
    number = mine.update(state=states.CONFIRMED, ended_at=None, ended_by=None)
    gone = outreach.Suppression.objects.filter(channel="email", address=reader.email)
    if not gone.filter(reason__in=("opt_out", "complaint")).exists():
        outreach.lift("email", reader.email)
    audit.record("newsletters.lifted", ("subscriber", str(reader.pk)), topics=number)
    return number


def consents(reader: Subscriber) -> list[Consent]:
    """Every consent of this address for newsletters, the latest first. 1 query."""
    return [
        Consent(one.wording.text, one.wording.version, one.wording.digest, str(WAYS.get(one.channel, one.channel)),
                one.page, _when(one.given_at), _when(one.withdrawn_at) if one.withdrawn_at else "")
        for one in consent.consents_of(reader.email) if one.wording.purpose == PURPOSE
    ]  # fmt: skip


def proof(reader: Subscriber) -> bytes:
    """One page of A4: who, what she agreed to, when and how, with the fingerprint of the exact words (GDPR art. 7.1).

    Older consents that do not fit are counted.
    """
    page = _Sheet()
    town = current_town()
    page.heading(str(town.full_name), _("Proof of consent to newsletters"))
    page.row(_("Address"), reader.email)
    page.row(_("Known since"), _when(reader.created_at))
    page.row(_("Made on"), _when(timezone.now()))
    for row in reader.subscriptions.select_related("topic").order_by("topic__position"):
        page.row(str(row.topic), f"{row.get_state_display()}{f', {_when(row.ended_at)}' if row.ended_at else ''}")
    known = consents(reader)
    for number, one in enumerate(known):
        if page.is_full:
            page.small(_("%(n)d older consents are kept and not shown here.") % {"n": len(known) - number})
            break
        page.consent(one)
    audit.record("newsletters.proof_made", ("subscriber", str(reader.pk)))
    return bytes(page.output())


class _Sheet(FPDF):
    """An A4 page in the town's plain look."""

    def __init__(self) -> None:
        super().__init__(format="A4", unit="mm")
        self.set_lang("it")
        self.set_title(plain(_("Proof of consent to newsletters")))
        self.set_auto_page_break(False)
        self.set_margins(20, 18, 20)
        self.add_page()
        self.set_text_color(*_INK)

    @property
    def is_full(self) -> bool:
        """Whether another consent might not fit."""
        return bool(self.get_y() > 240)

    def heading(self, town: str, title: str) -> None:
        self._say(town, 11)
        self._say(title, 18, bold=True)
        self.ln(3)

    def row(self, label: str, value: str) -> None:
        self.set_font("Helvetica", "", 10)
        self.cell(55, 6, plain(label))
        self.set_font("Helvetica", "B", 10)
        self.multi_cell(0, 6, plain(value), new_x="LMARGIN", new_y="NEXT")

    def consent(self, one: Consent) -> None:
        self.ln(3)
        self.set_draw_color(*_INK)
        self.rule()
        self._say(f"{one.given} · {one.way}{f' · {one.page}' if one.page else ''}", 10, bold=True)
        self._say(f"«{one.words[:600]}»", 10)
        self._say(_("Version %(version)s · SHA-256 %(digest)s") % {"version": one.version, "digest": one.digest}, 8)
        if one.withdrawn:
            self._say(_("Withdrawn on %(when)s") % {"when": one.withdrawn}, 10, bold=True)

    def small(self, text: str) -> None:
        self.ln(3)
        self._say(text, 9)

    def rule(self) -> None:
        y = self.get_y()
        self.line(20, y, 190, y)
        self.ln(2)

    def _say(self, text: str, size: int, *, bold: bool = False) -> None:
        self.set_font("Helvetica", "B" if bold else "", size)
        self.multi_cell(0, size * 0.55, plain(text), new_x="LMARGIN", new_y="NEXT")


def export_csv(*, listmonk: bool = False) -> Iterator[str]:
    """All readers as CSV, a line at a time: in listmonk's form (`email,name,attributes,status`), or ours, which is
    read back by the import. 1 query for every 2,000.
    """
    yield _line(["email", "name", "attributes", "status"] if listmonk else
                ["email", "lingua", "newsletter", "stato", "consenso", "data consenso", "fine"])  # fmt: skip
    rows = Subscription.objects.select_related("subscriber", "topic").order_by("subscriber_id", "topic_id")
    if listmonk:
        yield from _for_listmonk(rows.iterator(chunk_size=2_000))
        return
    for row in rows.iterator(chunk_size=2_000):
        yield _line([
            row.subscriber.email, row.subscriber.language, row.topic.code, row.state, row.words,
            _iso(row.confirmed_at), _iso(row.ended_at),
        ])  # fmt: skip


def export_whole(target: io.BufferedIOBase) -> None:
    """Everything of the module as a ZIP: readers (twice), newsletters, issues as JSON and HTML, clicks by day."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lettori.csv", "".join(export_csv()))
        archive.writestr("lettori-listmonk.csv", "".join(export_csv(listmonk=True)))
        archive.writestr("newsletter.json", _json(list(Topic.objects.values())))
        for issue in Issue.objects.select_related("topic").iterator(chunk_size=50):
            name = f"numeri/{issue.created_at:%Y-%m-%d}-{issue.pk}"
            archive.writestr(f"{name}.json", _json({
                "newsletter": issue.topic.code, "subject": issue.subject, "preview": issue.preview,
                "state": issue.state, "send_at": issue.send_at, "blocks": issue.blocks, "text": issue.text,
                "author": issue.author_name, "approved_by": issue.approved_name, "approved_hash": issue.approved_hash,
            }))  # fmt: skip
            if issue.html:
                archive.writestr(f"{name}.html", issue.html)
            for picture in issue.pictures.all():
                with picture.file.open("rb") as file:
                    archive.writestr(f"immagini/{picture.pk}.jpg", file.read())
        clicks = Link.objects.values_list("issue_id", "url", "clicks__day", "clicks__number")
        archive.writestr("clic.csv", "".join(map(_line, [
            ("numero", "indirizzo", "giorno", "clic"), *clicks.filter(clicks__isnull=False),
        ])))  # fmt: skip
    audit.record("newsletters.exported", ("readers", "export"), number=Subscriber.objects.count())


def forget_files() -> int:
    """Files of readers that nobody decided on within a day; how many."""
    return Import.objects.filter(created_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


def _for_listmonk(rows: Iterable[Subscription]) -> Iterator[str]:
    reader: Subscriber | None = None
    mine: dict[str, str] = {}
    for row in rows:
        if reader is not None and row.subscriber_id != reader.pk:
            yield _listmonk_line(reader, mine)
            mine = {}
        reader = row.subscriber
        mine[row.topic.code] = row.state
    if reader is not None:
        yield _listmonk_line(reader, mine)


def _listmonk_line(reader: Subscriber, mine: dict[str, str]) -> str:
    states = {_LISTMONK.get(state, "disabled") for state in mine.values()}
    status = next(name for name in ("blocklisted", "enabled", "disabled") if name in states)
    attributes = {"language": reader.language, "newsletters": mine}
    return _line([reader.email, "", json.dumps(attributes, ensure_ascii=False), status])


def _line(values: Iterable[Any]) -> str:
    """A line of CSV that no spreadsheet takes for a formula."""
    out = io.StringIO()
    safe = [f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t" and value else value for value in values]
    csv.writer(out).writerow(safe)
    return out.getvalue()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


def _iso(moment: Any) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def _when(moment: Any) -> str:
    return in_words(timezone.localtime(moment), "j F Y, H:i")
