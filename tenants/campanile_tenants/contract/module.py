"""What a module declares about itself: one class in its `apps.py`."""

from __future__ import annotations

import dataclasses
import enum
import re
from typing import Any, ClassVar, get_type_hints

from django.apps import AppConfig
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.access import Host
from campanile_tenants.contract.errors import DeclarationError

Text = str | Promise
_CODE = re.compile(r"[a-z][a-z0-9]{2,29}")
_PATH = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclasses.dataclass(frozen=True)
class MenuEntry:
    """A line in the back office's menu. `url_name` is `<code>:<name>`; shown to holders of `permission`."""

    label: Text
    url_name: str
    permission: str
    icon: str = "it-files"


@dataclasses.dataclass(frozen=True)
class ServiceEntry:
    """A service on the citizen portal. `hook` is the national model's `data-element`, when it has one.

    How sure the service must be of who somebody is stands in the policy of its page, and the portal says so.
    """

    label: Text
    url_name: str
    summary: Text = ""
    hook: str = ""
    icon: str = "it-files"


@dataclasses.dataclass(frozen=True)
class Hit:
    """Something public of a module that the site's search found. `kind` in words: “report”, “alert”."""

    title: str
    url: str
    kind: Text
    summary: str = ""


@dataclasses.dataclass(frozen=True)
class Excerpt:
    """Something public of a module that others may show in short, as a newsletter does; `code` is `<module>.<word>`.

    `hits`: dotted name of a function `(number) -> list[Hit]`, the newest first, in the language that is on; at most
    3 queries.
    """

    code: str
    label: Text
    hits: str


TOWN_ROLES = ("administrator", "communications", "civil_protection", "officer", "desk", "reader")
"""Standard roles of a town. The administrator holds every permission of the town."""
CENTRE_ROLES = ("operations", "billing", "support", "auditor")
"""Standard roles of the centre."""


@dataclasses.dataclass(frozen=True)
class Permission:
    """Something a person may be allowed to do; `code` is `<module>.<verb>_<noun>`.

    `roles`: the standard roles that hold it unless a town decides otherwise. `second_factor`: whoever holds it must
    sign in with one. `own_hands`: never held under a grant, by a machine, or by anybody but the town's own people.
    """

    code: str
    label: Text
    roles: tuple[str, ...] = ()
    second_factor: bool = False
    own_hands: bool = False
    host: Host = Host.TOWN


@dataclasses.dataclass(frozen=True)
class Meter:
    """Something counted for the invoice; `code` is `<module>.<noun>`, one unit is one `unit`."""

    code: str
    unit: Text


@dataclasses.dataclass(frozen=True)
class Figure:
    """Something of which the centre sees how many each town has; `code` is `<module>.<word>`. Never personal data."""

    code: str
    label: Text


@dataclasses.dataclass(frozen=True)
class Ratio:
    """A share that the centre compares towns by: `good` of `good` and `bad`, two figures of the module.

    `least`: with fewer than so many of both together a town is not ranked, it would be chance.
    """

    code: str
    label: Text
    good: str
    bad: str
    least: int = 10


@dataclasses.dataclass(frozen=True)
class SharedKind:
    """Something of which the centre keeps one list for all towns; `code` is `<module>.<noun>`.

    Towns start with the list, adapt it, and are offered what changes: nothing is ever changed in a town from outside.
    `form`: dotted name of a Django form whose `initial` is an entry's data and whose `to_data()` gives it back; it
    has a field `name`. `first`: dotted name of a function `() -> {code: data}`, the list that ships with the module.
    """

    code: str
    label: Text
    form: str
    first: str


@dataclasses.dataclass(frozen=True)
class UploadKind:
    """A file that is sent ahead of the mutation that uses it; `code` is `<module>.<noun>`.

    `accept`: media types. `permission`: who may send one; empty: anybody. A picture is drawn again as soon as it
    arrives, so that the original is never kept where files are on local disk.
    """

    code: str
    label: Text
    accept: tuple[str, ...]
    most_bytes: int
    permission: str = ""
    is_picture: bool = False


@dataclasses.dataclass(frozen=True)
class Event:
    """Something that happened in a module; `code` is `<module>.<verb>`. Other modules hear it on the bus.

    `subject` names the value of its payload that says what it is about (a primary key): an event with one is also
    heard by open subscriptions.
    """

    code: str
    subject: str = ""


@dataclasses.dataclass(frozen=True)
class Topic:
    """Something that people may ask to be told about; `code` is `<module>.<word>`.

    `urgent`: told in an emergency, also at night to those who agreed to it.
    """

    code: str
    label: Text
    summary: Text = ""
    urgent: bool = False


@dataclasses.dataclass(frozen=True)
class WidgetSlot:
    """A template drawn in a place of a page.

    Of the portal: `home`, `banner` (above every page), `mine` (the personal area), `offline`; of the office: `today`.

    `context` is the dotted name of a function `(request) -> dict | None`; None leaves the slot empty.
    """

    place: str
    template: str
    context: str


@dataclasses.dataclass(frozen=True)
class Schedule:
    """A task run every `every_seconds` for each live town where the module is on."""

    task: str
    every_seconds: int


_PUBLIC_INTEREST = _("Task in the public interest (GDPR art. 6.1.e)")
_CITIZENS = _("citizens")
_OFFICES = _("The offices of the municipality; the centre and its host as processors")


class Erase(enum.Enum):
    """What happens to a row when the person it names is erased, or when its time is over."""

    DELETE = "delete"
    MASK = "mask"
    """What names her is taken out of `fields`; the row stays."""
    KEEP = "keep"
    """Stays as it is; `keep_reason` says why the law asks for it."""


@dataclasses.dataclass(frozen=True)
class PersonalData:
    """What a model holds about people: how it is found, exported, erased, and for how long it is kept.

    Read by the privacy desk, the nightly retention and the processing register (GDPR art. 5, 15, 17, 30).
    `found_by`: pairs of a kind of identifier (`email`, `phone`, `name`, `tax_code`, `user`; `email_mark` and
    `phone_mark` for the fingerprint of an address or number; `text` for free text that may mention any of them) and
    a field or lookup path.
    `keep_days` counts from the date in `since`; None: as long as the matter itself, or as the law on public
    records asks.
    """

    model: str
    fields: tuple[str, ...]
    purpose: Text
    keep_days: int | None
    found_by: tuple[tuple[str, str], ...] = ()
    since: str = ""
    erase: Erase = Erase.DELETE
    keep_reason: Text = ""
    legal_basis: Text = _PUBLIC_INTEREST
    people: Text = _CITIZENS
    recipients: Text = _OFFICES


@dataclasses.dataclass(frozen=True)
class NoSettings:
    """A module without settings."""


class ModuleConfig(AppConfig):
    """A switchable service. Found by its folder, checked when it is registered.

    By convention `schema.py` (API), `urls.py` (pages, mounted at `/<url_prefix>/`), `tasks.py`, `templates/<code>/`,
    `static/<code>/` and `locale/` are found in the folder.
    """

    default_auto_field = "django.db.models.BigAutoField"

    code: ClassVar[str] = ""
    url_prefix: ClassVar[str] = ""
    summary: ClassVar[Text] = ""
    menu: ClassVar[tuple[MenuEntry, ...]] = ()
    portal: ClassVar[tuple[ServiceEntry, ...]] = ()
    permissions: ClassVar[tuple[Permission, ...]] = ()
    meters: ClassVar[tuple[Meter, ...]] = ()
    widgets: ClassVar[tuple[WidgetSlot, ...]] = ()
    schedules: ClassVar[tuple[Schedule, ...]] = ()
    personal_data: ClassVar[tuple[PersonalData, ...]] = ()
    uploads: ClassVar[tuple[UploadKind, ...]] = ()
    figures: ClassVar[tuple[Figure, ...]] = ()
    count_figures: ClassVar[str] = ""
    """Dotted name of a function `() -> {code: number}` that counts the figures in the current town from its rows."""
    ratios: ClassVar[tuple[Ratio, ...]] = ()
    shared: ClassVar[tuple[SharedKind, ...]] = ()
    events: ClassVar[tuple[Event, ...]] = ()
    topics: ClassVar[tuple[Topic, ...]] = ()
    excerpts: ClassVar[tuple[Excerpt, ...]] = ()
    search: ClassVar[str] = ""
    """Dotted name of a function `(words, most) -> list[Hit]`: what of this module everybody may find. 1 query."""
    stops: ClassVar[str] = ""
    """Dotted name of a function `(topic, address, about, *, end: bool) -> str`, for a module that keeps subscriptions
    of its own: ends one when `end`, and gives the page where the reader chooses (empty: none)."""
    settings: ClassVar[type[Any]] = NoSettings
    requires: ClassVar[tuple[str, ...]] = ()
    categories: ClassVar[str] = ""
    """Dotted name of a function `() -> [(code, label)]`: what a role in this module can be limited to."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Django picks the AppConfig of a folder by `default`, which a subclass would inherit as False.
        cls.default = True

    def ready(self) -> None:
        from campanile_tenants.contract.registry import registry

        registry.register(self)

    def on_enabled(self) -> None:
        """Called inside the town after the module was switched on: put in what it cannot work without.

        Runs again at each switch-on, so it must change nothing that is already there.
        """


def check_declaration(module: ModuleConfig) -> None:
    """Raises DeclarationError, which says what to write instead, unless the declaration is sound."""
    who = type(module).__qualname__
    code = module.code

    def demand(condition: object, what: str) -> None:
        if not condition:
            raise DeclarationError(f"{module.name}.apps.{who}: {what}")

    demand(_CODE.fullmatch(code), f"code is {code!r}; write 3-30 lower-case letters and digits.")
    demand(module.label == code, f"the folder is {module.label!r} but code is {code!r}; use one name for both.")
    demand(
        _PATH.fullmatch(module.url_prefix or code),
        f"url_prefix is {module.url_prefix!r}; write words of a-z, 0-9 and hyphens.",
    )
    for attribute, kind in (
        ("menu", MenuEntry), ("portal", ServiceEntry), ("permissions", Permission), ("meters", Meter),
        ("widgets", WidgetSlot), ("schedules", Schedule), ("personal_data", PersonalData), ("requires", str),
        ("events", Event), ("uploads", UploadKind), ("figures", Figure),
        ("ratios", Ratio), ("shared", SharedKind), ("excerpts", Excerpt),
    ):  # fmt: skip
        value = getattr(module, attribute)
        demand(isinstance(value, tuple), f"{attribute} is a {type(value).__name__}; write a tuple.")
        for item in value:
            demand(isinstance(item, kind), f"{attribute} holds {item!r}; write {kind.__name__}(...).")
    for what in ("permissions", "meters", "events", "uploads", "figures", "ratios", "shared", "excerpts"):
        for item in getattr(module, what):
            demand(item.code.startswith(f"{code}."), f"{what} hold {item.code!r}; it must start with '{code}.'.")
    for permission in module.permissions:
        demand(permission.host is Host.TOWN, f"permission {permission.code!r} must be a town's; leave host out.")
        for role in permission.roles:
            demand(role in TOWN_ROLES, f"permission {permission.code!r} names the role {role!r}; write {TOWN_ROLES}.")
    for held in module.personal_data:
        demand(held.found_by, f"personal data of {held.model} cannot be found; fill found_by.")
        demand(held.erase is not Erase.KEEP or held.keep_reason, f"{held.model} is kept; write keep_reason.")
        demand(
            held.keep_days is None or held.since, f"{held.model} has keep_days; name the date it counts from in since."
        )
    demand(not module.figures or module.count_figures, "figures are counted again each night; write count_figures.")
    counted = {figure.code for figure in module.figures}
    for ratio in module.ratios:
        demand({ratio.good, ratio.bad} <= counted, f"ratio {ratio.code!r} names figures that figures lack.")
    known = {permission.code for permission in module.permissions}
    for upload in module.uploads:
        demand(upload.permission in known | {""}, f"upload needs {upload.permission!r}, which permissions lacks.")
    for entry in module.menu:
        demand(entry.permission in known, f"menu entry needs {entry.permission!r}, which permissions lacks.")
    for url_name in [*(line.url_name for line in module.menu), *(line.url_name for line in module.portal)]:
        demand(url_name.startswith(f"{code}:"), f"URL name {url_name!r} must start with '{code}:'.")
    demand(
        dataclasses.is_dataclass(module.settings) and getattr(module.settings, "__dataclass_params__").frozen,  # noqa: B009 - not in its type
        "settings must be a frozen dataclass whose fields all have defaults.",
    )
    for field in dataclasses.fields(module.settings):
        has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        demand(has_default, f"setting {field.name!r} needs a default.")
        kind = get_type_hints(module.settings)[field.name]
        demand(
            kind in (bool, int, str),
            f"setting {field.name!r} must be a bool, an int or a str: its form is made from it.",
        )
