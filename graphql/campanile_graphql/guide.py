"""The page for developers: made from the schema, the examples and the limits that are really in force."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_specified_scalar_type,
)

from campanile_graphql import changes, cost, documents, limits, requests, streams
from campanile_graphql.compose import roots, schema
from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.public.registry.gate import current_town_or_none

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

ERRORS = (
    ("BAD_JSON, BAD_REQUEST, BAD_CHARACTER", "400", _("The body is not what GraphQL over HTTP asks for.")),
    ("GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED", "400", _("The query is not written rightly for this schema.")),
    ("OPERATION_NAME_MISSING, OPERATION_UNKNOWN", "400", _("Say which operation of the document to run.")),
    ("BAD_USER_INPUT, BAD_PAGE_SIZE, BAD_CURSOR", "200", _("An argument is wrong; the message says what to do.")),
    ("TOO_EXPENSIVE, TOO_DEEP, TOO_MANY_...", "400", _("Over a limit: extensions.cost says by how much.")),
    ("BODY_TOO_LARGE, VARIABLES_TOO_LARGE", "413, 400", _("Send less.")),
    ("DOCUMENT_UNKNOWN", "404", _("No query with this documentId is registered here.")),
    ("NOT_ACCEPTABLE", "406", _("Subscriptions want Accept: text/event-stream.")),
    ("TOO_MANY_STREAMS", "200", _("Too many open subscriptions: close one.")),
    ("RATE_LIMITED", "429", _("The points of this minute are used up: wait as Retry-After says.")),
    ("UNAUTHENTICATED, invalid_token", "200, 401", _("Sign in, or use a token that works.")),
    ("FORBIDDEN", "200", _("You may not do this.")),
    ("MODULE_NOT_ENABLED, NOT_ON_THIS_HOST", "200", _("Switched off here, or of another host.")),
    ("TIMEOUT", "200", _("It took too long and was stopped. Ask for less at a time.")),
    ("INTERNAL", "200", _("Our fault: tell us the reference in extensions.")),
)


EXAMPLES = {
    "1-town": _("Which town is this, and what is switched on?"),
    "2-create": _(
        "Send a report. The same idempotencyKey again answers as the first time, so try again without fear."
    ),
    "3-pages": _("Read a list page by page: give endCursor back as “after” until hasNextPage is false."),
}
"""Files in `examples/`, in this order, with what they show."""


@dataclass(frozen=True)
class Example:
    """A query that works here, with its words and variables."""

    words: StrPromise
    query: str
    variables: str

    @property
    def body(self) -> str:
        """What to send, as JSON on one line."""
        return json.dumps({"query": " ".join(self.query.split()), "variables": json.loads(self.variables or "{}")})


@lru_cache(maxsize=1)
def examples() -> list[Example]:
    """The examples in their order; `tests/api/test_guide.py` runs each."""
    folder = files("campanile_graphql") / "examples"
    found = []
    for name, words in EXAMPLES.items():
        variables = folder / f"{name}.json"
        text = variables.read_text(encoding="utf-8").strip() if variables.is_file() else ""
        found.append(Example(words, (folder / f"{name}.graphql").read_text(encoding="utf-8").strip(), text))
    return found


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The page. No query."""
    context = {
        "address": request.build_absolute_uri("../"),
        "examples": examples(),
        "errors": ERRORS,
        "budgets": limits.BUDGETS.values(),
        "trusted": limits.TRUSTED_QUERY,
        "limits": {
            _("levels"): cost.DEEPEST, _("aliases"): cost.MOST_ALIASES, _("root fields"): cost.MOST_ROOTS,
            _("directives"): cost.MOST_DIRECTIVES, _("tokens"): documents.MOST_TOKENS,
            _("bytes of variables"): cost.MOST_VARIABLE_BYTES, _("bytes of the whole request"): requests.LARGEST_BODY,
        },
        "streams": streams.MOST_EACH,
        "news": changes.news(),
        "in_town": current_town_or_none() is not None,
        "roots": [(name, root.kind, who(root.policy), root.field.description) for name, root in roots().items()],
        "types": _types(),
    }  # fmt: skip
    return render(request, "graphql/guide.html", context)


def who(policy: Policy) -> str:
    """Who may ask, in words."""
    words = {
        Audience.ANYONE: _("anybody"), Audience.SIGNED_IN: _("whoever signed in"), Audience.STAFF: _("the office"),
        Audience.OPERATOR: _("operators of the centre"), Audience.MACHINE: _("another system, with a token"),
    }  # fmt: skip
    return f"{words[policy.audience]} ({policy.permission})" if policy.permission else str(words[policy.audience])


def _types() -> list[dict[str, Any]]:
    found = []
    for name, type_ in sorted(schema().graphql_schema.type_map.items()):
        if name.startswith("__") or name in ("Query", "Mutation", "Subscription") or is_specified_scalar_type(type_):
            continue
        if name.endswith("Edge"):
            continue  # every list has one, and each is like the others
        rows: list[tuple[str, str, str]] = []
        if isinstance(type_, GraphQLEnumType):
            rows = [(value, "", entry.description or "") for value, entry in type_.values.items()]
        elif isinstance(type_, GraphQLObjectType | GraphQLInputObjectType | GraphQLInterfaceType):
            rows = [(key, str(field.type), field.description or "") for key, field in type_.fields.items()]
        found.append({"name": name, "words": type_.description, "rows": rows})
    return found
