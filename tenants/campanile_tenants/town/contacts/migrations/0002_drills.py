"""A drill reaches those who take part in drills: the database refuses everybody else, once a statement."""

from django.db import migrations

WALL = """
CREATE FUNCTION delivery_drill_stays_inside() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM new_rows d JOIN delivery_message m ON m.id = d.message_id AND m.exercise
        LEFT JOIN contacts_contact c ON c.id = d.person AND c.kind = 'drill'
        WHERE c.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a drill is for those who take part in drills' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER drill_stays_inside AFTER INSERT ON delivery_delivery REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION delivery_drill_stays_inside();
CREATE FUNCTION delivery_exercise_is_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'whether a message is a drill never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER exercise_is_for_good BEFORE UPDATE OF exercise ON delivery_message
    FOR EACH ROW WHEN (NEW.exercise IS DISTINCT FROM OLD.exercise) EXECUTE FUNCTION delivery_exercise_is_for_good();
"""
BACK = """
DROP TRIGGER exercise_is_for_good ON delivery_message; DROP FUNCTION delivery_exercise_is_for_good();
DROP TRIGGER drill_stays_inside ON delivery_delivery; DROP FUNCTION delivery_drill_stays_inside();
"""


class Migration(migrations.Migration):
    """Triggers in each town's schema."""

    dependencies = [("contacts", "0001_initial"), ("delivery", "0003_exercise")]
    operations = [migrations.RunSQL(WALL, BACK)]
