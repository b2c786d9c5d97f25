"""What the centre sees of a town's warnings, and what it proposes, for modules."""

from campanile_tenants.public.notices.models import Campaign, Invitation, Notice
from campanile_tenants.public.notices.services.campaigns import answer, invited
from campanile_tenants.public.notices.services.covering import cover, is_due
from campanile_tenants.public.notices.services.publishing import end, publish
from campanile_tenants.public.notices.services.trials import note

__all__ = ["Campaign", "Invitation", "Notice", "answer", "cover", "end", "invited", "is_due", "note", "publish"]
