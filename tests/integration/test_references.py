"""References that are held by triggers on statements (ADR 0005) refuse what a foreign key would refuse."""

import pytest
from django.db import IntegrityError, connection, transaction

from anlan.authz.scope import acting
from anlan.lib import ids
from anlan.sheets.models import ImportedRow
from tests.factories.cast import Cast

CHILDREN = (
    ("register_enterprise", "region_id", "authz_region", "id"),
    ("register_enterprise", "industry_id", "register_industry", "code"),
    ("sheets_importedrow", "sheet_import_id", "sheets_sheetimport", "id"),
)


def refused(statement: str, *params: object) -> str:
    with pytest.raises(IntegrityError) as found, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
    return str(found.value)


def test_each_has_its_triggers(db):
    with connection.cursor() as cursor:
        for child, column, parent, _ in CHILDREN:
            cursor.execute(
                "SELECT count(*), count(*) FILTER (WHERE tgrelid = %s::regclass) FROM pg_trigger"
                " WHERE tgrelid IN (%s::regclass, %s::regclass) AND tgname LIKE %s",
                [child, child, parent, f"%{column.removesuffix('_id')}_reference_%"],
            )
            assert cursor.fetchone() == (4, 2), (child, column)


def test_a_row_cannot_refer_to_what_is_not_there(cast: Cast):
    with acting(cast.county):
        one = next(iter(cast.enterprises.values()))
        enterprise = "UPDATE register_enterprise SET {} = %s WHERE id = %s"
        assert "region_id" in refused(enterprise.format("region_id"), ids.uuid7(), one.id)
        assert "industry_id" in refused(enterprise.format("industry_id"), "ZZ", one.id)
        row = ImportedRow(
            sheet_import_id=ids.uuid7(),
            region_path=cast.county.region_path,
            number=1,
            outcome="CREATED",
            record_id=one.id,
            leaf_hash=b"",
        )
        with pytest.raises(IntegrityError, match="sheet_import_id"), transaction.atomic():
            row.save()


def test_what_is_referred_to_stays_and_keeps_its_key(cast: Cast):
    with acting(cast.county):
        one = next(iter(cast.enterprises.values()))
        for statement in (
            "DELETE FROM authz_region WHERE id = %s",
            "UPDATE authz_region SET id = gen_random_uuid() WHERE id = %s",
        ):
            assert "region_id still refers" in refused(statement, one.region_id)
