from django.db import migrations

from anlan.authz.wall import RaiseWall

REFUSE = """
CREATE FUNCTION inspections_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published checklist version never changes';
END $$;
CREATE TRIGGER published BEFORE UPDATE OR DELETE ON inspections_checklistversion
    FOR EACH ROW EXECUTE FUNCTION inspections_refuse_change();
CREATE TRIGGER published BEFORE UPDATE OR DELETE ON inspections_checklistitem
    FOR EACH ROW EXECUTE FUNCTION inspections_refuse_change();
"""
ALLOW = """
DROP TRIGGER published ON inspections_checklistitem;
DROP TRIGGER published ON inspections_checklistversion;
DROP FUNCTION inspections_refuse_change();
"""


class Migration(migrations.Migration):
    """Checks stand behind the wall. Checklists are questions, no data of anybody; what is published never changes."""

    dependencies = [("inspections", "0001_initial"), ("authz", "0002_wall")]

    operations = [
        RaiseWall("CheckRecord"),
        RaiseWall("CheckOfficer"),
        RaiseWall("CheckAnswer"),
        RaiseWall("CheckFinding"),
        RaiseWall("SelfCheckFinding"),
        RaiseWall("SelfCheckSample"),
        RaiseWall("SelfCheckSampleItem"),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
