"""Words and pictures for the sites of the demo's three towns: news, events, offices, people, places, papers."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campanile_platform.demo.pictures import landscape
from campanile_tenants.kit.people import User
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.models import Office, OpeningHours
from campanile_tenants.town.site.content import Content
from campanile_tenants.town.site.models import Identity, Page, Picture
from campanile_tenants.town.site.services.files import add_attachment, add_picture
from campanile_tenants.town.site.services.publishing import new_page, publish

FILE = Path(__file__).parent / "data" / "site.json"
COLOURS = {"097042": "blue", "097046": "teal", "097048": "green"}
ON_THE_LAKE = ("097042", "097046")


@lru_cache(maxsize=1)
def said() -> dict[str, Any]:
    """The words: Italian, because they are content. People and telephone numbers are invented."""
    return dict(json.loads(FILE.read_text(encoding="utf-8")))


def fill_site(town: Municipality, author: User) -> None:
    """Puts in what the site lacks; a second run changes nothing."""
    if Page.objects.filter(kind="news").exists():
        return
    writer = _Writer(town, author)
    writer.offices()
    writer.identity()
    writer.services()
    pictures = writer.pictures()
    writer.news(pictures)
    writer.events(pictures)
    writer.places(pictures)
    writer.papers()


class _Writer:
    """Writes the site of one town."""

    def __init__(self, town: Municipality, author: User) -> None:
        self.town, self.author = town, author
        self.chance = random.Random(f"site {town.istat_code}")
        self.office_of: dict[str, Office] = {}

    @property
    def address(self) -> str:
        return f"Piazza del Municipio 1, {said()['cap'][self.town.istat_code]} {self.town.name}"

    def page(self, kind: str, category: str, title: str, summary: str, texts: dict[str, str], **more: Any) -> Page:
        name = self.town.name
        filled = {key: text.replace("{town}", name) for key, text in texts.items()}
        content = Content(
            title=title, summary=summary.replace("{town}", name), category=category, texts=filled, **more
        )
        page = new_page(kind, content, by=self.author)
        publish(page, by=self.author, quiet=True)
        return page

    def offices(self) -> None:
        for row in said()["offices"]:
            values = {
                "name": row["name"], "description": row["what"], "phone": row["phone"], "address": self.address,
                "email": f"{row['code']}@comune.{self.town.slug}.lc.example",
            }  # fmt: skip
            office, new = Office.objects.get_or_create(code=row["code"], defaults=values)
            self.office_of[row["code"]] = office
            if not new:
                continue
            for day in range(1, 6):
                OpeningHours.objects.create(office=office, weekday=day, opens=time(9), closes=time(12, 30))
            OpeningHours.objects.create(
                office=office, weekday=row["afternoon"], opens=time(14, 30), closes=time(17, 30)
            )

    def identity(self) -> None:
        values = {
            "colour": COLOURS.get(self.town.istat_code, "blue"), "tagline": "Un comune da vivere",
            "welcome": "Di che cosa hai bisogno oggi?", "phone": "0341 000000", "emergency_phone": "0341 000112",
            "email": f"info@comune.{self.town.slug}.lc.example", "pec": f"comune.{self.town.slug}@pec.example",
            "address": self.address, "topics": ["anagrafe", "gestione-rifiuti", "istruzione"],
        }  # fmt: skip
        Identity.objects.get_or_create(singleton=True, defaults=values)

    def services(self) -> None:
        """Gives each adopted service the office that answers for it."""
        for page in Page.objects.filter(kind="service").exclude(shared_code=""):
            office = self.office_of[said()["office_of"].get(page.category, "anagrafe")]
            page.data = replace(page.content, office=office.code).dump()
            page.office, page.is_featured = office, page.shared_code in said()["featured"]
            page.save(update_fields=["data", "office", "is_featured"])

    def pictures(self) -> list[Picture]:
        lake = self.town.istat_code in ON_THE_LAKE
        drawn = []
        for number, row in enumerate(said()["pictures"]):
            seed = f"{self.town.istat_code}-{number}"
            content = landscape(seed, row["light"], lake=lake, town=number % 3 != 2)
            alt = row["alt"].replace("{water}", "il lago" if lake else "la valle")
            upload = SimpleUploadedFile(f"{number}.png", content, "image/png")
            drawn.append(add_picture(upload, alt, "Disegno di Campanile, CC BY 4.0"))
        return drawn

    def news(self, pictures: list[Picture]) -> None:
        now = timezone.now()
        for number, row in enumerate(said()["news"]):
            office = self.chance.choice(list(self.office_of.values()))
            page = self.page(
                "news", row["category"], row["title"], row["summary"], {"description": row["body"]},
                topics=tuple(row["topics"]), office=office.code,
                picture=str(pictures[number].pk) if number < 4 else "",
            )  # fmt: skip
            when = now - timedelta(days=2 + number * 6, hours=self.chance.randint(1, 8))
            Page.objects.filter(pk=page.pk).update(published_at=when, changed_at=when, is_featured=number == 0)

    def events(self, pictures: list[Picture]) -> None:
        for number, row in enumerate(said()["events"]):
            day = timezone.localdate() + timedelta(days=3 + number * 5)
            begins = timezone.make_aware(datetime.combine(day, time(row["hour"])))
            self.page(
                "event", "eventi", row["title"], row["summary"],
                {"description": row["body"], "cost": "Ingresso libero."}, topics=tuple(row["topics"]),
                address=row["where"], starts_at=begins, ends_at=begins + timedelta(hours=3),
                picture=str(pictures[number + 1].pk) if number < 2 else "",
            )  # fmt: skip

    def places(self, pictures: list[Picture]) -> None:
        for number, row in enumerate(said()["places"]):
            picture = str(pictures[(number + 2) % len(pictures)].pk)
            self.page(
                "place", "luoghi", row["title"], row["summary"], row["texts"], address=row["where"], picture=picture
            )

    def papers(self) -> None:
        for row in said()["pages"]:
            page = self.page(row["kind"], row["category"], row["title"], row["summary"], row["texts"])
            featured = row["category"] in ("organi-di-governo", "politici")
            Page.objects.filter(pk=page.pk).update(is_featured=featured)
        for row in said()["questions"]:
            self.page("question", "domande-frequenti", row["title"], "", {"description": row["answer"]})
        office = self.office_of["ragioneria"].code
        rows = "anno,capitolo,euro\n2024,Scuola,1240000\n2024,Strade,890000\n2025,Scuola,1310000\n2025,Strade,935000\n"
        table = add_attachment(SimpleUploadedFile("spesa.csv", rows.encode(), "text/csv"), "Spesa per capitolo")
        text = SimpleUploadedFile("regolamento-sale.txt", said()["rules"].encode(), "text/plain")
        rules = add_attachment(text, "Regolamento")
        self.page(
            "document", "documenti-e-dati", "Regolamento per l'uso delle sale comunali",
            "Chi può chiedere una sala, come, e a quali condizioni.", {"description": said()["rules_summary"]},
            office=office, attachments=(str(rules.pk),),
        )  # fmt: skip
        self.page(
            "dataset", "documenti-e-dati", "Spesa del Comune per capitolo",
            "Quanto spende il Comune, anno per anno.",
            {"description": "Una riga per anno e capitolo. Euro, senza decimali.", "licence": "CC BY 4.0"},
            office=office, attachments=(str(table.pk),),
        )  # fmt: skip
