"""API of the module: newsletters, their issues, subscribing and ending."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from campanile_modules.newsletters.errors import WrongCode, WrongLink
from campanile_modules.newsletters.models import Issue, Subscriber, Topic
from campanile_modules.newsletters.services import subscribing
from campanile_modules.newsletters.services.topics import namer
from campanile_tenants.kit.api import (
    ANYONE,
    Column,
    Connection,
    DateTime,
    GlobalId,
    MutationInput,
    MutationType,
    Node,
    Related,
    RowType,
)
from campanile_tenants.kit.limits import require_within_limit
from campanile_tenants.kit.web import absolute


class NewslettersFrequency(graphene.Enum):
    """How often readers may expect an issue."""

    WEEKLY = Topic.Frequency.WEEKLY.value
    MONTHLY = Topic.Frequency.MONTHLY.value
    RARELY = Topic.Frequency.RARELY.value


class NewslettersTopic(RowType):
    """One newsletter of the town."""

    class Meta:
        interfaces = (Node,)

    id = GlobalId("NewslettersTopic", "id")
    code = Column(graphene.NonNull(graphene.String), "code", description="Stays for good; also in the address.")
    name = Column(
        graphene.NonNull(graphene.String), "name", "name_en", description="Name in the language of the request.",
        make_for=lambda _context: namer(),
    )  # fmt: skip
    description = Column(graphene.NonNull(graphene.String), "description", description="What it is about.")
    language = Column(graphene.NonNull(graphene.String), "language", description="In which its issues are written.")
    sample = Column(graphene.NonNull(graphene.String), "sample", description="What an issue is like; may be empty.")
    frequency = Column(graphene.NonNull(NewslettersFrequency), "frequency", description="How often.")

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """Those that are offered."""
        return Topic.objects.filter(is_active=True)


class NewslettersIssue(RowType):
    """An issue that was sent."""

    class Meta:
        interfaces = (Node,)

    id = GlobalId("NewslettersIssue", "id")
    topic = Related(NewslettersTopic, "topic", description="Of which newsletter; null when it is offered no longer.")
    subject = Column(graphene.NonNull(graphene.String), "subject", description="Subject of the mail.")
    preview = Column(graphene.NonNull(graphene.String), "preview", description="First words; may be empty.")
    sent_at = Column(graphene.NonNull(DateTime), "send_at", description="When it left.")
    url = Column(
        graphene.NonNull(graphene.String), "topic__code", "slug", description="Its page in the archive.",
        make=lambda _context, topic, slug: absolute(reverse("newsletters:issue", args=[topic, slug])),
    )  # fmt: skip

    @classmethod
    def objects(cls, context: Any) -> QuerySet:
        """What left."""
        return Issue.objects.all().public()


class NewslettersSubscribeInput(MutationInput):
    """Which newsletters, where to, and what was read."""

    email = graphene.NonNull(graphene.String, description="A mail with a code goes there; nothing else before it.")
    topics = graphene.NonNull(graphene.List(graphene.NonNull(graphene.String)), description="Codes of newsletters.")
    agreed_to = graphene.NonNull(
        graphene.String, description="The exact words that the person read and agreed to; kept as proof."
    )


class NewslettersConfirmInput(MutationInput):
    """The code of the mail."""

    email = graphene.NonNull(graphene.String, description="The address.")
    code = graphene.NonNull(graphene.String, description="Six digits; good for three days, five tries.")


class NewslettersSubscribe(MutationType):
    """Asks for newsletters; they come once the address is confirmed."""

    Input = NewslettersSubscribeInput
    asked = graphene.Boolean(description="True: a mail with a code is on its way.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> NewslettersSubscribe:
        """Raises WrongMail, NothingChosen, ConsentMissing, TooOften."""
        require_within_limit(context, "subscribe", key=given["email"].strip().lower()[:200])
        subscribing.ask(
            given["email"], given["topics"], words=given["agreed_to"], language=(get_language() or "it")[:2],
            channel="api",
        )  # fmt: skip
        return cls(asked=True)


class NewslettersConfirm(MutationType):
    """Confirms an address by the code of the mail."""

    Input = NewslettersConfirmInput
    topics = graphene.List(graphene.NonNull(graphene.String), description="Codes of what comes from now on.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> NewslettersConfirm:
        """The same answer for an address that nobody asked for. Raises WrongCode, TooOften."""
        email = given["email"].strip().lower()
        require_within_limit(context, "code_of_address", key=email[:200])
        reader = Subscriber.objects.filter(email=email).first()
        if reader is None:
            raise WrongCode(field="code")
        subscribing.confirm(reader, given["code"])
        return cls(topics=subscribing.chosen(reader))


class NewslettersChooseInput(MutationInput):
    """What a reader gets from now on."""

    reader = graphene.NonNull(
        graphene.String, description="Last part of her own link in each mail: `/newsletter/preferenze/<reader>/`."
    )
    topics = graphene.NonNull(
        graphene.List(graphene.NonNull(graphene.String)), description="All she wants; none: she gets nothing more."
    )


class NewslettersChoose(MutationType):
    """Chooses anew, by the reader's own link, without a password."""

    Input = NewslettersChooseInput
    topics = graphene.List(graphene.NonNull(graphene.String), description="Codes of what comes from now on.")

    @classmethod
    def perform(cls, context: Any, **given: Any) -> NewslettersChoose:
        """Raises WrongLink."""
        reader = subscribing.reader_of(given["reader"])
        if reader is None:
            raise WrongLink(field="reader")
        subscribing.choose(reader, given["topics"], language=(get_language() or "it")[:2])
        return cls(topics=subscribing.chosen(reader))


nodes = {NewslettersTopic: ANYONE, NewslettersIssue: ANYONE}


class Query(graphene.ObjectType):
    """Root fields for reading."""

    policies: ClassVar = {
        "newsletters_topics": ANYONE, "newsletters_issues": ANYONE, "newsletters_choice": ANYONE,
    }  # fmt: skip
    newsletters_topics = Connection(
        NewslettersTopic, NewslettersTopic.objects, orders={"POSITION": ("position", "id")}, same_for_all=True,
        description="The newsletters that one can get.",
    )  # fmt: skip
    newsletters_issues = Connection(
        NewslettersIssue, NewslettersIssue.objects, orders={"SENT_AT": ("send_at", "id")}, newest_first=True,
        same_for_all=True, description="The issues that were sent, the newest first.",
    )  # fmt: skip
    newsletters_choice = graphene.List(
        graphene.NonNull(graphene.String),
        reader=graphene.NonNull(
            graphene.String, description="Last part of her own link in each mail: `/newsletter/preferenze/<reader>/`."
        ),
        description="Codes of what a reader gets, by her own link; null when it was not made here.",
    )

    @staticmethod
    def resolve_newsletters_choice(root: Any, info: Any, reader: str) -> list[str] | None:
        """2 queries."""
        found = subscribing.reader_of(reader)
        return None if found is None else subscribing.chosen(found)


class Mutation(graphene.ObjectType):
    """Root fields for writing."""

    policies: ClassVar = {"newsletters_subscribe": ANYONE, "newsletters_confirm": ANYONE, "newsletters_choose": ANYONE}
    newsletters_subscribe = NewslettersSubscribe.Field(description="Asks for newsletters.")
    newsletters_confirm = NewslettersConfirm.Field(description="Confirms an address by the code of its mail.")
    newsletters_choose = NewslettersChoose.Field(description="Chooses anew, by the reader's own link.")
