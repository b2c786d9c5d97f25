"""The tree of a municipal site: the four sections of the national model, their second level, and the kinds of pages.

Titles and hooks are those of the model for municipal sites (criteria C.SI.1.3, C.SI.1.6 and C.SI.1.7 of its checker);
the Italian words are in the catalogue and are tested against the model's dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


@dataclass(frozen=True)
class SectionText:
    """A part of a page that is written, in light Markdown. `hook` is the model's `data-element`."""

    key: str
    title: Text
    hook: str = ""
    required: bool = False
    help: Text = ""


@dataclass(frozen=True)
class Kind:
    """A type of page: what it is called, the texts it has in their order, and what else it carries."""

    code: str
    label: Text
    sections: tuple[SectionText, ...]
    schema_type: str = "WebPage"
    has_dates: bool = False
    has_place: bool = False
    has_office: bool = False
    has_files: bool = False
    is_dated_list: bool = False


@dataclass(frozen=True)
class Category:
    """A second-level page of a section. `slug` is its address; `hook` the model's `data-element` of links to it."""

    slug: str
    label: Text
    kinds: tuple[str, ...]
    hook: str
    summary: Text = ""


@dataclass(frozen=True)
class Section:
    """A first-level entry of the menu."""

    slug: str
    label: Text
    hook: str
    summary: Text
    categories: tuple[Category, ...]
    item_hook: str = ""

    def category(self, slug: str) -> Category | None:
        """The category with this address, or None."""
        return next((category for category in self.categories if category.slug == slug), None)


_DESCRIPTION = SectionText("description", _("Description"), required=True)
_MORE = SectionText("more", _("Further information"))

SERVICE = Kind(
    "service",
    _("service"),
    (
        SectionText("who", _("Who it is for"), "service-addressed", True, _("Who may ask for it, in plain words.")),
        SectionText("description", _("Description")),
        SectionText("how", _("How to do it"), "service-how-to", True, _("The steps, one a line, in their order.")),
        SectionText("needed", _("What you need"), "service-needed", True, _("Papers and data to have at hand.")),
        SectionText("achieved", _("What you get"), "service-achieved", True),
        SectionText(
            "times",
            _("Times and deadlines"),
            "service-calendar-text",
            True,
            _("How long it takes, until when one may ask."),
        ),
        SectionText("cost", _("How much it costs")),
        SectionText("access", _("Get the service"), required=True, help=_("What stands above the buttons.")),
        _MORE,
        SectionText("conditions", _("Conditions of the service"), required=True),
    ),
    "GovernmentService",
    has_office=True,
    has_files=True,
)
"""“Contacts” stands last on the page; it is drawn from the office in charge."""

OFFICE = Kind(
    "office",
    _("office"),
    (SectionText("competences", _("What it does"), required=True), SectionText("structure", _("Structure")), _MORE),
    "GovernmentOrganization",
    has_office=True,
    has_files=True,
)
PERSON = Kind(
    "person",
    _("person"),
    (
        SectionText("role", _("Role"), required=True),
        SectionText("competences", _("Responsibilities")),
        SectionText("biography", _("Biography")),
        SectionText("papers", _("Published papers"), help=_("What the law on transparency asks for.")),
    ),
    "Person",
    has_office=True,
    has_files=True,
)
PLACE = Kind(
    "place",
    _("place"),
    (
        _DESCRIPTION,
        SectionText("services", _("What there is")),
        SectionText("getting_in", _("How to get in"), required=True, help=_("Entrances, steps, parking, buses.")),
        SectionText("opening", _("Opening times")),
        _MORE,
    ),
    "Place",
    has_place=True,
    has_files=True,
)
EVENT = Kind(
    "event",
    pgettext_lazy("something that takes place", "event"),
    (
        SectionText("description", _("What it is"), required=True),
        SectionText("who", _("Who it is for")),
        SectionText("cost", _("Costs")),
        _MORE,
    ),
    "Event",
    has_dates=True,
    has_place=True,
    has_office=True,
    has_files=True,
)
NEWS = Kind(
    "news",
    _("news item"),
    (SectionText("description", _("Text"), required=True),),
    "NewsArticle",
    has_office=True,
    has_files=True,
    is_dated_list=True,
)
DOCUMENT = Kind("document", _("document"), (_DESCRIPTION, _MORE), "DigitalDocument", has_office=True, has_files=True)
DATASET = Kind(
    "dataset",
    _("dataset"),
    (_DESCRIPTION, SectionText("licence", _("Licence"), required=True), _MORE),
    "Dataset",
    has_office=True,
    has_files=True,
)
QUESTION = Kind(
    "question", _("frequent question"), (SectionText("description", _("Answer"), required=True),), "Question"
)

KINDS = {kind.code: kind for kind in (SERVICE, OFFICE, PERSON, PLACE, EVENT, NEWS, DOCUMENT, DATASET, QUESTION)}

_MANAGEMENT, _NEWS, _SERVICES = "management-category-link", "news-category-link", "service-category-link"


def _management(slug: str, label: Text, summary: Text, *kinds: str) -> Category:
    return Category(slug, label, kinds, _MANAGEMENT, summary)


def _service(slug: str, label: Text, summary: Text) -> Category:
    return Category(slug, label, ("service",), _SERVICES, summary)


MANAGEMENT = Section(
    "amministrazione",
    _("Administration"),
    "management",
    _("Who governs and who works for the town, its offices, its papers and its data."),
    (
        _management("organi-di-governo", _("Governing bodies"), _("Mayor, executive board and council."), "office"),
        _management("aree-amministrative", _("Administrative areas"), _("How the town hall is organised."), "office"),
        _management("uffici", _("Offices"), _("Where to go, when, and whom to call."), "office"),
        _management("enti-e-fondazioni", _("Bodies and foundations"), _("What the town has a part in."), "office"),
        _management("politici", _("Politicians"), _("The people who were elected or appointed."), "person"),
        _management(
            "personale-amministrativo", _("Administrative staff"), _("The people who work in the offices."), "person"
        ),
        _management(
            "documenti-e-dati",
            _("Documents and data"),
            _("Rules, forms, papers and open data."),
            "document",
            "dataset",
        ),
    ),
)
NOVELTIES = Section(
    "novita",
    pgettext_lazy("section of the site", "News"),
    "news",
    _("What happens in town: news, press releases and notices."),
    (
        Category("notizie", _("News items"), ("news",), _NEWS, _("What is new, for everybody.")),
        Category("comunicati", _("Press releases"), ("news",), _NEWS, _("What the town tells the press.")),
        Category(
            "avvisi", _("Notices"), ("news",), _NEWS, _("What you should know in time: closures, deadlines, calls.")
        ),
    ),
)
SERVICES = Section(
    "servizi",
    _("Services"),
    "all-services",
    _("Everything the town does for you, online and at the desk."),
    (
        _service("agricoltura-e-pesca", _("Agriculture and fishing"), _("Permits and help for farms and fishing.")),
        _service("ambiente", _("Environment"), _("Waste, parks, noise, animals and clean air.")),
        _service(
            "anagrafe-e-stato-civile",
            _("Registry and civil status"),
            _("Identity card, residence, certificates, births, weddings and voting."),
        ),
        _service("appalti-pubblici", _("Public procurement"), _("Tenders and works of the town.")),
        _service("autorizzazioni", _("Permits"), _("Use of public ground, driveways, events and signs.")),
        _service("catasto-e-urbanistica", _("Land registry and planning"), _("Building, plans and land.")),
        _service("cultura-e-tempo-libero", _("Culture and leisure"), _("Library, halls, sport and associations.")),
        _service("educazione-e-formazione", _("Education"), _("Nursery, school meals, school bus.")),
        _service(
            "giustizia-e-sicurezza-pubblica",
            _("Justice and public safety"),
            _("Local police, civil protection, complaints."),
        ),
        _service("imprese-e-commercio", _("Business and trade"), _("Open, change and close a business.")),
        _service("mobilita-e-trasporti", _("Mobility and transport"), _("Parking, traffic limits, roads.")),
        _service(
            "salute-benessere-e-assistenza",
            _("Health, well-being and care"),
            _("Help for families, the elderly and people with disabilities."),
        ),
        _service(
            "tributi-finanze-e-contravvenzioni",
            _("Taxes, finance and fines"),
            _("Taxes on houses and waste, fines, payments."),
        ),
        _service("turismo", _("Tourism"), _("Tourist tax, places to stay, information.")),
        _service("vita-lavorativa", _("Working life"), _("Public competitions, jobs, traineeships.")),
    ),
    "service-link",
)
LIVE = Section(
    "vivere-il-comune",
    _("Live in the town"),
    "live",
    _("Places to go and things to do."),
    (
        Category(
            "luoghi", _("Places"), ("place",), "live-button-locations", _("Parks, museums, schools, town halls.")
        ),
        Category("eventi", _("Events"), ("event",), "live-button-events", _("What takes place, and when.")),
    ),
    "event-link",
)
SECTIONS = (MANAGEMENT, NOVELTIES, SERVICES, LIVE)
"""In the order of the model's menu."""

FAQ = Category("domande-frequenti", _("Frequent questions (FAQ)"), ("question",), "faq")
"""Stands in no section: its pages are answers on one page."""


def section_of(slug: str) -> Section | None:
    """The section at an address, or None."""
    return next((section for section in SECTIONS if section.slug == slug), None)


def categories_of(kind: str) -> list[tuple[str, Text]]:
    """The categories in which a page of this kind may stand."""
    every = [category for section in SECTIONS for category in section.categories] + [FAQ]
    return [(category.slug, category.label) for category in every if kind in category.kinds]


def place_of(category: str) -> tuple[Section, Category] | None:
    """The section and the category with this address; None for questions and what is unknown."""
    for section in SECTIONS:
        if (found := section.category(category)) is not None:
            return section, found
    return None
