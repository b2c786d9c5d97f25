"""One field."""

from __future__ import annotations

from typing import Any, ClassVar

import graphene
from campanile_modules.noticeboard.models import Notice

from campanile_tenants.kit.api import ANYONE


class Query(graphene.ObjectType):
    """Root fields."""

    policies: ClassVar = {"noticeboard_texts": ANYONE}
    noticeboard_texts = graphene.List(graphene.NonNull(graphene.String), description="All texts.")

    @staticmethod
    def resolve_noticeboard_texts(root: Any, info: Any) -> list[str]:
        return list(Notice.objects.values_list("text", flat=True))
