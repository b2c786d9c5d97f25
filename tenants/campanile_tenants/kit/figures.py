"""Figures that the centre sees: counted by triggers, in the same transaction as the rows themselves."""

from __future__ import annotations

from django.db import migrations

_FUNCTION = """
CREATE FUNCTION {table}_{name}figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.registry_figure (schema_name, code, value, changed_at)
        SELECT TG_TABLE_SCHEMA, '{prefix}.' || word, count(*), now()
        FROM (SELECT {column} AS word FROM new_rows) AS moved GROUP BY word ORDER BY word
        ON CONFLICT (schema_name, code) DO UPDATE
            SET value = registry_figure.value + excluded.value, changed_at = excluded.changed_at;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.registry_figure (schema_name, code, value, changed_at)
        SELECT TG_TABLE_SCHEMA, '{prefix}.' || word, -count(*), now()
        FROM (SELECT {column} AS word FROM old_rows) AS moved GROUP BY word ORDER BY word
        ON CONFLICT (schema_name, code) DO UPDATE
            SET value = registry_figure.value + excluded.value, changed_at = excluded.changed_at;
    ELSE
        INSERT INTO public.registry_figure (schema_name, code, value, changed_at)
        SELECT TG_TABLE_SCHEMA, '{prefix}.' || word, sum(n), now()
        FROM (SELECT {column} AS word, 1 AS n FROM new_rows UNION ALL SELECT {column}, -1 FROM old_rows) AS moved
        GROUP BY word HAVING sum(n) <> 0 ORDER BY word
        ON CONFLICT (schema_name, code) DO UPDATE
            SET value = registry_figure.value + excluded.value, changed_at = excluded.changed_at;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {name}figures_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_{name}figures();
CREATE TRIGGER {name}figures_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_{name}figures();
CREATE TRIGGER {name}figures_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_{name}figures();
"""
_BACK = """
DROP TRIGGER {name}figures_insert ON {table}; DROP TRIGGER {name}figures_delete ON {table};
DROP TRIGGER {name}figures_update ON {table}; DROP FUNCTION {table}_{name}figures();
"""


def counted(table: str, column: str, prefix: str, name: str = "") -> migrations.RunSQL:
    """For a module's migration: how many rows of `table` have each value of `column`, as figures `<prefix>.<value>`.

    Rows of one statement are counted together, so a mass import adds one line, not one a row. What is there already
    is counted by the next reconciliation. `name`, ending in `_`, for a second column of the same table.
    """
    names = {"table": table, "column": column, "prefix": prefix, "name": name}
    return migrations.RunSQL(_FUNCTION.format(**names), _BACK.format(**names))
