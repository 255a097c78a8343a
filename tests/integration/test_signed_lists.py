"""隐患清单签字 (S1-18, D32): frozen as content, verified, void when the matters change."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from python_calamine import CalamineWorkbook

from anlan.authz.scope import acting
from anlan.hidden_dangers.api import HiddenDanger
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused
from anlan.supervision import actions, tasks
from anlan.supervision.models import SignedList
from anlan.supervision.periods import Period
from anlan.supervision.selectors import signed_lists as selectors
from tests.factories.cast import Cast
from tests.factories.matters import Matters, in_days

pytestmark = pytest.mark.django_db

MONTH, QUARTER = Period.read("2026-09"), Period.read("2026Q3")


def entries() -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(event="signed_list.signed"))


@pytest.fixture
def september(cast: Cast) -> Iterator[HiddenDanger]:
    """One matter being put right since September, another that came in October; it is the 8th of October."""
    matters = Matters(cast)
    with clock.at(datetime(2026, 9, 20, 2, tzinfo=UTC)):
        first = matters.dispatched(description="仓库堵塞消防通道", due_in=30)
    with clock.at(datetime(2026, 10, 8, 2, tzinfo=UTC)):
        matters.act(cast.village, first, "acknowledge")
        matters.registered(description="十月的事")
        yield first


def sign(cast: Cast, who: str, period: Any = MONTH, **more: Any) -> SignedList:
    actor = cast.actors[who]
    with acting(actor):
        return actions.sign_list(actor=actor, period=period, **{"signatory": "周分管", "post": "副主任", **more})


def read(cast: Cast, who: str, signed: SignedList) -> SignedList:
    with acting(cast.actors[who]):
        return selectors.signed_list(cast.actors[who], signed.id)


def changes(cast: Cast, signed: SignedList) -> list[tuple[str, list[tuple[str, str, str]]]]:
    with acting(cast.town):
        found = selectors.changes_since(selectors.signed_list(cast.town, signed.id))
    return [(change.number, list(change.what)) for change in found]


@pytest.mark.parametrize(
    ("text", "label", "last"),
    [("2026-02", "2026 年 2 月", "2026-02-28"), ("2026Q4", "2026 年第 4 季度", "2026-12-31")],
)
def test_periods(text: str, label: str, last: str) -> None:
    period = Period.read(text)
    assert period is not None
    assert (period.code, period.label, period.last.isoformat()) == (text, label, last)
    assert Period.read("2026-13") is Period.read("2026Q5") is Period.read("２０２６-01") is None
    assert Period.read("2026Q1").before.code == "2025Q4"  # type: ignore[union-attr]


def test_each_level_signs_its_own(cast: Cast, september: HiddenDanger) -> None:
    levels = {who: sign(cast, who) for who in ("county", "town", "village", "firm", "town2")}
    assert {who: one.level for who, one in levels.items()} == {
        "county": "COUNTY",
        "town": "TOWNSHIP",
        "village": "VILLAGE",
        "firm": "ENTERPRISE",
        "town2": "TOWNSHIP",
    }
    assert {who: one.row_count for who, one in levels.items()} == {
        "county": 1,
        "town": 1,
        "village": 1,
        "firm": 1,
        "town2": 0,
    }
    [row] = selectors.rows_as_signed(read(cast, "town", levels["town"]))
    assert (row.number, row.status, row.level) == (september.number, "已交办", "一般隐患")  # as September ended
    assert sign(cast, "town", QUARTER).row_count == 1
    with pytest.raises(Refused) as again:
        sign(cast, "leader")  # the government's list is its office's
    assert again.value.code == "signed_already"


def test_who_may_and_when(cast: Cast, september: HiddenDanger) -> None:
    with pytest.raises(Forbidden):
        sign(cast, "dept")
    with pytest.raises(Refused) as early:
        sign(cast, "town", Period.read("2026-10"))
    assert early.value.code == "period_not_over"
    with pytest.raises(Invalid):
        sign(cast, "town", signatory=" ")
    with pytest.raises(Refused) as changed:
        sign(cast, "town", content_hash="0" * 64)
    assert changed.value.code == "content_changed"
    signed = sign(cast, "town")
    for who in ("town2", "other", "village", "firm"):
        with pytest.raises(NotInScope):
            read(cast, who, signed)
    assert read(cast, "county", signed).id == signed.id


def test_a_signed_list_cannot_change_and_is_in_the_ledger(cast: Cast, september: HiddenDanger) -> None:
    signed = sign(cast, "town")
    with acting(cast.town):
        [entry] = entries()
        assert entry.payload["content_hash"] == signed.content_hash
        assert "周分管" not in str(entry.payload)
        assert selectors.is_sound(selectors.signed_list(cast.town, signed.id))
        for table in ("supervision_signedlist", "supervision_signedlistrow"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET region_path = region_path")
        tampered = selectors.signed_list(cast.town, signed.id)
        tampered.rows.all()[0].description = "别的"
        assert not selectors.is_sound(tampered)


def test_what_happens_after_the_period_leaves_the_signature(cast: Cast, september: HiddenDanger) -> None:
    signed = sign(cast, "town")
    Matters(cast).act(cast.town, september, "terminate", reason="企业已关闭")
    assert changes(cast, signed) == []


def test_a_change_voids_it_and_asks_for_a_new_edition(cast: Cast, september: HiddenDanger) -> None:
    matters, signed = Matters(cast), sign(cast, "town")
    matters.act(cast.village, september, "request_extension", until=in_days(40), reason="等配件")
    assert changes(cast, signed) == []
    matters.act(cast.town, september, "approve_extension")
    matters.act(cast.town, september, "correct", field="place", value="二号仓库", reason="写错了")
    [(number, what)] = changes(cast, signed)
    assert number == september.number
    assert [label for label, _, _ in what] == ["地点", "整改期限"]
    assert what[1][2] == str(in_days(40))
    second = sign(cast, "town")
    assert (second.edition, changes(cast, second)) == (2, [])
    old = read(cast, "town", signed)
    assert selectors.rows_as_signed(old)[0].due_on != in_days(40)
    with acting(cast.town):
        assert selectors.is_sound(old)
        assert len(entries()) == 2


def test_concealed_and_undispatched_matters_are_told_to_nobody(cast: Cast, september: HiddenDanger) -> None:
    with clock.at(datetime(2026, 9, 21, 2, tzinfo=UTC)):
        Matters(cast).registered(cast.dept, description="暗查发现", source="UNANNOUNCED_CHECK")
        Matters(cast).confirmed(description="还没有交办")
    assert [row.description for row in selectors.rows_as_signed(read(cast, "town", sign(cast, "town")))] == [
        "仓库堵塞消防通道",
        "还没有交办",
    ]
    assert sign(cast, "firm").row_count == 1


def test_pages(cast: Cast, september: HiddenDanger, client_of: Any) -> None:
    county, town = client_of("county"), client_of("town")
    board = county.get("/signed-lists/?period=2026-09").content.decode()
    assert "2 家未签字" in board
    page = town.get("/signed-lists/sign?period=2026-09")
    form = {"content_hash": page.context["content_hash"], "signatory": "", "post": "副主任"}
    assert "请填写分管负责人姓名" in town.post("/signed-lists/sign?period=2026-09", form).content.decode()
    answer = town.post("/signed-lists/sign?period=2026-09", form | {"signatory": "<b>周分管"})
    assert answer.status_code == 302
    shown = county.get(answer["Location"]).content.decode()
    assert "&lt;b&gt;周分管" in shown
    assert "一致" in shown
    assert "1 家未签字" in county.get("/signed-lists/?period=2026-09").content.decode()
    assert "零报告" in client_of("town2").get("/signed-lists/sign?period=2026-09").content.decode()
    assert "合计 1 件" in county.get(f"{answer['Location']}print").content.decode()
    Matters(cast).act(cast.town, september, "correct", field="place", value="二号仓库", reason="写错了")
    assert "已变动" in county.get(answer["Location"]).content.decode()
    assert "签字后有变动" in county.get("/signed-lists/?period=2026-09").content.decode()
    assert client_of("dept").get("/signed-lists/").status_code == 403


def test_over_http(cast: Cast, september: HiddenDanger, client_of: Any) -> None:
    town = client_of("town")
    sent: dict[str, Any] = {"data": {"period": "2026-09", "signatory": "周分管"}, "content_type": "application/json"}
    made = town.post("/api/v1/signed-lists", **sent)
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["period"], body["edition"], body["is_sound"], body["changes"]) == ("2026-09", 1, True, [])
    assert [row["number"] for row in body["rows"]] == [september.number]
    assert town.post("/api/v1/signed-lists", **sent).status_code == 409
    assert client_of("county").get("/api/v1/signed-lists").json()["count"] == 1
    assert client_of("other").get(f"/api/v1/signed-lists/{body['id']}").status_code == 404
    sent["data"] = {"period": "2026-9", "signatory": "周"}
    assert town.post("/api/v1/signed-lists", **sent).status_code == 422


def test_to_excel(cast: Cast, september: HiddenDanger, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    signed = sign(cast, "town")
    with jobs.inline(), acting(cast.town):
        query = {"signed_list": [str(signed.id)]}
        job = jobs.start(actor=cast.town, work=tasks.export_signed_list, title="清单", query=query)
        jobs.run_pending()
    [path] = list(tmp_path.rglob("*.xlsx"))
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[4][1] == september.number, job
    assert rows[5][0] == "合计 1 件，其中重大 0 件"
    assert rows[7][0].endswith(signed.content_hash)
