"""What every town may know of the others: name, address and boundary, which are public facts. Nothing else of their rows."""

from django.db import migrations

VIEW = """
CREATE VIEW public.registry_neighbour WITH (security_barrier) AS
    SELECT m.istat_code, m.name, m.boundary, d.domain AS host
    FROM public.registry_municipality m
    LEFT JOIN public.registry_domain d ON d.tenant_id = m.id AND d.is_primary
    WHERE m.state IN ('live', 'suspended') AND m.boundary IS NOT NULL;
GRANT SELECT ON public.registry_neighbour TO campanile_town, campanile_centre;
"""


class Migration(migrations.Migration):
    """A view of the owner, so that the walls of the tables stay as they are."""

    dependencies = [("registry", "0004_figures")]
    operations = [migrations.RunSQL(VIEW, "DROP VIEW public.registry_neighbour;")]
