"""What a module's `schema.py` needs: types made of columns, Relay lists, mutations, ids, scalars, policies."""

from campanile_tenants.contract.access import ANYONE, EVERYWHERE, Assurance, Audience, Host, Policy
from campanile_tenants.kit.api.deprecation import deprecated
from campanile_tenants.kit.api.errors import BadCursor, BadId, BadPageSize
from campanile_tenants.kit.api.ids import local_id, public_id, split_id
from campanile_tenants.kit.api.jobs import BulkJob, ImportMutation
from campanile_tenants.kit.api.lists import Children, Connection
from campanile_tenants.kit.api.live import Live
from campanile_tenants.kit.api.mutations import InputError, MutationInput, MutationType
from campanile_tenants.kit.api.pages import MOST_PER_PAGE
from campanile_tenants.kit.api.rows import Column, GlobalId, Node, Related, Row, RowType
from campanile_tenants.kit.api.scalars import Amount, Currency, DateTime, GeoJSON, Money
from campanile_tenants.kit.api.shapes import connection_type
from campanile_tenants.kit.api.uploads import take
from campanile_tenants.kit.api.user_errors import UserError, user_errors

__all__ = [
    "ANYONE",
    "EVERYWHERE",
    "MOST_PER_PAGE",
    "Amount",
    "Assurance",
    "Audience",
    "BadCursor",
    "BadId",
    "BadPageSize",
    "BulkJob",
    "Children",
    "Column",
    "Connection",
    "Currency",
    "DateTime",
    "GeoJSON",
    "GlobalId",
    "Host",
    "ImportMutation",
    "InputError",
    "Live",
    "Money",
    "MutationInput",
    "MutationType",
    "Node",
    "Policy",
    "Related",
    "Row",
    "RowType",
    "UserError",
    "connection_type",
    "deprecated",
    "local_id",
    "public_id",
    "split_id",
    "take",
    "user_errors",
]
