from django.db import migrations

# By its full name: the application may make temporary tables, which would otherwise come first and swallow the row.
AWAIT = """
CREATE FUNCTION proofs_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public.proofs_unsealedentry (seq, leaf_hash) VALUES (NEW.seq, NEW.leaf_hash);
    RETURN NULL;
END $$;
CREATE TRIGGER await_seal AFTER INSERT ON ledger_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION proofs_await_seal();
INSERT INTO proofs_unsealedentry (seq, leaf_hash)
    SELECT seq, leaf_hash FROM ledger_ledgerentry e
     WHERE NOT EXISTS (SELECT 1 FROM proofs_sealedentry s WHERE s.seq = e.seq)
    ON CONFLICT DO NOTHING;
"""
NO_MORE = "DROP TRIGGER await_seal ON ledger_ledgerentry; DROP FUNCTION proofs_await_seal();"

REFUSE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON proofs_sealedentry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON proofs_treehead
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
"""
ALLOW = "DROP TRIGGER append_only ON proofs_sealedentry; DROP TRIGGER append_only ON proofs_treehead;"


class Migration(migrations.Migration):
    """Every entry waits for its seal from its own transaction on; what stands in the ledger already waits as well,
    also what was written while the migration had been taken back."""

    dependencies = [("proofs", "0001_initial"), ("ledger", "0002_append_only")]

    operations = [migrations.RunSQL(AWAIT, NO_MORE), migrations.RunSQL(REFUSE, ALLOW)]
