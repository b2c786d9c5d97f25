"""Events of a report are append-only: the database refuses what the code forgets."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION reporting_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.author_id IS NULL
       AND (to_jsonb(NEW) - 'author_id') = (to_jsonb(OLD) - 'author_id') THEN
        RETURN NEW;  -- the account of the author was deleted
    END IF;
    IF TG_OP = 'DELETE' AND current_setting('campanile.erasing', true) = 'on' THEN
        RETURN OLD;  -- a whole report is erased on purpose (kit.erasure)
    END IF;
    RAISE EXCEPTION 'events of a report are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON reporting_reportevent
    FOR EACH ROW EXECUTE FUNCTION reporting_event_is_append_only();
"""


class Migration(migrations.Migration):
    """A trigger in each town's schema."""

    dependencies = [("reporting", "0001_initial")]
    operations = [
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER append_only ON reporting_reportevent; DROP FUNCTION reporting_event_is_append_only();",
        )
    ]
