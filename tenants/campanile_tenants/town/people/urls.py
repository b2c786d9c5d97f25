"""Signing in and out (django-allauth), second factors, sessions, invitations. Each with its policy."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from django.urls import path

from campanile_tenants.contract.access import ANYONE, EVERYWHERE, OWN_ACCOUNT
from campanile_tenants.town.people import views, views_citizens
from campanile_tenants.town.people.admission import declared

anyone = declared(EVERYWHERE)
mine = declared(OWN_ACCOUNT)
town = declared(ANYONE)

urlpatterns = [
    path("", anyone(account.login), name="account_login"),
    path("esci/", anyone(account.logout), name="account_logout"),
    path("conferma/", mine(account.reauthenticate), name="account_reauthenticate"),
    path("password/", mine(account.password_change), name="account_change_password"),
    path("password/scegli/", mine(account.password_set), name="account_set_password"),
    path("password/nuova/", anyone(account.password_reset), name="account_reset_password"),
    path("password/inviata/", anyone(account.password_reset_done), name="account_reset_password_done"),
    path("password/<uidb36>/<key>/", anyone(account.password_reset_from_key), name="account_reset_password_from_key"),
    path("password/fatta/", anyone(account.password_reset_from_key_done), name="account_reset_password_from_key_done"),
    path("disattivato/", anyone(account.account_inactive), name="account_inactive"),
    path("sicurezza/", mine(mfa.index), name="mfa_index"),
    path("codice/", anyone(mfa.authenticate), name="mfa_authenticate"),
    path("conferma/codice/", mine(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("sicurezza/app/", mine(totp.activate_totp), name="mfa_activate_totp"),
    path("sicurezza/app/togli/", mine(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("sicurezza/recupero/", mine(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "sicurezza/recupero/nuovi/", mine(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "sicurezza/recupero/scarica/", mine(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("passkey/", anyone(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("conferma/passkey/", mine(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("sicurezza/passkey/", mine(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("sicurezza/passkey/nuova/", mine(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("sicurezza/passkey/<int:pk>/", mine(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("sicurezza/passkey/<int:pk>/togli/", mine(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("sessioni/", mine(usersessions.list_usersessions), name="usersessions_list"),
    path("cittadini/", town(views_citizens.citizens), name="citizens"),
    path("cittadini/codice/", town(views_citizens.code), name="citizen_code"),
    path("spid/", town(views_citizens.spid), name="spid"),
    path("cie/", town(views_citizens.cie), name="cie"),
    path("dal-centro/", town(views.from_centre), name="from_centre"),
    path("ingresso/<str:token>/", town(views.arrive), name="arrive"),
    path("riprendi/", mine(views.resume), name="resume"),
    path("lascia/", mine(views.leave), name="leave_town"),
    path("invito/<str:token>/", anyone(views.accept_invitation), name="accept_invitation"),
]  # fmt: skip
