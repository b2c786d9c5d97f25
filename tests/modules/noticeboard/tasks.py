"""One task that a schedule runs, and one that looks where it is."""

from campanile_modules.noticeboard.models import Notice
from django.db import connection, transaction

from campanile_tenants.kit.tasks import town_task


@town_task(lane="bulk")
def tidy() -> None:
    Notice.objects.create(text="tidied")


@town_task(lane="bulk")
def look_around(fail: bool = False) -> None:
    """Writes down in which schema it runs; the table of another town would refuse."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema() || ' ' || current_user")
        where = cursor.fetchone()[0]
    if fail:
        with transaction.atomic():
            Notice.objects.create(text="never seen")
            raise RuntimeError("on purpose")
    Notice.objects.create(text=where)
