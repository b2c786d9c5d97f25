"""Processes hear when a town changes its face; versions are never rewritten."""

from django.db import migrations

TELL = """
CREATE FUNCTION site_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('campanile_registry', TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON site_identity
    FOR EACH STATEMENT EXECUTE FUNCTION site_tell();
CREATE FUNCTION site_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.data IS DISTINCT FROM OLD.data OR NEW.number <> OLD.number OR NEW.page_id <> OLD.page_id THEN
        RAISE EXCEPTION 'a version is never rewritten' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays BEFORE UPDATE ON site_version FOR EACH ROW EXECUTE FUNCTION site_version_stays();
"""


class Migration(migrations.Migration):
    """Triggers in each town's schema."""

    dependencies = [("site", "0001_initial")]
    operations = [
        migrations.RunSQL(
            TELL,
            "DROP TRIGGER tell ON site_identity; DROP FUNCTION site_tell();"
            "DROP TRIGGER stays ON site_version; DROP FUNCTION site_version_stays();",
        )
    ]
