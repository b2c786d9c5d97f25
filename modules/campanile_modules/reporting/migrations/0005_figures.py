"""How many reports stand in each state, for the centre."""

from django.db import migrations

from campanile_tenants.kit.figures import counted


class Migration(migrations.Migration):
    """Triggers in each town's schema."""

    dependencies = [("reporting", "0004_events_can_be_masked")]
    operations = [counted("reporting_report", "state", "reporting")]
