"""Exporting a list: the query that was sent, asked page by page, each page a part of the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from graphql import FieldNode, get_named_type, is_leaf_type, print_ast
from graphql.execution.values import get_argument_values

from campanile_graphql.acting import Acting
from campanile_graphql.compose import roots, schema
from campanile_graphql.documents import Document, documents
from campanile_graphql.errors import RequestError
from campanile_graphql.gate import admit
from campanile_graphql.limits import budget_of, check_price
from campanile_graphql.requests import Asked
from campanile_graphql.running import answer
from campanile_tenants.kit.api import MOST_PER_PAGE
from campanile_tenants.kit.api.lists import Connection
from campanile_tenants.town.api import jobs
from campanile_tenants.town.api.errors import NotExportable
from campanile_tenants.town.api.models import Job

_PAGES_A_PART = 20


@dataclass(frozen=True)
class Plan:
    """An export's query with pages added; `columns` are the leaves of one row for CSV, as paths of response keys."""

    what: str
    key: str
    document: Document
    columns: list[tuple[str, ...]]


def plan(text: str, user: Any, row_format: str) -> Plan:
    """Reads the query of an export and checks it. Raises NotExportable, which says what to write instead."""
    try:
        document = documents.get(text)
        operation = document.operation(None)
    except RequestError as error:
        raise NotExportable(reason=error.message, field="query") from error
    selections = operation.selection_set.selections
    root = selections[0] if len(selections) == 1 else None
    if not document.is_query(operation) or not isinstance(root, FieldNode) or operation.variable_definitions:
        raise _not(_("Send one query without variables that asks for one list."))
    declared = roots()[root.name.value].field if root.name.value in roots() else None
    if not isinstance(declared, Connection) or root.directives:
        raise _not(_("“%(name)s” is not a list.") % {"name": root.name.value})
    if {argument.name.value for argument in root.arguments} & {"first", "last", "after", "before"}:
        raise _not(_("Leave out first, last, after and before: everything is exported."))
    inner = root.selection_set.selections if root.selection_set else ()
    nodes = inner[0] if len(inner) == 1 else None
    if not isinstance(nodes, FieldNode) or nodes.name.value != "nodes" or nodes.alias:
        raise _not(_("Ask for “nodes { ... }” and nothing beside."))
    type_ = schema().graphql_schema.type_map[declared.row_type._meta.name]
    columns = list(_columns(type_, nodes, ())) if row_format == Job.Format.CSV else []
    paged = documents.get(_with_pages(root, document.fragments))
    try:
        check_price(budget_of(user), paged.measures(paged.operation(None), {}).requested, trusted=True)
    except RequestError as error:
        raise _not(error.message) from error
    key = root.alias.value if root.alias else root.name.value
    return Plan(root.name.value, key, paged, columns)


def _not(reason: str) -> NotExportable:
    return NotExportable(reason=reason, field="query")


def _with_pages(root: FieldNode, fragments: Mapping[str, Any]) -> str:
    """The same query with `first` and `after`; fragments it uses are left where they are."""
    arguments = ", ".join([*(print_ast(one) for one in root.arguments), f"first: {MOST_PER_PAGE}, after: $after"])
    head = f"{root.alias.value}: {root.name.value}" if root.alias else root.name.value
    assert root.selection_set is not None
    inner = print_ast(root.selection_set)[1:-1]
    rest = "\n".join(print_ast(fragment) for fragment in fragments.values())
    page = "pageInfo { hasNextPage endCursor }"
    return f"query Export($after: String) {{ {head}({arguments}) {{ {inner} {page} }} }}\n{rest}"


def _columns(type_: Any, node: FieldNode, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for selection in node.selection_set.selections if node.selection_set else ():
        if not isinstance(selection, FieldNode):
            raise _not(_("CSV wants plain fields: no fragments. NDJSON takes them."))
        key = selection.alias.value if selection.alias else selection.name.value
        if selection.name.value == "__typename":
            yield (*path, key)
            continue
        inner = get_named_type(type_.fields[selection.name.value].type)
        if is_leaf_type(inner):
            yield (*path, key)
        elif inner.name.endswith("Connection"):
            raise _not(_("CSV has no place for lists inside a row. NDJSON takes them."))
        else:
            yield from _columns(inner, selection, (*path, key))


def run(job: Job, context: Acting) -> None:
    """Writes the parts that are left. What it read is committed part by part, so a killed run goes on.

    Raises CampanileError when it may not, or cannot, go on.
    """
    made = plan(job.document, context.user, job.format)
    root = roots()[made.what]
    admit(root.policy, root.module, context)
    if job.total is None:
        jobs.moved(job, total=_count(made, context))
    after: str | None = job.position or None
    while True:
        rows, after = _pages(made, context, after)
        last = after is None
        with transaction.atomic():
            text = b"".join(_write(made, job, rows, is_first=job.parts == 0))
            default_storage.delete(job.part(job.parts))  # what a killed run wrote and did not commit
            default_storage.save(job.part(job.parts), ContentFile(text))
            if not jobs.moved(job, position=after or "", parts=job.parts + 1, done=job.done + len(rows)):
                return
        if last:
            jobs.end(job, Job.State.DONE)
            return


def _count(made: Plan, context: Acting) -> int:
    declared: Any = roots()[made.what].field
    operation = made.document.operation(None)
    node: Any = operation.selection_set.selections[0]
    definition = schema().graphql_schema.query_type
    assert definition is not None
    given = get_argument_values(definition.fields[made.what], node, {"after": None})
    total: int = declared.listing(context, given).queryset.order_by().count()
    return total


def _pages(made: Plan, context: Acting, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """The rows of the next pages, and the cursor to go on from; None at the end."""
    rows: list[dict[str, Any]] = []
    for _page in range(_PAGES_A_PART):
        asked = Asked(made.document.text, None, {"after": after})
        told = answer(context, made.document, made.document.operation(None), asked)
        if "errors" in told:
            raise NotExportable(reason=told["errors"][0]["message"])
        page = told["data"][made.key]
        rows += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return rows, None
        after = page["pageInfo"]["endCursor"]
    return rows, after


def _write(made: Plan, job: Job, rows: list[dict[str, Any]], *, is_first: bool) -> Iterator[bytes]:
    if job.format == Job.Format.NDJSON:
        for row in rows:
            yield orjson.dumps(row) + b"\n"
        return
    text = io.StringIO()
    writer = csv.writer(text)
    if is_first:
        writer.writerow([".".join(path) for path in made.columns])
    writer.writerows([_cell(_at(row, path)) for path in made.columns] for row in rows)
    yield text.getvalue().encode()


def _at(row: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        row = row[key] if row is not None else None
    return row


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value
