"""The one place where it is decided who comes in: pages ask it, and so does the API."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from campanile_infra.database.names import is_town
from campanile_infra.database.scope import current
from campanile_tenants.contract.access import Assurance, Audience, Host, Policy
from campanile_tenants.contract.errors import (
    AssuranceTooLow,
    CampanileError,
    NotAllowed,
    NotAuthenticated,
    SecondFactorMissing,
    WrongHost,
)
from campanile_tenants.contract.registry import registry
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people import kept
from campanile_tenants.town.people.models import Kind, User

View = Callable[..., HttpResponseBase]
ASSURANCE_KEY = "assurance"
_ATTRIBUTE = "campanile_policy"


def decide(policy: Policy, user: Any, assurance: Assurance = Assurance.NONE) -> None:
    """Lets in or raises WrongHost, NotAuthenticated, NotAllowed, SecondFactorMissing, AssuranceTooLow.

    No query for what anybody may see; otherwise at most one for the roles and one for the second factor.
    """
    check_host(policy)
    if policy.audience is Audience.ANYONE and not policy.permission and not policy.assurance:
        return
    if not isinstance(user, User) or not user.is_active:
        raise NotAuthenticated
    if policy.audience is Audience.OPERATOR and not user.is_operator:
        raise NotAllowed
    if policy.audience is Audience.STAFF and not user.is_staff_of_town:
        raise NotAllowed
    if policy.audience is Audience.MACHINE and user.kind != Kind.MACHINE:
        raise NotAllowed
    if policy.permission and not user.has_permission(policy.permission):
        raise NotAllowed
    if assurance < policy.assurance and user.kind == Kind.CITIZEN:
        raise AssuranceTooLow
    if not policy.exempt and lacks_second_factor(user):
        raise SecondFactorMissing


def check_host(policy: Policy) -> None:
    """Raises WrongHost when the policy is for the other side."""
    here = Host.TOWN if is_town(current().schema) else Host.CENTRE
    if policy.host not in (Host.BOTH, here):
        raise WrongHost


def needs_second_factor(user: User) -> bool:
    """Whether this person must have one: operators, administrators, and whoever may send alerts, by declaration.

    An operator under a grant proved hers at the centre a moment ago; a machine has none.
    """
    if user.kind == Kind.MACHINE:
        return False
    if user.is_operator:
        return not is_town(current().schema)
    return user.access.needs_second_factor


def lacks_second_factor(user: User) -> bool:
    """Whether she must have one and has none. Remembered for the request."""
    known = user.__dict__.get("_lacks_second_factor")
    if known is None:
        known = needs_second_factor(user) and not is_mfa_enabled(user)
        user.__dict__["_lacks_second_factor"] = known
    return bool(known)


def declared(policy: Policy) -> Callable[[View], View]:
    """A view behind the gate: `@declared(Policy(...))`. Strangers sign in first; others get 403.

    The policy stays readable on the view, for the check that no page lacks one and for the generated tests.
    """
    assert not policy.permission or policy.audience is not Audience.ANYONE, "a permission needs a person"

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            assert not policy.permission or policy.permission in registry.permissions(), f"undeclared: {policy}"
            try:
                decide(policy, request.user, assurance_of(request))
            except (NotAuthenticated, AssuranceTooLow):
                onward = kept.keep(request) or request.get_full_path()
                if policy.assurance:
                    query = urlencode({"next": onward, "livello": int(policy.assurance)})
                    return redirect(f"{reverse('citizens')}?{query}")
                return redirect_to_login(onward)
            except SecondFactorMissing as error:
                messages.warning(request, str(error))
                return redirect("mfa_index")
            except CampanileError as error:
                _denied(request)
                raise PermissionDenied(str(error)) from error
            try:
                response = view(request, *args, **kwargs)
            except NotAllowed as error:
                _denied(request)
                raise PermissionDenied(str(error)) from error
            if policy.audience is not Audience.ANYONE and "Cache-Control" not in response:
                response["Cache-Control"] = "private, no-store"
            return response

        setattr(guarded, _ATTRIBUTE, policy)
        return guarded

    return decorate


def _denied(request: HttpRequest) -> None:
    match = request.resolver_match
    record("auth.denied", ("page", match.view_name if match else ""))


def policy_of(view: Any) -> Policy | None:
    """The policy declared on a view, or None."""
    return getattr(view, _ATTRIBUTE, None)


def assurance_of(request: HttpRequest) -> Assurance:
    """How sure the present session is of who she is."""
    session = getattr(request, "session", None)
    return Assurance(session.get(ASSURANCE_KEY, 0)) if session is not None else Assurance.NONE


def may(request: HttpRequest, code: str) -> bool:
    """Whether whoever asks holds the permission, for what a page shows; what a page does is behind its gate."""
    return isinstance(request.user, User) and request.user.has_permission(code)
