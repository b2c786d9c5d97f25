"""One task that a schedule runs, and two that look where they are."""

from __future__ import annotations

import random

from campanile_modules.noticeboard.models import Notice
from django.db import DatabaseError, connection, transaction
from django_tenants.utils import schema_context

from campanile_tenants.kit.tasks import town_task

SCHEMAS = ("c_097042", "c_097046", "c_097048")


@town_task(lane="bulk")
def tidy() -> None:
    Notice.objects.create(text="tidied")


@town_task(lane="bulk")
def look_around(fail: bool = False) -> None:
    """Writes down in which schema it runs; the table of another town would refuse."""
    here = _where()
    if fail:
        with transaction.atomic():
            Notice.objects.create(text="never seen")
            raise RuntimeError("on purpose")
    Notice.objects.create(text=here)


@town_task(lane="bulk")
def wander(seed: int, switches: int) -> None:
    """Visits towns at random, with errors, rollbacks and savepoints; writes down how often it was elsewhere."""
    choose, wrong = random.Random(seed), 0
    home = _where()
    for _ in range(switches):
        schema = choose.choice(SCHEMAS)
        with schema_context(schema):
            try:
                with transaction.atomic():
                    if choose.random() < 0.3:
                        with transaction.atomic(), schema_context(choose.choice(SCHEMAS)):
                            _where()
                            transaction.set_rollback(True)
                    wrong += _where() != f"{schema} {schema}"
                    if choose.random() < 0.3:
                        with connection.cursor() as cursor:
                            cursor.execute("SELECT 1/0")
            except DatabaseError:
                wrong += _where() != f"{schema} {schema}"
    wrong += _where() != home
    Notice.objects.create(text=f"wandered {switches}, wrong {wrong}")


def _where() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema() || ' ' || current_user")
        return str(cursor.fetchone()[0])
