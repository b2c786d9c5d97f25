"""How django-allauth behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from campanile_tenants.town.people.models import User


def landing_page(request: HttpRequest) -> str:
    """Where one goes after signing in: the console, the back office, or the town's home."""
    if getattr(request, "town", None) is None:
        return reverse("centre:home")
    user = request.user
    return reverse("office:home") if isinstance(user, User) and user.is_staff_of_town else reverse("site:home")


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up: staff are invited, and citizens need no account for what exists today."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return landing_page(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_user_display(self, user: Any) -> str:
        return str(user)
