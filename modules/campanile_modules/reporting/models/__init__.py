"""Tables of each town's schema."""

from campanile_modules.reporting.models.categories import (
    CatalogueChoice,
    Category,
    ResponseTemplate,
    RoutingRule,
    WorkCalendar,
)
from campanile_modules.reporting.models.following import Feedback, Follow
from campanile_modules.reporting.models.handovers import Handover
from campanile_modules.reporting.models.photos import Draft, Photo, draft_expiry
from campanile_modules.reporting.models.reports import Report, Reporter, ReportEvent

__all__ = [
    "CatalogueChoice", "Category", "Draft", "Feedback", "Follow", "Handover", "Photo", "Report", "ReportEvent",
    "Reporter", "ResponseTemplate", "RoutingRule", "WorkCalendar", "draft_expiry",
]  # fmt: skip
