"""Scalars that all modules share: moments with a zone, money, shapes on the map."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import graphene
from django.utils.dateparse import parse_datetime
from graphql import GraphQLError
from graphql.language import ast


class DateTime(graphene.Scalar):
    """A moment as ISO 8601 with its time zone, such as `2026-11-22T09:30:00+01:00`; answers are in UTC."""

    @staticmethod
    def serialize(moment: datetime) -> str:
        return moment.astimezone(UTC).isoformat(timespec="microseconds")

    @staticmethod
    def parse_value(value: Any) -> datetime:
        try:
            moment = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise GraphQLError("A DateTime is text in ISO 8601 with a time zone: 2026-11-22T09:30:00+01:00.")
        return moment

    @classmethod
    def parse_literal(cls, node: ast.ValueNode, variables: Any = None) -> datetime:
        return cls.parse_value(node.value if isinstance(node, ast.StringValueNode) else None)


class GeoJSON(graphene.Scalar):
    """A geometry of RFC 7946 (WGS 84, longitude first), such as `{"type": "Point", "coordinates": [9.39, 45.85]}`."""

    @staticmethod
    def serialize(shape: dict[str, Any]) -> dict[str, Any]:
        return shape

    @staticmethod
    def parse_value(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not isinstance(value.get("type"), str) or "coordinates" not in value:
            raise GraphQLError('A GeoJSON geometry is an object with "type" and "coordinates" (RFC 7946).')
        return value

    @classmethod
    def parse_literal(cls, node: ast.ValueNode, variables: Any = None) -> dict[str, Any]:
        return cls.parse_value(_plain(node))


def _plain(node: ast.ValueNode) -> Any:
    if isinstance(node, ast.ObjectValueNode):
        return {field.name.value: _plain(field.value) for field in node.fields}
    if isinstance(node, ast.ListValueNode):
        return [_plain(value) for value in node.values]
    if isinstance(node, ast.IntValueNode | ast.FloatValueNode):
        return float(node.value)
    return node.value if isinstance(node, ast.StringValueNode) else None


class Amount(graphene.Scalar):
    """An exact amount as text with a point, such as `"1250.00"`: never a binary fraction."""

    @staticmethod
    def serialize(amount: Decimal) -> str:
        return format(amount, "f")

    @staticmethod
    def parse_value(value: Any) -> Decimal:
        try:
            amount = Decimal(value) if isinstance(value, str) else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise GraphQLError('An amount is text with a point: "1250.00".')
        return amount

    @classmethod
    def parse_literal(cls, node: ast.ValueNode, variables: Any = None) -> Decimal:
        return cls.parse_value(node.value if isinstance(node, ast.StringValueNode) else None)


class Currency(graphene.Enum):
    """Currencies, by ISO 4217."""

    EUR = "EUR"


class Money(graphene.ObjectType):
    """An amount and its currency."""

    amount = graphene.NonNull(Amount, description="Exact amount.")
    currency = graphene.NonNull(Currency, description="ISO 4217 code.")
