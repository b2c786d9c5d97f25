"""What the site holds about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.module import Erase, PersonalData

HELD = (
    PersonalData(
        "site.Version", ("author", "author_name"), purpose=_("To know who wrote what the site says"), keep_days=None,
        found_by=(("user", "author_id"), ("name", "author_name")), erase=Erase.KEEP,
        keep_reason=_("Who published an act of the town is part of the act."), people=_("staff"),
    ),
    PersonalData(
        "site.Page", ("title", "summary", "data"), purpose=_("To tell what the town does, and who does it"),
        keep_days=None, found_by=(("text", "title"), ("text", "summary"), ("text", "data")), erase=Erase.KEEP,
        keep_reason=_("What the town publishes is changed by an editor, who is told where the name stands."),
        people=_("staff, elected people, and whoever a page names"),
    ),
    PersonalData(
        "site.Rating", ("text",), purpose=_("To make pages clearer"), keep_days=365, since="made_at",
        found_by=(("text", "text"),),
    ),
)  # fmt: skip
