"""What a town's role may see and write: its own rows, and the campaigns it is invited to."""

from django.db import migrations

WALLS = """
ALTER TABLE public.notices_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.notices_campaign ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.notices_invitation ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.notices_trial ENABLE ROW LEVEL SECURITY;

CREATE POLICY centre_all ON public.notices_notice TO campanile_centre USING (true) WITH CHECK (true);
CREATE POLICY centre_all ON public.notices_campaign TO campanile_centre USING (true) WITH CHECK (true);
CREATE POLICY centre_all ON public.notices_invitation TO campanile_centre USING (true) WITH CHECK (true);
CREATE POLICY centre_all ON public.notices_trial TO campanile_centre USING (true) WITH CHECK (true);

CREATE POLICY town_own ON public.notices_notice TO campanile_town
    USING (schema_name = current_user) WITH CHECK (schema_name = current_user);
CREATE POLICY town_own ON public.notices_invitation TO campanile_town
    USING (schema_name = current_user) WITH CHECK (schema_name = current_user);
CREATE POLICY town_own ON public.notices_trial TO campanile_town
    USING (schema_name = current_user) WITH CHECK (schema_name = current_user);
CREATE POLICY town_invited ON public.notices_campaign FOR SELECT TO campanile_town
    USING (EXISTS (SELECT FROM public.notices_invitation i WHERE i.campaign_id = notices_campaign.id
                   AND i.schema_name = current_user));

GRANT SELECT, INSERT, UPDATE ON public.notices_notice, public.notices_trial TO campanile_town;
GRANT SELECT ON public.notices_campaign TO campanile_town;
GRANT SELECT, UPDATE (state, answered_at) ON public.notices_invitation TO campanile_town;
GRANT USAGE ON SEQUENCE public.notices_notice_id_seq, public.notices_trial_id_seq TO campanile_town;
"""


class Migration(migrations.Migration):
    """Public schema only: the router skips it in towns."""

    dependencies = [("notices", "0001_initial"), ("registry", "0002_walls")]
    operations = [migrations.RunSQL(WALLS, migrations.RunSQL.noop)]
