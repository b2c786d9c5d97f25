"""Every municipality has its code in the index of public bodies (IPA); at first the usual one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_walls")]
    operations = [
        migrations.AddField(
            "municipality", "ipa_code", models.SlugField(blank=True, default="", max_length=20, verbose_name="IPA code")
        ),
        migrations.AddField(
            "municipality",
            "tax_code",
            models.CharField(blank=True, default="", max_length=11, verbose_name="tax code of the body"),
            preserve_default=False,
        ),
        migrations.RunPython(
            lambda apps, editor: apps.get_model("registry", "Municipality").objects.update(
                ipa_code=models.functions.Concat(
                    models.Value("c_"), models.functions.Lower("belfiore_code"), output_field=models.CharField()
                )
            ) if editor.connection.schema_name == "public" else None,
            migrations.RunPython.noop,
        ),
        migrations.AlterField(
            "municipality",
            "ipa_code",
            models.SlugField(blank=True, max_length=20, unique=True, verbose_name="IPA code"),
        ),
    ]
