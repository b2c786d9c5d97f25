"""What a town's role may see of the public schema, and how processes hear of changes."""

from django.db import migrations

# A town's role bears the name of its schema, so `current_user` says which rows are its own.
WALLS = """
ALTER TABLE public.registry_municipality ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.registry_domain ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.registry_activation ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.registry_usageevent ENABLE ROW LEVEL SECURITY;

CREATE POLICY centre_all ON public.registry_municipality TO campanile_centre USING (true) WITH CHECK (true);
CREATE POLICY centre_all ON public.registry_domain TO campanile_centre USING (true) WITH CHECK (true);
CREATE POLICY centre_all ON public.registry_activation TO campanile_centre USING (true) WITH CHECK (true);
CREATE POLICY centre_all ON public.registry_usageevent TO campanile_centre USING (true) WITH CHECK (true);

CREATE POLICY town_own ON public.registry_municipality FOR SELECT TO campanile_town
    USING (schema_name = current_user);
CREATE POLICY town_own ON public.registry_domain FOR SELECT TO campanile_town
    USING (EXISTS (SELECT 1 FROM public.registry_municipality m WHERE m.id = tenant_id));
CREATE POLICY town_own ON public.registry_activation FOR SELECT TO campanile_town
    USING (schema_name = current_user);
CREATE POLICY town_counts ON public.registry_usageevent FOR INSERT TO campanile_town
    WITH CHECK (schema_name = current_user);
CREATE POLICY town_own ON public.registry_usageevent FOR SELECT TO campanile_town
    USING (schema_name = current_user);

GRANT SELECT ON public.registry_municipality, public.registry_domain, public.registry_activation TO campanile_town;
GRANT INSERT, SELECT ON public.registry_usageevent TO campanile_town;
GRANT USAGE ON SEQUENCE public.registry_usageevent_id_seq TO campanile_town;
REVOKE UPDATE, DELETE ON public.registry_usageevent FROM campanile_centre;
"""

NEWS = """
CREATE FUNCTION public.registry_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('campanile_registry', TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON public.registry_municipality
    FOR EACH STATEMENT EXECUTE FUNCTION public.registry_tell();
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON public.registry_domain
    FOR EACH STATEMENT EXECUTE FUNCTION public.registry_tell();
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON public.registry_activation
    FOR EACH STATEMENT EXECUTE FUNCTION public.registry_tell();
"""


class Migration(migrations.Migration):
    """Public schema only: the router skips it in towns."""

    dependencies = [("registry", "0001_initial")]
    operations = [
        migrations.RunSQL(WALLS, migrations.RunSQL.noop),
        migrations.RunSQL(NEWS, migrations.RunSQL.noop),
    ]
