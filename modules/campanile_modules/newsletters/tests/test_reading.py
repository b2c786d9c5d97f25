"""Readers: asking, confirming, choosing, ending; what strangers and scanners cannot do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.towns import Town, ask, client, inside, town

from campanile_modules.newsletters.errors import ConsentMissing, NothingChosen, WrongCode, WrongMail
from campanile_modules.newsletters.models import Subscriber, Subscription, Topic
from campanile_modules.newsletters.services import stopping, subscribing
from campanile_tenants.public.registry.activation import switch_on
from campanile_tenants.public.registry.directory import directory
from campanile_tenants.town.delivery.models import Message, Suppression
from campanile_tenants.town.privacy.services import consents_of

pytestmark = pytest.mark.django_db
ANNA = "anna@example.org"
State = Subscription.State


@pytest.fixture
def place(lecco: Town) -> Town:
    switch_on(lecco, "newsletters", by="test")
    directory.forget()
    return town(lecco.istat_code)


def states(email: str = ANNA) -> dict[str, str]:
    rows = Subscription.objects.filter(subscriber__email=email)
    return dict(rows.values_list("topic__code", "state"))


def mail(email: str = ANNA) -> Message:
    return Message.objects.filter(recipient=email).latest("created_at")


def code_of(email: str = ANNA) -> str:
    return re.search(r"\b\d{6}\b", mail(email).body)[0]  # type: ignore[index]


def confirmed(email: str = ANNA, *codes: str) -> Subscriber:
    reader = subscribing.ask(email, codes or ("notizie",), words="Sì, scrivetemi.")
    subscribing.confirm(reader, code_of(email))
    return reader


def test_two_steps_on_the_page_and_the_words_are_kept(place: Town) -> None:
    browser = client(place)
    page = browser.get("/newsletter/").content.decode()
    assert "Notizie dal Comune" in page
    assert browser.post("/newsletter/", {"email": ANNA}).status_code == 422, "nothing chosen"
    assert browser.post("/newsletter/", {"email": "anna@", "topics": "notizie"}).status_code == 422
    assert browser.post("/newsletter/", {"email": ANNA, "topics": "notizie", "website": "x"}).status_code == 422
    assert browser.post("/newsletter/", {"email": ANNA.upper(), "topics": "notizie"}).url == "/newsletter/codice/"
    with inside(place):
        assert states() == {"notizie": State.PENDING}
        assert consents_of(ANNA) == [], "nobody agreed yet"
        code = code_of()
    assert browser.post("/newsletter/codice/", {"code": "000000" if code != "000000" else "1"}).status_code == 422
    done = browser.post("/newsletter/codice/", {"code": f"{code[:3]} {code[3:]}"})
    assert "Fatto: ti scriviamo" in done.content.decode()
    with inside(place):
        assert states() == {"notizie": State.CONFIRMED}
        [given] = consents_of(ANNA)
        assert given.wording.text.startswith("Accetto che il mio Comune mi scriva")
        assert given.channel == "web"


def test_a_look_at_the_link_confirms_nothing_and_a_press_does(place: Town) -> None:
    with inside(place):
        subscribing.ask(ANNA, ["notizie", "eventi"], words="Sì")
        path = re.search(r"/newsletter/conferma/\S+", mail().body)[0]  # type: ignore[index]
    scanner = client(place)
    for _time in range(3):
        assert scanner.get(path).status_code == 200
    with inside(place):
        assert set(states().values()) == {State.PENDING}
    assert scanner.post(path).status_code == 200
    with inside(place):
        assert set(states().values()) == {State.CONFIRMED}
    assert client(place).get(path[:-5] + "xxxx/").status_code == 404


def test_five_tries_and_no_more(place: Town) -> None:
    with inside(place):
        reader = subscribing.ask(ANNA, ["notizie"], words="Sì")
        code = code_of()
        for _try in range(5):
            with pytest.raises(WrongCode):
                subscribing.confirm(reader, "x")
        with pytest.raises(WrongCode):
            subscribing.confirm(reader, code)


def test_asking_for_somebody_else_changes_nothing(place: Town) -> None:
    with inside(place):
        confirmed()
        mails = Message.objects.count()
        subscribing.ask(ANNA, ["notizie", "eventi"], words="Sì", language="en")
        assert states() == {"notizie": State.CONFIRMED, "eventi": State.PENDING}
        subscribing.ask(ANNA, ["eventi"], words="Sì")
        assert Message.objects.count() <= mails + 1, "a code a minute at most"
        for wrong, error in ((("x", ["notizie"], "Sì"), WrongMail), ((ANNA, ["nessuna"], "Sì"), NothingChosen),
                             ((ANNA, ["notizie"], " "), ConsentMissing)):  # fmt: skip
            with pytest.raises(error):
                subscribing.ask(wrong[0], wrong[1], words=wrong[2])


def test_she_chooses_anew_by_her_own_link_without_a_password(place: Town) -> None:
    with inside(place):
        path = subscribing.link_of(confirmed()).partition("localhost")[2].partition("/")[2]
    browser = client(place)
    page = browser.get(f"/{path}").content.decode()
    assert re.search(r'value="notizie" id="topic-notizie" checked', page)
    assert browser.post(f"/{path}", {"topics": "eventi"}).status_code == 200
    with inside(place):
        assert states() == {"notizie": State.UNSUBSCRIBED, "eventi": State.CONFIRMED}
        assert len(consents_of(ANNA)) == 2
    assert "non ricevi più newsletter" in browser.post(f"/{path}", {"stop": "1"}).content.decode()
    with inside(place):
        assert set(states().values()) == {State.UNSUBSCRIBED}
        assert all(one.withdrawn_at for one in consents_of(ANNA))


def test_one_gentle_reminder_then_it_is_forgotten(place: Town) -> None:
    with inside(place):
        subscribing.ask(ANNA, ["notizie"], words="Sì")
        Subscription.objects.update(asked_at=timezone.now() - timedelta(days=3))
        assert [subscribing.remind(), subscribing.remind()] == [1, 0]
        assert "ancora" in mail().subject
        assert Message.objects.filter(recipient=ANNA).count() == 2
        Subscriber.objects.update(created_at=timezone.now() - timedelta(days=8))
        Subscription.objects.update(asked_at=timezone.now() - timedelta(days=8))
        subscribing.remind()
        assert not Subscriber.objects.exists()


def test_the_office_writes_somebody_down_with_proof_or_by_mail(place: Town) -> None:
    mayor = client(place, "sindaco")
    form = {"email": ANNA, "topics": "notizie"}
    mayor.post("/newsletter/ufficio/lettori/nuovo/", form)
    with inside(place):
        assert states() == {"notizie": State.PENDING}, "without proof she confirms herself"
    mayor.post(
        "/newsletter/ufficio/lettori/nuovo/", form | {"email": "bea@example.org", "agreed": "Allo sportello, 2 marzo"}
    )
    with inside(place):
        assert states("bea@example.org") == {"notizie": State.CONFIRMED}
        assert consents_of("bea@example.org")[0].wording.text == "Allo sportello, 2 marzo"
    assert client(place, "lettore").get("/newsletter/ufficio/lettori/nuovo/").status_code == 403


@pytest.mark.parametrize(("reason", "state"), [
    ("dead_address", State.BOUNCED), ("complaint", State.COMPLAINED), ("opt_out", State.UNSUBSCRIBED),
])  # fmt: skip
def test_what_is_written_to_nobody_is_ended(place: Town, reason: str, state: str) -> None:
    with inside(place):
        confirmed()
        Suppression.objects.create(channel="email", address=ANNA, reason=reason)
        assert [stopping.tidy(), stopping.tidy()] == [1, 0]
        assert states() == {"notizie": state}
        subscribing.ask(ANNA, ["notizie"], words="Sì")
        Subscriber.objects.update(code_until=None)
        subscribing.ask(ANNA, ["notizie"], words="Sì")
        subscribing.confirm(Subscriber.objects.get(), code_of())
        assert states() == {"notizie": State.CONFIRMED}
        assert not Suppression.objects.exists(), "she proved that the address lives"


def test_the_api_subscribes_and_confirms(place: Town) -> None:
    asking = """mutation($input: NewslettersSubscribeInput!) { newslettersSubscribe(input: $input) {
        asked userErrors { field code } } }"""
    given: dict[str, Any] = {"email": ANNA, "topics": ["notizie"], "agreedTo": "Sì, scrivetemi."}
    wrong = ask(client(place), asking, input=given | {"email": "anna"})["data"]["newslettersSubscribe"]
    assert wrong["userErrors"][0] == {"field": ["email"], "code": "NEWSLETTERS_WRONG_ADDRESS"}
    assert ask(client(place), asking, input=given)["data"]["newslettersSubscribe"]["asked"]
    with inside(place):
        code = code_of()
    confirming = """mutation($input: NewslettersConfirmInput!) { newslettersConfirm(input: $input) {
        topics userErrors { code } } }"""
    for email in (ANNA, "nobody@example.org"):
        refused = ask(client(place), confirming, input={"email": email, "code": "x"})["data"]["newslettersConfirm"]
        assert refused["userErrors"][0]["code"] == "NEWSLETTERS_WRONG_CODE"
    done = ask(client(place), confirming, input={"email": ANNA, "code": code})["data"]["newslettersConfirm"]
    assert done["topics"] == ["notizie"]
    topics = ask(client(place), "{ newslettersTopics(first: 9) { nodes { code frequency } } }")["data"]
    assert [node["code"] for node in topics["newslettersTopics"]["nodes"]] == ["notizie", "eventi"]
    with inside(place):
        assert Topic.objects.count() == 2


def test_a_code_is_not_guessed_by_way_of_the_api(place: Town) -> None:
    """A mutation that is refused keeps nothing, the sandbox keeps nothing ever: tries are counted elsewhere."""
    with inside(place):
        subscribing.ask(ANNA, ["notizie"], words="Sì")
    confirming = """mutation($input: NewslettersConfirmInput!) { newslettersConfirm(input: $input) {
        topics userErrors { code } } }"""
    given = {"email": ANNA, "code": "x"}
    codes = [
        ask(client(place), confirming, input=given)["data"]["newslettersConfirm"]["userErrors"][0]["code"]
        for _try in range(12)
    ]
    assert codes == ["NEWSLETTERS_WRONG_CODE"] * 10 + ["TOO_OFTEN"] * 2


def test_the_api_does_not_fill_somebodys_mailbox(place: Town) -> None:
    asking = """mutation($input: NewslettersSubscribeInput!) { newslettersSubscribe(input: $input) {
        asked userErrors { code } } }"""
    given = {"email": ANNA, "topics": ["notizie"], "agreedTo": "Sì"}
    asked = [ask(client(place), asking, input=given)["data"]["newslettersSubscribe"] for _time in range(7)]
    assert [bool(one["asked"]) for one in asked] == [True] * 6 + [False]
    assert asked[-1]["userErrors"][0]["code"] == "TOO_OFTEN"
