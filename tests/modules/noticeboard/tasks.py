"""One task."""

from campanile_modules.noticeboard.models import Notice
from campanile_tenants.kit.tasks import town_task


@town_task(lane="bulk")
def tidy() -> None:
    Notice.objects.create(text="tidied")
