"""Every place has its standard roles from the start; whoever was here keeps what she could do."""

from django.db import migrations

ROLES = """
INSERT INTO people_role (code, name, is_standard, added, removed)
SELECT code, '', true, '{}', '{}' FROM unnest(
    CASE current_schema() WHEN 'public' THEN ARRAY['operations', 'billing', 'support', 'auditor']
    ELSE ARRAY['administrator', 'communications', 'civil_protection', 'officer', 'desk', 'reader'] END
) WITH ORDINALITY AS roles(code, position) ORDER BY position;
INSERT INTO people_assignment (user_id, role_id, categories, valid_from, given_by)
SELECT was.id, role.id, '{}', now(), 'migration' FROM people_was was JOIN people_role role
    ON role.code = CASE was.role WHEN 'operator' THEN 'operations' ELSE was.role END;
DROP TABLE people_was;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_roles_offices_grants_tokens")]
    operations = [migrations.RunSQL(ROLES, migrations.RunSQL.noop)]
