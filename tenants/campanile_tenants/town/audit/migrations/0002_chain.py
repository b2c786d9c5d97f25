"""Entries are chained when their transaction commits, and never change afterwards.

The chaining function runs as the owner and names the schema of the table, because by the commit the session may
stand in another town. It locks the head last thing in a transaction, so that appending never deadlocks.
"""

from django.db import migrations

CHAIN = """
CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head record;
    digest text;
BEGIN
    EXECUTE format('SELECT number, hash FROM %I.audit_head FOR UPDATE', TG_TABLE_SCHEMA) INTO STRICT head;
    SELECT encode(sha256(convert_to(string_agg(octet_length(convert_to(f, 'UTF8')) || ':' || f, ',' ORDER BY n),
                                    'UTF8')), 'hex')
    INTO digest
    FROM unnest(ARRAY[
        (head.number + 1)::text, head.hash,
        to_char(NEW.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), NEW.actor_kind, NEW.actor_id,
        coalesce(NEW.grant_id::text, ''), NEW.action, NEW.object_type, NEW.object_id, NEW.network, NEW.channel,
        NEW.details::text]) WITH ORDINALITY AS u(f, n);
    EXECUTE format('UPDATE %I.audit_entry SET number = $1, previous_hash = $2, hash = $3 WHERE id = $4',
                   TG_TABLE_SCHEMA) USING head.number + 1, head.hash, digest, NEW.id;
    EXECUTE format('UPDATE %I.audit_head SET number = $1, hash = $2', TG_TABLE_SCHEMA)
        USING head.number + 1, digest;
    RETURN NULL;
END $$;

CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.number IS NOT NULL OR NEW.previous_hash IS NOT NULL OR NEW.hash IS NOT NULL THEN
            RAISE EXCEPTION 'the database numbers the audit trail' USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.happened_at := clock_timestamp();
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND current_user = 'campanile_owner' AND OLD.hash IS NULL AND NEW.hash IS NOT NULL
       AND to_jsonb(NEW) - ARRAY['number', 'previous_hash', 'hash']
           = to_jsonb(OLD) - ARRAY['number', 'previous_hash', 'hash'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit trail is never changed' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION audit_keep_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_user = 'campanile_owner' AND NEW.number = OLD.number + 1 THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the audit trail is never changed' USING ERRCODE = 'insufficient_privilege';
END $$;

INSERT INTO audit_head (number, hash) VALUES (0, repeat('0', 64));
CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION audit_chain();
CREATE TRIGGER audit_keep BEFORE INSERT OR UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_keep_all BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_keep_head BEFORE INSERT OR UPDATE OR DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_keep_head();
CREATE TRIGGER audit_keep_head_all BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_keep_head();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(CHAIN, migrations.RunSQL.noop)]
