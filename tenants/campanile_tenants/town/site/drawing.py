"""What a page of the site shows: its parts in the order of the model, contacts, metadata. Also drawn for a preview."""

from __future__ import annotations

import json
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campanile_infra.addresses import address
from campanile_tenants.public.registry.gate import current_town, enabled_modules, is_enabled
from campanile_tenants.town.people.models import Office
from campanile_tenants.town.site import tree
from campanile_tenants.town.site.content import OF_A_MODULE, Content
from campanile_tenants.town.site.face import face_of
from campanile_tenants.town.site.models import Attachment, Page
from campanile_tenants.town.site.rendering import to_html, to_plain
from campanile_tenants.town.site.topics import topic_name


def drawn(page: Page, content: Content | None = None) -> dict[str, Any]:
    """The context of `site/page.html` for the published content, or for a version that is looked at before."""
    said = content or page.content
    place = tree.place_of(said.category or page.category)
    office = page.office
    if content is not None and content.office:
        office = Office.objects.filter(code=content.office).first()
    by_id = (
        {str(one.pk): one for one in Attachment.objects.filter(pk__in=said.attachments)} if said.attachments else {}
    )
    parts = [
        (section, to_html(said.texts[section.key]))
        for section in page.declared.sections
        if said.texts.get(section.key)
    ]
    languages = _languages(page)
    context = {
        "page": page, "said": said, "kind": page.declared, "parts": parts, "office": office,
        "section": place[0] if place else None, "category": place[1] if place else tree.FAQ,
        "topics": [(slug, topic_name(slug)) for slug in said.topics],
        "files": [by_id[key] for key in said.attachments if key in by_id], "online": online_address(said.online),
        "others": _related(page), "foreign": page.language != (get_language() or "it")[:2],
        "booking": booking_address(), "languages": languages,
    }  # fmt: skip
    context["in_my_language"] = dict(languages).get((get_language() or "it")[:2], "")
    context["metatag"] = metatag(page, said, office)
    return context


def online_address(written: str) -> str:
    """Where a service is done online: an address, or the page of a module that is on (`module:<url name>`)."""
    if not written.startswith(OF_A_MODULE):
        return written
    name = written.removeprefix(OF_A_MODULE)
    if not is_enabled(name.partition(":")[0]):
        return ""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def booking_address() -> str:
    """Where one makes an appointment: a module's page when one that is on has it, else our page that says how."""
    return service_with("appointment-booking") or reverse("site:booking")


def service_with(hook: str) -> str:
    """The address of the page that a module that is on offers for a hook of the model; empty when none does."""
    found = (entry for module in enabled_modules(current_town()) for entry in module.portal if entry.hook == hook)
    return next((reverse(entry.url_name) for entry in found), "")


def _related(page: Page) -> list[Page]:
    if page.kind == "office" and page.office_id:
        return list(Page.objects.published().for_cards().filter(kind="service", office=page.office_id)[:30])
    return []


def _languages(page: Page) -> list[tuple[str, str]]:
    root = page.translation_of_id or page.pk
    found = Page.objects.published().filter(translation_of=root).defer("data", "search")
    return [(one.language, address(current_town().host, one.get_absolute_url())) for one in found]


def metatag(page: Page, said: Content, office: Office | None) -> str:
    """JSON-LD of the page (schema.org); for services with every key that the model's checker asks for (R.SI.1.1)."""
    town = current_town()
    url = address(town.host, page.get_absolute_url())
    about: dict[str, Any] = {
        "@context": "https://schema.org", "@type": page.declared.schema_type, "name": said.title,
        "description": said.summary, "url": url, "inLanguage": page.language,
    }  # fmt: skip
    if page.declared is tree.SERVICE:
        about |= _service(said, office)
    elif page.declared is tree.NEWS:
        about |= {"headline": said.title, "publisher": _body()}
        if page.published_at:
            about |= {
                "datePublished": page.published_at.isoformat(),
                "dateModified": (page.changed_at or page.published_at).isoformat(),
            }
    elif page.declared is tree.EVENT and said.starts_at:
        about |= {
            "startDate": said.starts_at.isoformat(),
            "location": {
                "@type": "Place",
                "name": said.address or town.full_name,
                "address": said.address or town.name,
            },
        }
        if said.ends_at:
            about["endDate"] = said.ends_at.isoformat()
    elif page.declared is tree.DATASET:
        about["license"] = to_plain(said.texts.get("licence", ""))
    return json.dumps(about, ensure_ascii=False).replace("<", "\\u003c")


def _service(said: Content, office: Office | None) -> dict[str, Any]:
    town = current_town()
    face = face_of(town)
    place = tree.place_of(said.category)
    street = (office.address if office else "") or face.address or _("Town hall")
    return {
        "serviceType": str(place[1].label) if place else "",
        "serviceOperator": _body(),
        "areaServed": {"@type": "AdministrativeArea", "name": town.name},
        "audience": {"@type": "Audience", "audienceType": to_plain(said.texts.get("who", ""))[:250]},
        "availableChannel": {
            "@type": "ServiceChannel",
            "serviceUrl": address(town.host, online_address(said.online) or booking_address())
            if not said.online.startswith("http") else said.online,
            "serviceLocation": {
                "@type": "Place", "name": office.name if office else town.full_name,
                "address": {
                    "@type": "PostalAddress", "streetAddress": street, "postalCode": postal_code(street),
                    "addressLocality": town.name, "addressCountry": "IT",
                },
            },
        },
    }  # fmt: skip


def postal_code(street: str) -> str:
    """The CAP that an address holds; empty when it holds none."""
    return next(
        (word.strip(",;") for word in street.split() if word.strip(",;").isdigit() and len(word.strip(",;")) == 5), ""
    )


def _body() -> dict[str, str]:
    town = current_town()
    return {"@type": "GovernmentOrganization", "name": town.full_name, "url": address(town.host, "/")}
