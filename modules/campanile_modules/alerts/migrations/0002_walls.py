"""What the database itself refuses: another content after submitting, moves that are none, a drill made real."""

from django.db import migrations

WALLS = """
CREATE FUNCTION alerts_revision_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.sent_at IS NULL OR current_setting('campanile.erasing', true) = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'what was sent is kept' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'draft' AND (
        (NEW.alert_id, NEW.number, NEW.msg_type, NEW.colour, NEW.severity, NEW.certainty, NEW.responses, NEW.onset,
         NEW.expires_at, NEW.texts, NEW.areas, NEW.channels, NEW.at_once, NEW.everybody)
        IS DISTINCT FROM
        (OLD.alert_id, OLD.number, OLD.msg_type, OLD.colour, OLD.severity, OLD.certainty, OLD.responses, OLD.onset,
         OLD.expires_at, OLD.texts, OLD.areas, OLD.channels, OLD.at_once, OLD.everybody)
    ) THEN
        RAISE EXCEPTION 'what was submitted stands' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state NOT IN ('draft', 'submitted') AND NEW.state <> 'draft'
       AND (NEW.content_hash, NEW.approved_hash) IS DISTINCT FROM (OLD.content_hash, OLD.approved_hash) THEN
        RAISE EXCEPTION 'what was approved stands' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.document <> '' AND NEW.document <> OLD.document THEN
        RAISE EXCEPTION 'what was sent stands' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
        (OLD.state = 'draft' AND NEW.state IN ('submitted', 'approved', 'discarded'))
        OR (OLD.state = 'submitted' AND NEW.state IN ('draft', 'approved', 'discarded'))
        OR (OLD.state = 'approved' AND NEW.state IN ('draft', 'releasing', 'discarded'))
        OR (OLD.state = 'releasing' AND NEW.state IN ('active', 'updated', 'cancelled', 'expired'))
        OR (OLD.state = 'active' AND NEW.state IN ('updated', 'cancelled', 'expired'))
    ) THEN
        RAISE EXCEPTION 'an alert that is % does not become %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stands BEFORE UPDATE OR DELETE ON alerts_revision
    FOR EACH ROW EXECUTE FUNCTION alerts_revision_stands();

CREATE FUNCTION alerts_kind_is_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'whether an alert is a drill never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kind_is_for_good BEFORE UPDATE OF kind ON alerts_alert
    FOR EACH ROW WHEN (NEW.kind IS DISTINCT FROM OLD.kind) EXECUTE FUNCTION alerts_kind_is_for_good();

CREATE FUNCTION alerts_delegation_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
       AND (to_jsonb(NEW) - 'withdrawn_at' - 'given_by_id') = (to_jsonb(OLD) - 'withdrawn_at' - 'given_by_id') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a delegation is evidence: withdraw it and give another one' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stands BEFORE UPDATE OR DELETE ON alerts_delegation
    FOR EACH ROW EXECUTE FUNCTION alerts_delegation_stands();
"""
BACK = """
DROP TRIGGER stands ON alerts_delegation; DROP FUNCTION alerts_delegation_stands();
DROP TRIGGER kind_is_for_good ON alerts_alert; DROP FUNCTION alerts_kind_is_for_good();
DROP TRIGGER stands ON alerts_revision; DROP FUNCTION alerts_revision_stands();
"""


class Migration(migrations.Migration):
    """Triggers in each town's schema."""

    dependencies = [("alerts", "0001_initial")]
    operations = [migrations.RunSQL(WALLS, BACK)]
