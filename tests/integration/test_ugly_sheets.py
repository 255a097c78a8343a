"""A dozen ledgers as offices have them: the three enterprises go in from every one of them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.authz.scope import acting
from anlan.hidden_dangers.invariants import check_invariants
from anlan.hidden_dangers.models import HiddenDanger
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from anlan.lib.refusals import Invalid
from anlan.register.models import Enterprise
from anlan.sheets import actions
from tests.data.sheets.ledgers import CHECK_FILES, DANGER_FILES
from tests.data.sheets.make import CODES, FILES, NAMES
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.integration.test_sheets import bad_rows, bring, counts, run

LACKING = {
    # what one row of these is refused for
    "codes-as-numbers.xlsx": "后几位已经变成 0",
    "formulas.xlsx": "企业名称：公式出错（#N/A）",
}

DANGER_STATES = {
    "street.xlsx": ["CLOSED", "CLOSED", "RECTIFYING"],
    "department.xlsx": ["CLOSED", "SUBMITTED", "RECTIFYING"],
    "old.xls": ["SUBMITTED", "SUBMITTED", "RECTIFYING"],
}
CHECK_ACTS = {
    "visits.xlsx": [("PATROL", 2), ("SERVICE_VISIT", 0), ("SERVICE_VISIT", 2)],
    "inspections.xls": [("ADMINISTRATIVE_INSPECTION", count) for count in (2, 0, 1)],
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
        in_village = name == "two-levels.xlsx"
        assert {one.region.name for one in found} == {"文化社区" if in_village else "古城街道"}
        assert not in_village or {(one.legal_representative, one.phone) for one in found} == {("掌柜", "13700000000")}
    if name in LACKING:
        assert LACKING[name] in bad_rows(entry)[1][-1]


def test_too_wide_or_too_long_is_refused_before_it_is_read(cast: Cast) -> None:
    for rows in ([["企业名称"] + [None] * 800 + ["x"]], [["企业名称"]] + [[]] * 100_001 + [["x"]]):
        with acting(cast.county), pytest.raises(Invalid, match="表格太大"):
            actions.upload(actor=cast.county, kind_code="enterprises", file=book(*rows))


@pytest.mark.parametrize("name", DANGER_FILES)
def test_the_three_hidden_dangers_go_in(cast: Cast, tmp_path: Path, name: str) -> None:
    DANGER_FILES[name](tmp_path / name)
    file = SimpleUploadedFile(name, (tmp_path / name).read_bytes())
    with clock.at(datetime(2026, 5, 6, tzinfo=UTC)):
        entry = run(cast.town, bring(cast.town, file, "hidden_dangers"))
    assert counts(entry) == (3, 0, 0, 0), entry.first_bad
    with acting(cast.system()):
        found = HiddenDanger.objects.order_by("id")
        assert {one.party_enterprise_id for one in found} == {cast.enterprises["firm"].id}
        assert {clock.legal_date(one.registered_at) for one in found} == {date(2026, 3, 5)}
        assert [one.status for one in found] == DANGER_STATES[name]
        assert check_invariants(cast.system()) == []


@pytest.mark.parametrize("name", CHECK_FILES)
def test_the_three_checks_go_in(cast: Cast, tmp_path: Path, name: str) -> None:
    CHECK_FILES[name](tmp_path / name)
    file = SimpleUploadedFile(name, (tmp_path / name).read_bytes())
    with clock.at(datetime(2026, 5, 6, tzinfo=UTC)):
        entry = run(cast.county, bring(cast.county, file, "checks"))
    assert counts(entry) == (3, 0, 0, 0), entry.first_bad
    with acting(cast.system()):
        found = CheckRecord.objects.order_by("started_at")
        assert [(one.act_class, one.finding_count) for one in found] == CHECK_ACTS[name]
        assert found[0].officers.count() == 2
