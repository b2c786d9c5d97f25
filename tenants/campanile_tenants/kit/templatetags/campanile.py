"""Template tags for every page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import resolve, reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.html import format_html
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from campanile_infra.addresses import address
from campanile_infra.dates import in_words
from campanile_tenants.contract.access import Assurance, Audience
from campanile_tenants.contract.module import ServiceEntry
from campanile_tenants.contract.registry import registry
from campanile_tenants.kit.api.documents import id_of
from campanile_tenants.public.registry.gate import enabled_modules
from campanile_tenants.town.office.models import SavedView
from campanile_tenants.town.people.admission import policy_of
from campanile_tenants.town.people.models.roles import STANDARD_NAMES
from campanile_tenants.town.site.face import COLOURS
from campanile_tenants.town.site.rendering import to_html
from campanile_tenants.town.site.today import today
from campanile_tenants.town.site.topics import topic_name as name_of_topic
from campanile_tenants.town.site.words import why_not_fetched

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "icon-sm") -> SafeString:
    """A decorative icon of the design system, hidden from screen readers: `{% icon "it-files" %}`."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes, static("campanile/sprites.svg"), name,
    )  # fmt: skip


@register.simple_tag
def live(module: str, name: str) -> str:
    """The address of a stream of events, from a module's document: `data-live="{% live "reporting" "changed" %}"`."""
    return f"{reverse('graphql')}?{urlencode({'documentId': id_of(module, name)})}"


@register.simple_tag
def document(module: str, name: str) -> str:
    """The id of a module's document for the API."""
    return id_of(module, name)


@register.filter
def readable(value: str) -> str:
    """A value of an export as people read it: moments and dates in words, yes and no."""
    if value in ("True", "False"):
        return _("yes") if value == "True" else _("no")
    try:
        day = parse_date(value) if len(value) == 10 else None
        moment = parse_datetime(value) if day is None else None
    except ValueError:
        return value
    if moment is not None:
        return in_words(localtime(moment), "j F Y, H:i")
    return in_words(day, "j F Y") if day is not None else value


@register.filter(expects_localtime=True)
def when(value: Any, style: str) -> str:
    """A date in words: `{{ day|when:"j F Y" }}`; nothing where there is none."""
    return in_words(value, style) if value else ""


@register.filter
def sign_in_words(service: ServiceEntry) -> str:
    """How a citizen shows who she is for a service, by the policy of its page; empty when nobody asks."""
    urlconf = settings.ROOT_URLCONF
    policy = policy_of(resolve(reverse(service.url_name, urlconf=urlconf), urlconf=urlconf).func)
    if policy is None or (policy.audience is Audience.ANYONE and not policy.assurance):
        return ""
    if policy.assurance <= Assurance.LOW:
        return _("You sign in with a code by mail, SPID or CIE.")
    if policy.assurance == Assurance.SUBSTANTIAL:
        return _("You sign in with SPID or CIE.")
    return _("You sign in with CIE or SPID at level 3.")


@register.filter
def site_of(host: str, path: str) -> str:
    """The full address of a page at a host: `{{ domain|site_of:"/" }}`."""
    return address(host, path)


@register.simple_tag(takes_context=True)
def slot(context: dict[str, Any], place: str) -> SafeString:
    """Draws what the modules that are on put in a place of the page."""
    request: HttpRequest = context["request"]
    drawn = []
    for module in enabled_modules(getattr(request, "town", None)):
        for widget in module.widgets:
            if widget.place != place:
                continue
            values = import_string(widget.context)(request)
            if values is not None:
                drawn.append(render_to_string(widget.template, values, request=request))
    return mark_safe("".join(drawn))  # noqa: S308 - each part comes out of an autoescaping template


@register.inclusion_tag("kit/field.html")
def field(bound: Any, kind: str = "") -> dict[str, Any]:
    """A form field with label, help and error beside it."""
    described = []
    if bound.help_text:
        described.append(f"{bound.id_for_label}_help")
    if bound.errors:
        described.append(f"{bound.id_for_label}_error")
    attributes = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    widget_type = bound.widget_type
    css = {"checkbox": "form-check-input", "select": "form-select", "checkboxselectmultiple": "form-check-input"}.get(
        widget_type, "form-control"
    )
    attributes["class"] = f"{css} is-invalid" if bound.errors else css
    return {"field": bound, "control": bound.as_widget(attrs=attributes), "kind": kind or widget_type}


@register.inclusion_tag("site/editing/today.html", takes_context=True)
def site_today(context: dict[str, Any]) -> dict[str, Any]:
    """What the site needs today, for those who write it: `{% site_today %}`. 5 queries, none for others."""
    user = context["request"].user
    return {"today": today() if user.has_permission("site.edit_pages") else None}


@register.inclusion_tag("kit/saved_views.html", takes_context=True)
def saved_views(context: dict[str, Any], page: str) -> dict[str, Any]:
    """The reader's own views of a list, and a form to keep the present one: `{% saved_views "x:inbox" %}`. 1 query."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    query.pop("pagina", None)
    mine = SavedView.objects.filter(user=request.user, page=page)  # type: ignore[misc]
    found = {"views": list(mine), "query": query.urlencode(), "page": page, "path": reverse(page)}
    return found | {"csrf_token": context.get("csrf_token")}


@register.filter
def initials(name: str) -> str:
    """`Mandello del Lario` -> `ML`, for the drawn coat of arms."""
    words = [word for word in name.replace("'", " ").split() if word[:1].isupper()]
    return "".join(word[0] for word in words[:2]) if len(words) > 1 else name[:1].upper()


@register.filter
def file_name(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


@register.filter
def topic_name(slug: str) -> str:
    """A topic of the national model in words."""
    return name_of_topic(slug)


@register.filter
def light_markdown(text: str) -> SafeString:
    """A text of the site as HTML."""
    return to_html(text or "")


@register.filter
def link_reason(reason: str) -> str:
    """Why a link leads nowhere, in words."""
    return why_not_fetched(reason)


@register.filter
def theme_colour(colour: str) -> str:
    """The six digits of a town's colour, for the browser's own frame (the style sheet has the same)."""
    return COLOURS.get(colour, COLOURS["blue"])


@register.filter
def decimal_point(number: Any) -> str:
    """A number as programs read it, whatever the language of the page."""
    return str(number)


@register.simple_tag(takes_context=True)
def page_link(context: dict[str, Any], number: int) -> str:
    """The address of another page of the same list, filters kept."""
    query = context["request"].GET.copy()
    query["pagina"] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def module_name(code: str) -> str:
    """A module's name; its code when it is no longer installed."""
    module = registry.find(code)
    return str(module.verbose_name) if module else code


@register.filter
def role_name(code: str) -> str:
    """A role's name in words."""
    return str(STANDARD_NAMES.get(code, code))


@register.filter
def browser(user_agent: str) -> str:
    """`Mozilla/5.0 ...` -> `Firefox, Windows`, as people know it; the first words when it is neither."""
    names = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux")
    name = next((shown for mark, shown in names if mark in user_agent), user_agent[:30])
    system = next((shown for shown in systems if shown in user_agent), "")
    return f"{name}, {system}" if system else name
