"""graphql-core, our executor and the compiler give the same bytes, for random valid queries, as different people."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from graphql import ExecutionContext

from campanile_graphql import compiler
from campanile_graphql.documents import documents
from campanile_graphql.requests import Asked
from campanile_graphql.running import by_executor
from campanile_infra.database.scope import in_schema
from campanile_modules.reporting import services
from campanile_modules.reporting.models import Category
from campanile_modules.reporting.states import State
from campanile_tenants.contract.errors import WrongHost
from tests.towns import inside, user

QUESTIONS = int(os.environ.get("CAMPANILE_RANDOM_QUERIES", "1500"))
"""`CAMPANILE_RANDOM_QUERIES=100000` for the long run."""


@pytest.fixture
def reports(lecco: Any) -> Iterator[Any]:
    """A town with reports in all states, with and without a point, accents, quotes and emoji."""
    with inside(lecco):
        categories = list(Category.objects.all()[:4])
        officer = user("sindaco")
        for n in range(24):
            place = {"latitude": 45 + n / 7, "longitude": None} if n % 3 else {}
            report = services.submit(
                category=categories[n % 4], title=f'Buca "{n}" è lì 🕳️', description="" if n % 2 else "più\nrighe\t\\",
                address=f"Via {n}", **({"latitude": 45 + n / 100, "longitude": 9 + n / 100} if place else {}),
            )  # fmt: skip
            if n % 2:
                services.take_charge(report, by=officer, publish=n % 4 == 1)
            if n % 5 == 1:
                services.close(report, by=officer, state=State.RESOLVED, text="Fatto")
    return lecco


class Questions:
    """Makes random valid documents from the schema's list of what a report is."""

    SCALARS = ("id", "code", "title", "description", "address", "latitude", "longitude", "state", "createdAt", "closedAt",
               "__typename")  # fmt: skip
    CATEGORY = ("id", "code", "name", "__typename")

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.fragments: list[str] = []
        self.cursors: list[str] = []

    def one(self) -> tuple[str, dict[str, Any]]:
        self.fragments, variables = [], {}
        roots = [self.root(n) for n in range(self.choose.choice((1, 1, 1, 2)))]
        head = "query"
        if self.choose.random() < 0.3:
            head = "query Q($n: Int!)"
            roots[0] = roots[0].replace("first: 5", "first: $n", 1)
            variables = {"n": self.choose.choice((1, 5, 100))} if "$n" in roots[0] else {}
            head = head if variables else "query"
        return f"{head} {{ {' '.join(roots)} }} {' '.join(self.fragments)}", variables

    def root(self, n: int) -> str:
        name = f"r{n}: " if n or self.choose.random() < 0.3 else ""
        if self.choose.random() < 0.2:
            return f"{name}reportingCategories(first: {self.choose.choice((1, 3, 100))}) {{ {self.parts(self.category)} }}"
        size = self.choose.choice(("first: 5", "first: 1", "first: 100", "last: 4"))
        filters = self.choose.choice(
            ("", "", ", filterBy: {state: [SUBMITTED, RESOLVED]}", ', filterBy: {category: ["roads"]}', ", filterBy: null",
             ', filterBy: {createdFrom: "2020-01-01T00:00:00+01:00"}')
        )  # fmt: skip
        order = self.choose.choice(("", "", ", orderBy: {field: CODE, direction: ASC}",
                                    ", orderBy: {field: CREATED_AT, direction: ASC}"))  # fmt: skip
        return f"{name}reportingReports({size}{filters}{order}) {{ {self.parts(self.report)} }}"

    def parts(self, node: Any) -> str:
        possible = [
            lambda: f"nodes {{ {node()} }}", lambda: f"edges {{ cursor node {{ {node()} }} }}", lambda: "totalCount",
            lambda: f"x: edges {{ __typename node {{ {node()} }} }}", lambda: "__typename",
            lambda: "pageInfo { hasNextPage hasPreviousPage startCursor end: endCursor __typename }",
        ]  # fmt: skip
        return " ".join(part() for part in self.choose.sample(possible, self.choose.randint(1, 3)))

    def report(self) -> str:
        fields = [self.aliased(name) for name in self.choose.choices(self.SCALARS, k=self.choose.randint(1, 8))]
        if self.choose.random() < 0.5:
            fields.append(f"category {{ {self.category()} }}")
        if self.choose.random() < 0.15:
            fields.append(f"category {{ {self.category()} }}")
        if self.choose.random() < 0.1:
            fields.append("events(first: 2) { nodes { kind happenedAt } totalCount }")
        if self.choose.random() < 0.1:
            fields.append("code @include(if: true) title @skip(if: true)")
        return self.wrapped("ReportingReport", " ".join(fields))

    def category(self) -> str:
        names = self.choose.choices(self.CATEGORY, k=self.choose.randint(1, 3))
        return self.wrapped("ReportingCategory", " ".join(self.aliased(name) for name in names))

    def aliased(self, name: str) -> str:
        return f"a_{name}: {name}" if self.choose.random() < 0.2 else name

    def wrapped(self, type_name: str, fields: str) -> str:
        way = self.choose.random()
        if way < 0.15:
            self.fragments.append(f"fragment F{len(self.fragments)} on {type_name} {{ {fields} }}")
            return f"...F{len(self.fragments) - 1} id"
        if way < 0.25:
            return f"... on {type_name} {{ {fields} }} ... on Node {{ id }}"
        return fields


def test_executor_and_compiler_answer_byte_for_byte_the_same(reports: Any) -> None:
    seed = random.randrange(10**9)
    questions, compiled = Questions(seed), 0
    with in_schema(reports.schema_name, reports):
        people = [AnonymousUser(), user("cittadina"), user("lettore"), user("tecnico"), user("sindaco")]
        for number in range(QUESTIONS):
            text, variables = questions.one()
            request: Any = RequestFactory().post("/graphql/")
            request.user, request.session, request.town = people[number % len(people)], {}, reports
            document = documents.get(text)
            operation = document.operation(None)
            slow = by_executor(request, document, operation, Asked(text, None, variables), ExecutionContext)
            shorter = by_executor(request, document, operation, Asked(text, None, variables))
            assert orjson.dumps(shorter) == orjson.dumps(slow), f"seed {seed}, question {number}: {text} {variables}"
            try:
                fast = {"data": compiler.run(document, operation, variables, request)}
            except compiler.NotSimple:
                continue
            compiled += 1
            assert orjson.dumps(fast) == orjson.dumps(slow), f"seed {seed}, question {number}: {text} {variables}"
    assert compiled > QUESTIONS * 0.5, f"only {compiled} of {QUESTIONS} were compiled"


def test_what_the_gate_refuses_the_plan_refuses_too(lecco: Any) -> None:
    document = documents.get("{ municipalities(first: 1) { totalCount } }")
    request: Any = RequestFactory().post("/graphql/")
    request.user, request.session, request.town = AnonymousUser(), {}, lecco
    with inside(lecco), pytest.raises(WrongHost):
        compiler.run(document, document.operation(None), {}, request)
