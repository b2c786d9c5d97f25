"""A whole module as a test fixture: a folder and nothing else."""

from __future__ import annotations

import dataclasses

from campanile_tenants.kit.module import (
    Event,
    MenuEntry,
    Meter,
    ModuleConfig,
    Permission,
    Schedule,
    ServiceEntry,
    Topic,
)


@dataclasses.dataclass(frozen=True)
class NoticeboardSettings:
    """What a town may choose."""

    most_notices: int = 10


class NoticeboardConfig(ModuleConfig):
    """The module `noticeboard`."""

    name = "campanile_modules.noticeboard"
    label = "noticeboard"
    code = "noticeboard"
    url_prefix = "bacheca"
    verbose_name = "Bacheca"
    summary = "Avvisi brevi."
    menu = (MenuEntry("Bacheca", "noticeboard:office", permission="noticeboard.view_notice"),)
    portal = (ServiceEntry("Bacheca del Comune", "noticeboard:list"),)
    permissions = (Permission("noticeboard.view_notice", "Leggere gli avvisi", roles=("officer", "reader")),)
    meters = (Meter("noticeboard.notice", unit="avviso"),)
    schedules = (Schedule("campanile_modules.noticeboard.tasks.tidy", every_seconds=3600),)
    settings = NoticeboardSettings
    events = (Event("noticeboard.posted"),)
    topics = (Topic("noticeboard.news", "Avvisi brevi"), Topic("noticeboard.danger", "Pericoli", urgent=True))
