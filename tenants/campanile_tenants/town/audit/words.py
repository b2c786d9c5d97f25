"""Actions in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from campanile_tenants.contract.registry import registry


def describe(action: str) -> str:
    """`people.role_given` -> words; for a module's own actions the module's name and the code."""
    known = _words().get(action)
    if known:
        return known
    area, _dot, verb = action.partition(".")
    module = registry.find(area)
    if module is None:
        return action
    if verb == "read_personal_data":
        return _("%(module)s: personal data read") % {"module": module.verbose_name}
    return f"{module.verbose_name}: {verb.replace('_', ' ')}"


def _words() -> dict[str, str]:
    return {
        "auth.signed_in": _("signed in"),
        "auth.signed_out": _("signed out"),
        "auth.failed": _("sign-in refused"),
        "auth.password_changed": _("password changed"),
        "auth.second_factor_added": _("second factor added"),
        "auth.second_factor_removed": _("second factor removed"),
        "auth.second_factor_reset": _("recovery codes renewed"),
        "people.invited": _("invited"),
        "people.invitation_accepted": _("invitation accepted"),
        "people.role_given": _("role given"),
        "people.role_taken": _("role taken back"),
        "people.role_changed": _("role changed"),
        "people.role_deleted": _("role deleted"),
        "people.deactivated": _("access ended"),
        "people.second_factor_reset": _("second factor taken off"),
        "people.signed_out_everywhere": _("signed out everywhere"),
        "office.module_on": _("module switched on"),
        "office.module_off": _("module switched off"),
        "office.settings_saved": _("settings of a module changed"),
        "office.office_saved": _("office saved"),
        "grant.asked": _("access asked for"),
        "grant.approved": _("access approved"),
        "grant.refused": _("access refused"),
        "grant.ended": _("access ended by the town, the operator or time"),
        "grant.entered": _("operator came in"),
        "grant.support_hours_agreed": _("support hours agreed"),
        "grant.support_hours_removed": _("support hours taken back"),
        "token.made": _("API token made"),
        "token.revoked": _("API token revoked"),
        "token.refused": _("API token refused"),
        "api.documents_registered": _("Queries of an app registered"),
        "grant.read_from_centre": _("The centre read a list under its grant"),
        "api.export_asked": _("Export asked for"),
        "api.export_over": _("Export over"),
        "api.export_fetched": _("Export fetched"),
        "api.import_asked": _("Import asked for"),
        "api.import_over": _("Import over"),
        "auth.denied": _("tried to open what is not allowed"),
        "auth.limited": _("too many tries: stopped for a while"),
        "auth.code_refused": _("code by mail refused"),
        "spid.signed_out": _("signed out by the identity provider"),
        "spid.refused": _("SPID sign-in refused"),
        "cie.refused": _("CIE sign-in refused"),
        "people.citizen_known": _("citizen signed in for the first time"),
        "people.citizen_looked_up": _("citizen looked up"),
        "people.tax_code_revealed": _("whole tax code shown, for a reason"),
        "handover.refused": _("hand-over refused"),
        "centre.line_opened": _("closed line to a provider used again"),
        "contacts.stopped": _("wants no more messages"),
        "centre.campaign_proposed": _("alert proposed to the towns"),
        "centre.campaign_closed": _("campaign closed"),
        "contacts.account_kept": _("account on a channel set up"),
        "contacts.account_removed": _("account on a channel taken away"),
        "crossing.taken_in": _("taken in from another municipality"),
        "crossing.handed_over": _("handed over to another municipality"),
        "places.zone_kept": _("zone drawn"),
        "places.zone_removed": _("zone taken away"),
        "places.register_taken_in": _("list of streets taken in"),
        "webhooks.made": _("another system connected"),
        "webhooks.on": _("webhook switched on"),
        "webhooks.off": _("webhook switched off"),
        "contacts.marked": _("contact marked as real, for drills, or as canary"),
        "contacts.imported": _("contacts taken in from a file"),
        "contacts.help_given": _("noted that somebody was helped"),
        "contacts.help_reopened": _("somebody who was helped waits again"),
        "contacts.read_personal_data": _("contacts: personal data read"),
        "auth.second_factor_refused": _("second factor refused"),
        "contacts.written_down": _("written down as a contact by the town"),
        "centre.catalogue_saved": _("description of the shared catalogue saved"),
        "centre.catalogue_retired": _("description of the shared catalogue offered no longer"),
        "centre.catalogue_offered": _("description of the shared catalogue offered again"),
        "centre.list_saved": _("entry of a shared list saved"),
        "centre.list_retired": _("entry of a shared list offered no longer"),
        "centre.list_offered": _("entry of a shared list offered again"),
        "centre.prices_kept": _("price list changed"),
        "centre.invoice_kept": _("invoice to a town written down"),
        "centre.invoice_paid": _("invoice to a town marked as paid"),
        "centre.invoice_reopened": _("invoice to a town marked as unpaid again"),
        "site.page_made": _("page of the site made"),
        "site.page_written": _("page of the site written"),
        "site.page_published": _("page of the site published"),
        "site.page_scheduled": _("page of the site set for later"),
        "site.page_unscheduled": _("page of the site no longer set for later"),
        "site.page_not_published": _("page of the site could not be published at its hour"),
        "site.page_taken_away": _("page of the site taken away"),
        "site.page_end_set": _("end of a page of the site set"),
        "site.page_featured": _("page of the site put in evidence, or taken from there"),
        "site.services_adopted": _("services of the shared catalogue taken over"),
        "site.offer_taken": _("newer text of the shared catalogue taken"),
        "site.offer_declined": _("newer text of the shared catalogue left"),
        "site.feed_read": _("feed of the former site read"),
        "site.identity_saved": _("face of the site changed"),
        "privacy.looked_up": _("privacy desk: a person looked up"),
        "privacy.exported": _("privacy desk: a person's data exported"),
        "privacy.erased": _("privacy desk: a person erased"),
        "privacy.retained": _("erased because its time was over"),
        "privacy.breach_saved": _("data breach written down"),
        "audit.exported": _("audit trail exported"),
        "audit.checked": _("audit trail checked"),
        "audit.anchored": _("end of a town's trail anchored"),
    }
