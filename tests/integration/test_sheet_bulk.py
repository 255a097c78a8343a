"""Rows written by the thousand arrive as they were, whatever signs are in them."""

import pytest
from django.db import IntegrityError, transaction

from anlan.authz.scope import acting
from anlan.lib import ids
from anlan.register.models import Enterprise, Site
from anlan.sheets import bulk
from tests.factories.cast import Cast

ODD = ['两"引号"', '分","开', "反\\斜\\\\杠", "逗,号{花}括号", "制\t表\n换\r行", "\\N", "", "\ue000私用"]


def test_odd_signs_survive_in_texts_and_lists(cast: Cast):
    with acting(cast.county):
        ids = [one.id for one in cast.enterprises.values() if one.region_path.startswith(cast.county.region_path)][:2]
        rows = [(ids[0], "".join(ODD), ODD, 3, None), (ids[1], "平\\常\n", [], None, "L331082-X")]
        columns = ("id", "search_text", "former_names", "employee_count", "own_no")
        assert bulk.update(Enterprise, columns, rows) == 2
        found = bulk.fetch(Enterprise.objects.filter(id__in=ids[:2]), *columns)
    assert sorted(found) == sorted(rows)


def test_references_are_checked_before_the_end(cast: Cast):
    with acting(cast.county), transaction.atomic():
        Site.objects.filter(id=cast.sites["firm"].id).update(enterprise_id=ids.uuid7())
        with pytest.raises(IntegrityError):
            bulk.check_references()
        transaction.set_rollback(True)
