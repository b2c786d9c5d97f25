"""Tables about people. The same stand in the public schema (operators) and in each town."""

from campanile_tenants.town.people.models.codes import SignInCode
from campanile_tenants.town.people.models.grants import Grant, SupportHours
from campanile_tenants.town.people.models.handovers import HandOver
from campanile_tenants.town.people.models.identities import Identity
from campanile_tenants.town.people.models.invitations import Invitation
from campanile_tenants.town.people.models.offices import Office, OpeningHours
from campanile_tenants.town.people.models.roles import Assignment, Role
from campanile_tenants.town.people.models.tokens import ApiToken
from campanile_tenants.town.people.models.users import Kind, User

__all__ = [
    "ApiToken",
    "Assignment",
    "Grant",
    "HandOver",
    "Identity",
    "Invitation",
    "Kind",
    "Office",
    "OpeningHours",
    "Role",
    "SignInCode",
    "SupportHours",
    "User",
]
