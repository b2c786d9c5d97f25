"""Running an operation that may run: by its plan, by the executor, or so that nothing of it is kept."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.db import transaction
from graphql import ExecutionContext, GraphQLError, execute

from campanile_graphql import compiler, gate
from campanile_graphql.compose import schema
from campanile_graphql.documents import Document
from campanile_graphql.errors import formatted, was_cancelled
from campanile_graphql.executor import RowExecution
from campanile_graphql.requests import Asked
from campanile_infra.database.scope import statement_limit


def answer(context: Any, document: Document, operation: Any, asked: Asked, root: Any = None) -> dict[str, Any]:
    """The compiled plan's answer, or the executor's: `data`, and `errors` if there are any.

    `context` is the request, or whoever stands in for one; `root` is what an open subscription heard.
    """
    setattr(context, gate.DEADLINE, time.monotonic() + settings.GRAPHQL_REQUEST_SECONDS)
    with statement_limit(int(settings.GRAPHQL_STATEMENT_SECONDS * 1000)):
        try:
            return {"data": compiler.run(document, operation, asked.variables, context)}
        except Exception as error:  # noqa: BLE001 - whatever it was, the executor meets it and says it as it should
            if was_cancelled(error):  # but not by trying again what already took too long
                return {"errors": [formatted(GraphQLError("", original_error=error))], "data": None}
            return by_executor(context, document, operation, asked, root=root)


def taken_back(context: Any, document: Document, operation: Any, asked: Asked) -> dict[str, Any]:
    """The answer as it would be; whatever was written is not kept, and nobody is woken."""
    with transaction.atomic():
        told = answer(context, document, operation, asked)
        transaction.set_rollback(True)
    return told


def by_executor(
    context: Any, document: Document, operation: Any, asked: Asked,
    executor: type[ExecutionContext] = RowExecution, root: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """The executor's answer."""
    name = operation.name.value if operation.name else None
    built = schema()
    result: Any = execute(
        built.graphql_schema,
        document.ast,
        root_value=root,
        context_value=context,
        variable_values=asked.variables,
        operation_name=name,
        execution_context_class=executor,
    )
    told: dict[str, Any] = {}
    if result.errors:
        told["errors"] = [formatted(error) for error in result.errors]
    if result.data is not None or not result.errors or any(error.path for error in result.errors):
        told["data"] = result.data
    return told
