"""How the promises stand and how many reports are late, for the centre."""

from django.db import migrations

from campanile_tenants.kit.figures import counted


class Migration(migrations.Migration):
    """Triggers in each town's schema."""

    dependencies = [("reporting", "0006_the_whole")]
    operations = [
        counted("reporting_report", "promise", "reporting.promise", "promise_"),
        counted("reporting_report", "escalated", "reporting.overdue", "overdue_"),
    ]
