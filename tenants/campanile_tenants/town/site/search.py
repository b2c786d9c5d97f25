"""Search over everything that is published: words of the language, without accents, with a suggestion for typos."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.postgres.lookups import Unaccent
from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, FloatField, Func, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.module_loading import import_string

from campanile_tenants.contract.module import Hit
from campanile_tenants.public.registry.gate import enabled_modules
from campanile_tenants.town.site.models import Page
from campanile_tenants.town.site.services.publishing import CONFIGURATIONS

LONGEST_QUERY = 120
_ALIKE = 0.45
MOST_HITS, SHORTEST = 3, 3
"""Of each module, and characters from which modules are asked."""


@dataclass(frozen=True)
class Filters:
    """What the reader chose beside the words: kinds of pages, and topics."""

    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


def find(words: str, language: str, filters: Filters = Filters()) -> QuerySet:
    """Published pages that match all words, the best first; all pages by title when no word is given."""
    pages = Page.objects.published().readable_in(language).for_cards()
    if filters.kinds:
        pages = pages.filter(kind__in=filters.kinds)
    if filters.topics:
        pages = pages.filter(topics__overlap=list(filters.topics))
    words = _cleaned(words)
    if not words:
        return pages.order_by("title", "id")
    query = _query(words, language)
    return pages.filter(search=query).annotate(rank=SearchRank(F("search"), query)).order_by("-rank", "title", "id")


def hits(words: str) -> list[Hit]:
    """What the modules that are on have for these words, three of each at most. A query a module."""
    words = _cleaned(words)
    if len(words) < SHORTEST:
        return []
    asked = [import_string(module.search) for module in enabled_modules() if module.search]
    return [hit for search in asked for hit in search(words, MOST_HITS)]


def suggestions(words: str, language: str, most: int = 5) -> list[Page]:
    """Pages whose title looks like the words, for when nothing was found, and while somebody types. 1 query."""
    words = _cleaned(words)
    if not words:
        return []
    alike = Func(
        Unaccent(Lower(Value(words))), Unaccent(Lower("title")), function="word_similarity", output_field=FloatField()
    )
    pages = Page.objects.published().readable_in(language).defer("data", "search")
    return list(pages.annotate(alike=alike).filter(Q(alike__gte=_ALIKE)).order_by("-alike", "title")[:most])


def _cleaned(words: str) -> str:
    return words.replace("\x00", " ").strip()[:LONGEST_QUERY]


def _query(words: str, language: str) -> SearchQuery:
    config = CONFIGURATIONS.get(language, "simple")
    return SearchQuery(Unaccent(Value(words)), config=config, search_type="websearch")
