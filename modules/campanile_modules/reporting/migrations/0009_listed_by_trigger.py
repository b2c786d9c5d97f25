"""Whether everybody may know of a report follows from its state and its category: the database keeps it."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION reporting_report_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_listed := NEW.state NOT IN ('pending_email', 'held', 'rejected', 'withdrawn') AND EXISTS (
        SELECT FROM reporting_category c WHERE c.id = NEW.category_id AND c.visibility = 'public');
    RETURN NEW;
END $$;
CREATE TRIGGER lists BEFORE INSERT OR UPDATE OF state, category_id, is_listed ON reporting_report
    FOR EACH ROW EXECUTE FUNCTION reporting_report_lists();
CREATE FUNCTION reporting_category_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reporting_report SET category_id = category_id WHERE category_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER lists AFTER UPDATE OF visibility ON reporting_category
    FOR EACH ROW WHEN (OLD.visibility IS DISTINCT FROM NEW.visibility)
    EXECUTE FUNCTION reporting_category_lists();
UPDATE reporting_report SET category_id = category_id;
"""
BACK = """
DROP TRIGGER lists ON reporting_report; DROP FUNCTION reporting_report_lists();
DROP TRIGGER lists ON reporting_category; DROP FUNCTION reporting_category_lists();
"""


class Migration(migrations.Migration):
    """Triggers in each town's schema."""

    dependencies = [("reporting", "0008_listed_and_due")]
    operations = [migrations.RunSQL(TRIGGERS, BACK)]
