"""What `campanile bench graphql` is measured against, each written as its own documentation shows it."""

from __future__ import annotations

from typing import Any

import graphene
import strawberry
import strawberry_django
from django.http import HttpRequest, JsonResponse
from graphene_django import DjangoObjectType
from graphene_django.views import GraphQLView
from strawberry.django.views import GraphQLView as StrawberryView
from strawberry_django.optimizer import DjangoOptimizerExtension

from campanile_modules.reporting.models import Category, Report

OBJECTS = 100


def plain(request: HttpRequest) -> JsonResponse:
    """No GraphQL at all: the ORM and a JsonResponse."""
    rows = Report.objects.select_related("category").order_by("-created_at", "-id")[:OBJECTS]
    return JsonResponse(
        {
            "reports": [
                {
                    "code": row.code, "address": row.address, "state": row.state,
                    "createdAt": row.created_at.isoformat(),
                    "category": {"code": row.category.code, "name": str(row.category)},
                }
                for row in rows
            ]
        }
    )  # fmt: skip


def graphene_view(*, related: bool) -> Any:
    """graphene-django: naive, or with select_related."""

    class CategoryType(DjangoObjectType):
        class Meta:
            model = Category
            fields = ("code", "name")
            skip_registry = True

    class ReportType(DjangoObjectType):
        category = graphene.NonNull(CategoryType)
        state = graphene.NonNull(graphene.String)

        class Meta:
            model = Report
            fields = ("code", "address", "created_at")
            skip_registry = True

    class Query(graphene.ObjectType):
        reports = graphene.List(graphene.NonNull(ReportType))

        @staticmethod
        def resolve_reports(root: Any, info: Any) -> Any:
            rows = Report.objects.order_by("-created_at", "-id")[:OBJECTS]
            return rows.select_related("category") if related else rows

    return GraphQLView.as_view(schema=graphene.Schema(query=Query))


@strawberry_django.type(Category, name="CategoryType")
class StrawberryCategory:
    """Strawberry's category."""

    code: strawberry.auto
    name: strawberry.auto


@strawberry_django.type(Report, name="ReportType")
class StrawberryReport:
    """Strawberry's report."""

    code: strawberry.auto
    address: strawberry.auto
    state: str
    created_at: strawberry.auto
    category: StrawberryCategory


@strawberry.type(name="Query")
class StrawberryQuery:
    """Strawberry's root."""

    @strawberry_django.field
    def reports(self) -> list[StrawberryReport]:
        """The newest reports."""
        return Report.objects.order_by("-created_at", "-id")[:OBJECTS]  # type: ignore[return-value]


def strawberry_view() -> Any:
    """strawberry-graphql-django with its optimizer."""
    built = strawberry.Schema(query=StrawberryQuery, extensions=[DjangoOptimizerExtension])
    return StrawberryView.as_view(schema=built)
