"""A dozen ledgers as offices have them: the three enterprises go in from every one of them."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.authz.scope import acting
from anlan.lib.refusals import Invalid
from anlan.register.models import Enterprise
from anlan.sheets import actions
from tests.data.sheets.make import CODES, FILES, NAMES
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.integration.test_sheets import bad_rows, bring, counts, run

LACKING = {
    # what one row of these is refused for
    "codes-as-numbers.xlsx": "后几位已经变成 0",
    "formulas.xlsx": "没有填写",
}


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.mark.parametrize("name", FILES)
def test_the_three_enterprises_go_in(cast: Cast, tmp_path: Path, name: str) -> None:
    FILES[name](tmp_path / name)
    entry = run(cast.county, bring(cast.county, SimpleUploadedFile(name, (tmp_path / name).read_bytes())))
    good = 2 if name in LACKING else 3
    assert counts(entry) == (good, 0, 0, 3 - good), entry.first_bad
    with acting(cast.county):
        found = Enterprise.objects.filter(name__in=NAMES).select_related("region")
        assert {(one.name, one.unified_social_credit_code) for one in found} == set(
            list(zip(NAMES, CODES, strict=True))[:good]
        )
        assert {one.region.name for one in found} == {"古城街道"}
    if name in LACKING:
        assert LACKING[name] in bad_rows(entry)[1][-1]


def test_too_wide_or_too_long_is_refused_before_it_is_read(cast: Cast) -> None:
    for rows in ([["企业名称"] + [None] * 800 + ["x"]], [["企业名称"]] + [[]] * 100_001 + [["x"]]):
        with acting(cast.county), pytest.raises(Invalid, match="表格太大"):
            actions.upload(actor=cast.county, kind_code="enterprises", file=book(*rows))
