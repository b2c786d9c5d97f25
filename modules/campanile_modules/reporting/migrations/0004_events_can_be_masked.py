"""Erasing a person on purpose may take her out of the texts of a report's events (kit.erasure)."""

from django.db import migrations

KEEP = """
CREATE OR REPLACE FUNCTION reporting_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.author_id IS NULL
       AND (to_jsonb(NEW) - 'author_id') = (to_jsonb(OLD) - 'author_id') THEN
        RETURN NEW;  -- the account of the author was deleted
    END IF;
    IF current_setting('campanile.erasing', true) = 'on' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        ELSIF to_jsonb(NEW) - ARRAY['public_text', 'internal_text', 'author_name']
              = to_jsonb(OLD) - ARRAY['public_text', 'internal_text', 'author_name'] THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'events of a report are append-only' USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("reporting", "0003_office")]
    operations = [migrations.RunSQL(KEEP, migrations.RunSQL.noop)]
