"""The four fixed words for people become kinds of account; what somebody may do is said by roles from now on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.RemoveConstraint("user", "user_role_is_known"),
        migrations.RenameField("user", "role", "kind"),
        migrations.RunSQL(
            "CREATE TABLE people_was AS SELECT id, kind AS role FROM people_user;"
            "UPDATE people_user SET kind = 'staff' WHERE kind IN ('administrator', 'officer');",
            migrations.RunSQL.noop,
        ),
    ]
