from django.db import migrations

from anlan.authz.wall import RaiseWall

REFUSE = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger entries are append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""
ALLOW = "DROP TRIGGER append_only ON ledger_ledgerentry; DROP FUNCTION ledger_refuse_change();"


class Migration(migrations.Migration):
    """Update and delete are refused twice: by this trigger and, for the application's role, by privilege."""

    dependencies = [("ledger", "0001_initial"), ("authz", "0002_wall")]

    operations = [RaiseWall("LedgerEntry"), migrations.RunSQL(REFUSE, ALLOW)]
