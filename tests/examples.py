"""An example of each page that has arguments: the generated tests ask for it as everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campanile_graphql.files import upload_address
from campanile_modules.newsletters.models import Import, Issue, Link, Subscriber
from campanile_modules.newsletters.models import Picture as NewsletterPicture
from campanile_modules.newsletters.models import Topic as Newsletter
from campanile_modules.newsletters.services.subscribing import link_of
from campanile_modules.reporting.models import Category, Photo, Report, ResponseTemplate, RoutingRule, WorkCalendar
from campanile_platform.centre.models import OpenInvoice
from campanile_tenants.contract.access import Assurance
from campanile_tenants.kit.sealing import seal
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.api.models import Job, Upload
from campanile_tenants.town.delivery.models import Answer, Delivery
from campanile_tenants.town.delivery.services import enqueue
from campanile_tenants.town.delivery.services.accounts import keep
from campanile_tenants.town.delivery.tickets import ticket
from campanile_tenants.town.office.models import SavedView
from campanile_tenants.town.people.models import ApiToken, Grant, Office, Role, SupportHours, User
from campanile_tenants.town.people.services import citizens, grants, invitations, tokens
from campanile_tenants.town.privacy.models import Breach
from campanile_tenants.town.site.content import Content
from campanile_tenants.town.site.models import Attachment, Feed, Page, Picture
from campanile_tenants.town.site.services.files import add_attachment
from campanile_tenants.town.site.services.publishing import new_page, publish
from campanile_tenants.town.webhooks.models import Call, Hook
from campanile_tenants.town.webhooks.services import make as make_hook
from tests.towns import person

A = "097042"


def _ticket() -> str:
    enqueue(
        key=f"crossing-{Delivery.objects.count()}", purpose="test", recipient="a@example.org", subject="x", body="y"
    )
    return ticket(Delivery.objects.latest("id").pk)


def _report() -> Report:
    return Report.objects.latest("created_at")


EXAMPLES: dict[str, Callable[[], dict[str, Any]]] = {
    "account_reset_password_from_key": lambda: {"uidb36": "1", "key": "x-y"},
    "mfa_edit_webauthn": lambda: {"pk": 1},
    "mfa_remove_webauthn": lambda: {"pk": 1},
    "accept_invitation": lambda: {"token": invitations.invite("a@example.org", Role.objects.last().code, by="x")[1]},
    "arrive": lambda: {"token": "x" * 43},
    "office:switch_module": lambda: {"code": "reporting"},
    "office:person": lambda: {"pk": person("nuova", "reader").pk},
    "office:person_act": lambda: {"pk": person("altra", "reader").pk, "verb": "disattiva"},
    "office:role": lambda: {"code": Role.objects.create(code="solo-qui", name="Solo qui").code},
    "office:reveal_tax_code": lambda: {"pk": _citizen()},
    "office:office": lambda: {"code": Office.objects.create(code="solo-qui", name="Solo qui").code},
    "office:decide_grant": lambda: {"pk": _grant().pk, "verb": "approva"},
    "office:remove_support_hours": lambda: {"pk": _support_hours().pk},
    "office:privacy_export": lambda: {"form": "json"},
    "office:breach": lambda: {"pk": _breach().pk},
    "office:revoke_token": lambda: {"pk": new_token()[0].pk},
    "api_upload": lambda: {"signed": _upload()},
    "api_job_file": lambda: {"pk": _export().pk},
    "site:topic": lambda: {"slug": "anagrafe"},
    "site:picture": lambda: {"pk": _picture().pk, "width": 400, "form": "webp"},
    "site:attachment": lambda: {"pk": _attachment().pk, "name": "x.txt"},
    "site:coat": lambda: {"name": "solo-qui.webp"},
    "site:feed": lambda: {"category": "novita", "form": "atom"},
    "site:event_calendar": lambda: {"slug": _event().slug},
    "site:section": lambda: {"section": "servizi"},
    "site:category": lambda: {"section": "servizi", "category": "ambiente"},
    "site:page": lambda: {"section": "vivere-il-comune", "category": "eventi", "slug": _event().slug},
    "content:new": lambda: {"kind": "news"},
    "content:edit": lambda: {"pk": _event().pk},
    "content:preview": lambda: {"pk": _event().pk, "number": 1},
    "content:history": lambda: {"pk": _event().pk},
    "content:restore": lambda: {"pk": _event().pk, "number": 1},
    "content:act": lambda: {"pk": _event().pk, "verb": "togli"},
    "content:decide_offer": lambda: {"pk": _event().pk, "verb": "lascia"},
    "content:adopt": lambda: {"code": _unshared()},
    "contacts:call": lambda: {"name": _ticket()},
    "contacts:call_key": lambda: {"name": _ticket()},
    "contacts:call_status": lambda: {"name": _ticket()},
    "contacts:stop": lambda: {"name": _ticket()},
    "contacts:answer": lambda: {"name": _ticket()},
    "places:zone": lambda: {"pk": _zone().pk},
    "places:remove": lambda: {"pk": _zone().pk},
    "webhooks:calls": lambda: {"pk": _hook().pk},
    "webhooks:act": lambda: {"pk": _hook().pk, "verb": "spegni"},
    "webhooks:again": lambda: {"pk": Call.objects.create(hook=_hook(), event="x").pk},
    "contacts:lift": lambda: {"pk": _endpoint()},
    "contacts:mark": lambda: {"pk": _contact()},
    "contacts:remove_channel": lambda: {"channel": _account()},
    "contacts:preferences": lambda: {"name": _preferences()},
    "alerts:handle": lambda: {"pk": _call_for_help(), "verb": "fatto"},
    "alerts:withdraw": lambda: {"pk": _delegation()},
    "alerts:proposal": lambda: {"pk": _proposal()},
    "alerts:act_on_proposal": lambda: {"pk": _proposal(), "verb": "lascia"},
    "alerts:one": lambda: {"code": _alert()},
    "alerts:edit": lambda: {"code": _alert()},
    "alerts:board": lambda: {"code": _alert()},
    "alerts:act": lambda: {"code": _alert(), "verb": "scarta"},
    "alerts:decide": lambda: {"code": _alert(), "verb": "approva"},
    "alerts:detail": lambda: {"code": _alert()},
    "alerts:cap": lambda: {"code": _alert(), "number": 1},
    "office:module_settings": lambda: {"code": "reporting"},
    "office:remove_view": lambda: {"pk": _view().pk},
    "centre:open_line": lambda: {"name": "smtp"},
    "centre:league": lambda: {"code": "reporting.promise"},
    "centre:pay_invoice": lambda: {"pk": _invoice().pk},
    "centre:prices_edit": lambda: {"module": "reporting"},
    "centre:shared": lambda: {"kind": "reporting.category"},
    "centre:shared_new": lambda: {"kind": "reporting.category"},
    "centre:shared_edit": lambda: {"kind": "reporting.category", "code": "roads"},
    "centre:shared_act": lambda: {"kind": "reporting.category", "code": "roads", "verb": "ritira"},
    "centre:catalogue_edit": lambda: {"code": "tari"},
    "centre:catalogue_act": lambda: {"code": "tari", "verb": "ritira"},
    "content:feed_act": lambda: {"pk": _feed().pk, "verb": "togli"},
    "newsletters:confirm": lambda: {"name": _reader_link()},
    "newsletters:preferences": lambda: {"name": _reader_link()},
    "newsletters:picture": lambda: {"pk": _newsletter_picture().pk},
    "newsletters:go": lambda: {"pk": _newsletter_picture().issue_id, "number": 1},
    "newsletters:archive": lambda: {"topic": _newsletter().code},
    "newsletters:feed": lambda: {"topic": _newsletter().code},
    "newsletters:issue": lambda: {"topic": _newsletter().code, "slug": "numero"},
    "newsletters:topic": lambda: {"code": _newsletter().code},
    "newsletters:edit": lambda: {"pk": _newsletter_picture().issue_id},
    "newsletters:look": lambda: {"pk": _newsletter_picture().issue_id},
    "newsletters:preview": lambda: {"pk": _newsletter_picture().issue_id},
    "newsletters:standing": lambda: {"pk": _newsletter_picture().issue_id},
    "newsletters:submit": lambda: {"pk": _newsletter_picture().issue_id},
    "newsletters:numbers_csv": lambda: {"pk": _newsletter_picture().issue_id},
    "newsletters:offer": lambda: {"code": "provincia"},
    "newsletters:mapping": lambda: {"pk": _file_of_readers()},
    "newsletters:forget": lambda: {"pk": _file_of_readers()},
    "newsletters:reader": lambda: {"pk": _reader().pk},
    "newsletters:proof": lambda: {"pk": _reader().pk},
    "newsletters:act": lambda: {"pk": _newsletter_picture().issue_id, "verb": "prova"},
    "site:tile": lambda: {"zoom": 12, "x": 2154, "y": 1460},
    "reporting:decide_offer": lambda: {"code": "roads", "verb": "prendi"},
    "reporting:desk_me_too": lambda: {"code": _report().code},
    "reporting:slip": lambda: {"code": _report().code},
    "reporting:remove_photo": lambda: {"photo_id": _photo().pk},
    "reporting:photo": lambda: {"photo_id": _photo().pk},
    "reporting:receipt": lambda: {"code": _report().code},
    "reporting:office_detail": lambda: {"code": _report().code},
    "reporting:act": lambda: {"code": _report().code, "verb": "prendi"},
    "reporting:me_too": lambda: {"code": _report().code},
    "reporting:author_act": lambda: {"code": _report().code, "verb": "ritira"},
    "reporting:sheet": lambda: {"code": _report().code},
    "reporting:redact": lambda: {"code": _report().code, "photo_id": _photo().pk},
    "reporting:category": lambda: {"code": _category().code},
    "reporting:rule": lambda: {"pk": _rule().pk},
    "reporting:hours": lambda: {"pk": WorkCalendar.objects.create(pk=990, name="Solo qui", spans=[[]] * 7).pk},
    "reporting:template": lambda: {"pk": ResponseTemplate.objects.create(name="Solo qui", text="x").pk},
    "reporting:remove_setup": lambda: {"kind": "regole", "pk": _rule().pk},
    "reporting:open311_discovery": lambda: {"form": "json"},
    "reporting:open311_services": lambda: {"form": "xml"},
    "reporting:open311_definition": lambda: {"form": "json", "code": _category().code},
    "reporting:open311_requests": lambda: {"form": "json"},
    "reporting:open311_request": lambda: {"form": "json", "code": _report().code},
    "reporting:open311_token": lambda: {"form": "json", "code": _report().code},
    "reporting:detail": lambda: {"code": _report().code},
    "gateway:metadata": lambda: {"ipa_code": "c_e507"},
    "gateway:leave": lambda: {"ipa_code": "c_e507"},
    "gateway:slo": lambda: {"ipa_code": "c_e507"},
    "gateway:cie_town": lambda: {"ipa_code": "c_e507"},
    "gateway:cie_leave": lambda: {"ipa_code": "c_e507"},
    "gateway:cie_return": lambda: {"ipa_code": "c_e507"},
    "gateway:acs": lambda: {"ipa_code": "c_e507"},
    "centre:person": lambda: {"pk": User.objects.get(email="collega@example.org").pk},
    "centre:person_act": lambda: {"pk": User.objects.get(email="collega@example.org").pk, "verb": "fuori"},
    "centre:role": lambda: {"code": "support"},
    "centre:ask_access": lambda: {"istat_code": A},
    "centre:confirm_access": lambda: {"pk": "01890a5d-ac96-774b-bcce-b302099a8057"},
    "centre:enter": lambda: {"istat_code": A},
    "centre:propose_campaign": lambda: {"hazard": "snow"},
    "centre:campaign": lambda: {"pk": _campaign()},
    "centre:close_campaign": lambda: {"pk": _campaign()},
    "onboarding:fill_in": lambda: {"istat_code": "097001"},
    "onboarding:job": lambda: {"pk": _job()},
    "onboarding:steps": lambda: {"pk": _job()},
    "onboarding:retry": lambda: {"pk": _job()},
}


def _alert() -> str:
    from campanile_modules.alerts.services import flow
    from campanile_modules.alerts.tests.making import snow

    return flow.begin(snow(), by=None).alert.code


def _call_for_help() -> int:
    _ticket()
    delivery = Delivery.objects.latest("id")
    return Answer.objects.create(message=delivery.message, delivery=delivery, kind="help").pk


def _delegation() -> int:
    from campanile_modules.alerts.models import Delegation

    return Delegation.objects.create(kind="alone", colour=1, until=_tomorrow()).pk


def _proposal() -> Any:
    from campanile_modules.alerts.models import Proposal
    from campanile_modules.alerts.tests.making import snow

    content = snow()
    return Proposal.objects.create(
        key=f"x:{Proposal.objects.count()}", origin="own", hazard="snow", colour=2, title="Solo qui", said_at=timezone.now(),
        content=content.to_store(), expires_at=content.expires_at,
    ).pk  # fmt: skip


def _preferences() -> str:
    from campanile_modules.alerts.tests.making import told
    from campanile_tenants.town.contacts.pages.subscribing import preferences_link

    return preferences_link(told()).split("/")[-2]


def _contact() -> int:
    from campanile_tenants.town.contacts.models import Contact

    return Contact.objects.create(name="Solo qui").pk


def _account() -> str:
    return keep("io", "Solo qui", {"key": "x"}).channel


def _hook() -> Hook:
    return make_hook("Solo qui", "https://example.org/", ["reporting.received"])[0]


def _rule() -> RoutingRule:
    return RoutingRule.objects.create(pk=990, category=_category(), person=User.objects.first())


def _category() -> Category:
    return Category.objects.create(code="solo-qui", name="Solo qui")


def _zone() -> Any:
    from campanile_tenants.town.places.services import zones

    square = [[9.385, 45.85], [9.40, 45.85], [9.40, 45.86], [9.385, 45.85]]
    return zones.keep("Solo qui", {"type": "Polygon", "coordinates": [square]})


def _campaign() -> Any:
    from campanile_tenants.public.notices.models import Campaign

    return Campaign.objects.create(title="x", hazard="snow", colour=1, made_by="x", expires_at=_tomorrow()).pk


def _job() -> Any:
    from campanile_platform.onboarding.models import Job

    return Job.objects.latest("created_at").pk


def _grant() -> Grant:
    return grants.ask("1", email="o@x.org", full_name="O", role="reader", reason="r", hours=1)


def _support_hours() -> SupportHours:
    return SupportHours.objects.create(weekday=1, opens="09:00", closes="10:00", agreed_by="x")


def new_token() -> tuple[ApiToken, str]:
    mayor = User.objects.get(email="sindaco@example.org")
    return tokens.make(
        "x", ["reporting.view_report"], expires_at=timezone.now() + timezone.timedelta(days=9), by=mayor
    )


def _upload() -> str:
    row = Upload.objects.create(kind="api.rows", name="x", media_type="text/csv", size=1, expires_at=_tomorrow())
    return upload_address(row.pk).rpartition("/")[2]


def _export() -> Job:
    owner = User.objects.get(email="sindaco@example.org")
    return Job.objects.create(kind="export", what="x", owner=owner, format="csv", state="done",
                              finished_at=timezone.now(), expires_at=_tomorrow())  # fmt: skip


def _tomorrow() -> Any:
    return timezone.now() + timezone.timedelta(days=1)


def _citizen() -> int:
    return citizens.known_citizen(
        tax_code="RSSMRA80A01E507I", given_name="M", family_name="R", provider="x", assurance=Assurance.LOW
    ).pk


def _breach() -> Breach:
    return Breach.objects.create(discovered_at=timezone.now(), what="x", kinds_of_data="x")


def _event() -> Page:
    page = new_page("event", Content(title="Solo qui", category="eventi", starts_at=timezone.now(), summary="x",
                                     texts={"description": "x"}))  # fmt: skip
    publish(page)
    return page


def _picture() -> Picture:
    picture = Picture.objects.create(alt="x", folder="site/x", width=400, height=300, widths=[400])
    default_storage.save(picture.file_name(400, "webp"), ContentFile(b"x"))
    return picture


def _attachment() -> Attachment:
    return add_attachment(SimpleUploadedFile("x.txt", b"x"), "x")


def _unshared() -> str:
    Page.objects.filter(shared_code="tari").update(shared_code="")
    return "tari"


def _view() -> SavedView:
    mayor = User.objects.get(email="sindaco@example.org")
    return SavedView.objects.create(user=mayor, page="reporting:inbox", name="x", query="stato=open")


def _feed() -> Feed:
    return Feed.objects.create(url="https://example.org/feed", category="avvisi")


def _photo() -> Photo:
    return Photo.objects.create(report=_report(), file="reporting/x.jpg", name="x", width=1, height=1)


def _invoice() -> OpenInvoice:
    made, _new = OpenInvoice.objects.get_or_create(
        number="1/2026",
        defaults={
            "municipality": Municipality.objects.get(istat_code=A),
            "amount": 10,
            "due_on": timezone.localdate(),
        },
    )
    return made


def _newsletter() -> Newsletter:
    made, _new = Newsletter.objects.get_or_create(code="solo-qui", defaults={"name": "Solo qui", "description": "x"})
    return made


def _newsletter_picture() -> NewsletterPicture:
    made = NewsletterPicture.objects.first()
    if made is None:
        now = timezone.now()
        issue = Issue.objects.create(
            topic=_newsletter(), subject="Numero", slug="numero", html="x", approved_hash="x", approved_at=now,
            send_at=now, state="sent",
        )  # fmt: skip
        Link.objects.create(issue=issue, number=1, url="https://example.org/")
        made = NewsletterPicture(issue=issue, width=1, height=1)
        made.file.save("solo-qui.jpg", ContentFile(b"x"))
        made.save()
    return made


def _reader() -> Subscriber:
    return Subscriber.objects.get_or_create(email="solo@example.org")[0]


def _reader_link() -> str:
    return link_of(_reader()).rstrip("/").rpartition("/")[2]


def _file_of_readers() -> UUID:
    return (Import.objects.first() or Import.objects.create(sealed=seal("email\nsolo@example.org\n"))).pk


def _endpoint() -> int:
    from campanile_tenants.town.contacts.models import Endpoint

    found = Endpoint.objects.first() or Endpoint.objects.create(
        contact_id=_contact(), channel="email", address="solo@example.org"
    )
    return found.pk
