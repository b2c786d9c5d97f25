"""Every request: who acts, for the audit trail; and no page without a declared policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from campanile_tenants.town.audit.context import Who, acting, network_of
from campanile_tenants.town.people.adapter import remember_device
from campanile_tenants.town.people.admission import policy_of
from campanile_tenants.town.people.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Makes the person of the request known to the audit trail. Asks for her only when an entry is written.

    After a sign-in it gives the device its cookie (see AccountAdapter.pre_authenticate).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(lambda: who_of(request)):
            response = self.get_response(request)
        signed_in = getattr(request, "campanile_signed_in", None)
        if isinstance(signed_in, User) and signed_in.email:
            remember_device(request, response, signed_in)
        return response


class PolicyMiddleware:
    """Refuses to run a view that declares no policy: a page nobody thought about is a page for nobody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if policy_of(view) is None:
            raise ImproperlyConfigured(f"{view.__module__}.{view.__qualname__} declares no policy.")


def who_of(request: HttpRequest) -> Who:
    """The actor of a request as the trail names her."""
    channel = "api" if request.path.startswith("/graphql") else "web"
    network = network_of(get_adapter(request).get_client_ip(request))
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return Who("nobody", network=network, channel=channel)
    grant_id = user.access.grant_id if user.is_operator else None
    return Who(user.kind, str(user.pk), grant_id, network, channel)
