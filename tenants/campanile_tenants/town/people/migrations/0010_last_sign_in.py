"""When somebody of the town's staff was last here, for the centre: a moment, and no name."""

from django.db import migrations

TRIGGER = """
CREATE FUNCTION people_last_sign_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.registry_figure (schema_name, code, value, changed_at)
    VALUES (TG_TABLE_SCHEMA, 'people.last_sign_in', extract(epoch FROM NEW.last_login)::bigint, now())
    ON CONFLICT (schema_name, code) DO UPDATE
        SET value = greatest(registry_figure.value, excluded.value), changed_at = excluded.changed_at;
    RETURN NULL;
END $$;
CREATE TRIGGER last_sign_in AFTER UPDATE OF last_login ON people_user FOR EACH ROW
    WHEN (NEW.kind = 'staff' AND NEW.last_login IS NOT NULL AND NEW.last_login IS DISTINCT FROM OLD.last_login)
    EXECUTE FUNCTION people_last_sign_in();
"""
BACK = "DROP TRIGGER last_sign_in ON people_user; DROP FUNCTION people_last_sign_in();"


class Migration(migrations.Migration):
    """In towns; in the public schema, where people are operators, it never fires."""

    dependencies = [("people", "0009_apitoken_sandbox")]
    operations = [migrations.RunSQL(TRIGGER, BACK)]
