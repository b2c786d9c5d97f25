"""Tables of the API."""

from campanile_tenants.town.api.models.calls import IdempotentCall
from campanile_tenants.town.api.models.documents import DeprecatedUse, RegisteredDocument
from campanile_tenants.town.api.models.jobs import Job, JobProblem
from campanile_tenants.town.api.models.uploads import Upload

__all__ = ["DeprecatedUse", "IdempotentCall", "Job", "JobProblem", "RegisteredDocument", "Upload"]
