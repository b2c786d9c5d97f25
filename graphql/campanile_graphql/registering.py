"""Taking in the queries of an outside app: read, priced, kept by their ids."""

from __future__ import annotations

from django.utils.translation import gettext as _

from campanile_graphql import trusted
from campanile_graphql.documents import documents
from campanile_graphql.errors import RequestError
from campanile_graphql.limits import TRUSTED_QUERY
from campanile_tenants.contract.errors import InvalidInput
from campanile_tenants.kit.api.documents import document_id
from campanile_tenants.town.api import services
from campanile_tenants.town.api.errors import BadDocument
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.models import User

MOST_AT_ONCE = 50


def register(machine: User, texts: list[str]) -> list[tuple[str, int]]:
    """Id and price of each. Raises BadDocument, TooManyDocuments, InvalidInput; nothing is kept then."""
    if not 1 <= len(texts) <= MOST_AT_ONCE:
        words = _("Send 1 to %(most)s queries at a time.") % {"most": MOST_AT_ONCE}
        raise InvalidInput(reason=words, field="documents")
    found: dict[str, tuple[str, int]] = {}
    for place, text in enumerate(texts, 1):
        try:
            document = documents.get(text)
            price = document.measures(document.operation(None), {}).requested
        except RequestError as error:
            raise BadDocument(number=place, reason=error.message, field="documents") from error
        if price > TRUSTED_QUERY:
            words = _("it costs %(price)s points, %(most)s are allowed.") % {"price": price, "most": TRUSTED_QUERY}
            raise BadDocument(number=place, reason=words, field="documents")
        found[document_id(text)] = (text, price)
    services.register(machine.pk, {number: text for number, (text, _price) in found.items()})
    for number in found:
        trusted.forget(number)
    record("api.documents_registered", None, documents=len(found))
    return [(document_id(text), found[document_id(text)][1]) for text in texts]
