"""Signing in and out (django-allauth), a new password, an invitation."""

from allauth.account import views as account
from django.urls import path

from campanile_tenants.town.people import views

urlpatterns = [
    path("", account.login, name="account_login"),
    path("esci/", account.logout, name="account_logout"),
    path("password/nuova/", account.password_reset, name="account_reset_password"),
    path("password/inviata/", account.password_reset_done, name="account_reset_password_done"),
    path("password/<uidb36>/<key>/", account.password_reset_from_key, name="account_reset_password_from_key"),
    path("password/fatta/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("disattivato/", account.account_inactive, name="account_inactive"),
    path("invito/<str:token>/", views.accept_invitation, name="accept_invitation"),
]
