"""The loop, verb by verb: who may, from which state, with what, and what follows."""

from datetime import timedelta

import pytest

from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.choices import Level, MajorState, Status
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused, Stale
from anlan.processes import api as processes
from tests.factories.matters import Matters, in_days, paper, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def matters(cast) -> Matters:
    return Matters(cast)


def history(actor, matter) -> list[str]:
    with acting(actor):
        return [event.verb for event in processes.history_of(matter.id)]


def test_the_whole_way(cast, matters):
    closed = matters.closed()
    assert closed.status == Status.CLOSED
    assert closed.ended_at is not None
    assert history(cast.town, closed) == [
        "register",
        "confirm",
        "dispatch",
        "acknowledge",
        "submit_rectification",
        "accept_rectification",
        "close",
    ]


@pytest.mark.parametrize("verb", ["dispatch", "acknowledge", "submit_rectification", "accept_rectification", "close"])
def test_no_step_is_skipped(cast, matters, verb):
    matter = matters.registered()
    payloads = {
        "dispatch": {"lead": cast.village.organisation_id, "due_on": in_days(3)},
        "submit_rectification": {"note": "好了", "photos": [upload(cast.town)]},
        "accept_rectification": {"note": "好了"},
    }
    actor = cast.village if verb == "submit_rectification" else cast.town
    with pytest.raises(Refused) as refused:
        matters.act(actor, matter, verb, **payloads.get(verb, {}))
    assert refused.value.code == "wrong_state"


def test_a_village_find_goes_to_the_township(cast, matters):
    matter = matters.registered(cast.village, source=loop.Source.GRID_PATROL)
    assert matter.screening_id == cast.town.organisation_id
    with pytest.raises(Forbidden):
        matters.act(cast.village, matter, "confirm", cause="STATE")


def test_a_department_screens_its_own_find(cast, matters):
    matter = matters.registered(cast.dept)
    assert matter.screening_id == cast.dept.organisation_id


def test_a_city_find_goes_to_the_township_of_the_place(cast, matters):
    matter = matters.registered(cast.city, source=loop.Source.CITY_SUPERVISION)
    assert matter.screening_id == cast.town.organisation_id


def test_an_enterprise_reports_only_its_self_check(cast, matters):
    with pytest.raises(Invalid):
        matters.registered(cast.firm)
    matter = matters.registered(cast.firm, source=loop.Source.SELF_CHECK)
    assert matter.reporter_id == cast.firm.organisation_id


def test_nobody_registers_outside_their_region(cast, matters):
    with pytest.raises(NotInScope):
        matters.registered(cast.town2)
    with pytest.raises(NotInScope):
        matters.registered(cast.other)


def test_a_returned_find_is_registered_again_by_its_reporter(cast, matters):
    matter = matters.registered(cast.village, source=loop.Source.GRID_PATROL)
    returned = matters.act(cast.town, matter, "return_to_reporter", reason="看不清")
    assert (returned.status, returned.holder_id) == (Status.RETURNED_TO_REPORTER, cast.village.organisation_id)
    again = matters.act(
        cast.village, matter, "register", description="补拍：通道堆物", source="GRID_PATROL", place="一车间东侧"
    )
    assert (again.status, again.description) == (Status.REGISTERED, "补拍：通道堆物")


def test_nobody_else_registers_it_again(cast, matters):
    matter = matters.registered(cast.village, source=loop.Source.GRID_PATROL)
    matters.act(cast.town, matter, "return_to_reporter", reason="看不清")
    with pytest.raises(Forbidden, match="由上报单位"):
        matters.act(cast.town, matter, "register", description="改写", source="GRID_PATROL")
    back = matters.act(cast.town, matter, "withdraw")
    assert (back.status, back.description) == (Status.REGISTERED, "疏散通道堆放纸箱")


def test_registered_again_it_keeps_what_stood_before_and_what_is_left_out(cast, matters):
    matter = matters.registered(cast.village, source=loop.Source.GRID_PATROL, place="一车间", suggested_level="MAJOR")
    matters.act(cast.town, matter, "return_to_reporter", reason="看不清")
    again = matters.act(
        cast.village, matter, "register", description="补拍：通道堆物", source="GRID_PATROL", sector="INDUSTRY"
    )
    assert (again.place, again.suggested_level) == ("一车间", "MAJOR")
    with acting(cast.village):
        event = processes.history_of(matter.id)[-1]
    assert event.note == "描述：疏散通道堆放纸箱 → 补拍：通道堆物；行业领域：消防 → 工矿商贸。"
    assert event.payload["changed"] == ["description", "sector"]
    assert "通道堆物" not in str(event.payload)


def test_dismissed_is_the_end(cast, matters):
    matter = matters.act(cast.town, matters.registered(), "dismiss", reason="误报")
    assert matter.status == Status.DISMISSED
    with pytest.raises(Refused):
        matters.act(cast.town, matter, "confirm", cause="STATE")


def test_confirm_needs_a_cause_and_a_party(cast, matters):
    public = matters.registered(cast.village, source=loop.Source.GRID_PATROL, site_id=None, place="村口",
                                region_id=cast.regions["331082001001"].id)  # fmt: skip
    with pytest.raises(Invalid) as invalid:
        matters.act(cast.town, public, "confirm", cause="STATE")
    assert invalid.value.errors[0].pointer == "/responsible_party"
    party = {"kind": "PERSON", "name": "张三"}
    assert matters.act(cast.town, public, "confirm", cause="ACT", responsible_party=party).party_person == "张三"


def test_a_township_cannot_confirm_major(cast, matters):
    with pytest.raises(Refused) as refused:
        matters.act(cast.town, matters.registered(), "confirm", cause="STATE", level="MAJOR")
    assert refused.value.code == "major_needs_department"
    assert refused.value.citation


def test_only_the_responsible_department_decides_major(cast, matters):
    matter = matters.registered()
    matters.act(cast.town, matter, "propose_major", reason="住宿与车间同楼")
    with pytest.raises(NotInScope):  # another department does not even see it
        matters.act(cast.dept2, matter, "confirm_major", clause="第三条")
    with pytest.raises(Refused) as refused:
        matters.act(cast.town, matter, "confirm", cause="STATE")
    assert refused.value.code == "major_pending"
    decided = matters.act(cast.fire, matter, "confirm_major", clause="判定标准第三条", cause="STATE")
    assert (decided.level, decided.status) == (Level.MAJOR, Status.CONFIRMED)


def test_a_refused_proposal_leaves_it_where_it_was(cast, matters):
    matter = matters.rectifying()
    matters.act(cast.village, matter, "acknowledge") if matter.status == Status.DISPATCHED else None
    matters.act(cast.town, matter, "propose_major", reason="疑似")
    refused = matters.act(cast.fire, matter, "refuse_major", reason="规模不够")
    assert (refused.status, refused.major_state, refused.level) == (
        Status.RECTIFYING,
        MajorState.REFUSED,
        Level.GENERAL,
    )


def test_one_lead_in_the_county_only(cast, matters):
    matter = matters.confirmed()
    with pytest.raises(NotInScope):
        matters.act(cast.town, matter, "dispatch", lead=cast.other.organisation_id, due_on=in_days(3))
    with pytest.raises(Invalid) as invalid:
        matters.act(cast.town, matter, "dispatch", lead=cast.village.organisation_id, due_on=in_days(-1))
    assert invalid.value.errors[0].pointer == "/due_on"


def test_dispatching_to_oneself_is_acknowledged(cast, matters):
    matter = matters.act(cast.town, matters.confirmed(), "dispatch", lead=cast.town.organisation_id, due_on=in_days(3))
    assert matter.status == Status.RECTIFYING


def test_an_unannounced_check_is_seen_by_nobody_else_before_dispatch(cast, matters):
    matter = matters.registered(cast.fire, source=loop.Source.UNANNOUNCED_CHECK)
    for outsider in (cast.firm, cast.town, cast.county, cast.leader, cast.village):
        with pytest.raises(NotInScope), acting(outsider):
            loop.hidden_danger(outsider, matter.id)
    matters.act(cast.fire, matter, "confirm", cause="STATE")
    matters.act(cast.fire, matter, "dispatch", lead=cast.town.organisation_id, due_on=in_days(5))
    for insider in (cast.firm, cast.town, cast.county):
        with acting(insider):
            assert loop.hidden_danger(insider, matter.id).id == matter.id


def test_major_needs_all_five_before_it_is_reported(cast, matters):
    matter = matters.major()
    photo = upload(cast.firm, "AFTER")
    with pytest.raises(Refused) as refused:
        matters.act(cast.firm, matter, "submit_rectification", note="好了", photos=[photo])
    assert refused.value.code == "five_incomplete"
    assert refused.value.extra["missing"] == ["方案", "时限", "责任", "资金", "措施"]
    matters.act(cast.firm, matter, "fill_five", plan="分隔", due_on=in_days(10), person="韩安全", funds_cny=0)
    with pytest.raises(Refused) as refused:
        matters.act(cast.firm, matter, "submit_rectification", note="好了", photos=[photo])
    assert refused.value.extra["missing"] == ["措施"]
    for nothing in ({}, {"plan": " "}, {"plan": "分隔", "due_on": in_days(10), "funds_cny": "0.00"}):
        with pytest.raises(Invalid, match="请至少填写、改动五到位中的一项"):
            matters.act(cast.firm, matter, "fill_five", **nothing)
    assert history(cast.firm, matter).count("fill_five") == 1
    matters.act(cast.firm, matter, "fill_five", measures="停用二楼")
    assert (
        matters.act(cast.firm, matter, "submit_rectification", note="好了", photos=[photo]).status == Status.SUBMITTED
    )


def test_major_is_accepted_by_the_department_with_report_and_two_officers(cast, matters):
    matter = matters.major()
    matters.act(
        cast.firm, matter, "fill_five", plan="分隔", due_on=in_days(10), person="韩", funds_cny=1, measures="停用"
    )
    matters.act(cast.firm, matter, "submit_rectification", note="好了", photos=[upload(cast.firm)])
    with pytest.raises(Forbidden):
        matters.act(cast.town, matter, "accept_rectification", note="到位")
    with pytest.raises(Invalid) as invalid:
        matters.act(cast.fire, matter, "accept_rectification", note="到位")
    assert invalid.value.errors[0].pointer == "/report"
    report = upload(cast.fire, "REPORT", paper())
    with pytest.raises(Invalid) as invalid:
        matters.act(cast.fire, matter, "accept_rectification", note="到位", report=[report], officers=["甲", "甲"])
    assert invalid.value.errors[0].pointer == "/officers"
    report = upload(cast.fire, "REPORT", paper())
    closed = matters.act(cast.fire, matter, "accept_rectification", note="到位", report=[report], officers=["甲", "乙"])
    assert closed.status == Status.CLOSED


def test_the_rectifier_never_accepts(cast, matters):
    matter = matters.submitted()
    with pytest.raises(Forbidden):
        matters.act(cast.firm, matter, "accept_rectification", note="自己说好")


def test_a_lead_does_not_report_for_a_party_that_signs_in(cast, matters):
    matter = matters.rectifying()
    with pytest.raises(Forbidden) as forbidden:
        matters.act(cast.village, matter, "submit_rectification", note="好了", photos=[upload(cast.village)])
    assert forbidden.value.code == "party_reports_itself"


def test_a_return_counts_and_keeps_the_original_date(cast, matters):
    matter = matters.submitted(due_in=5)
    returned = matters.act(cast.town, matter, "return", reason="不彻底", due_on=in_days(9))
    assert (returned.status, returned.return_count) == (Status.RECTIFYING, 1)
    assert (returned.original_due_on, returned.due_on) == (in_days(5), in_days(9))


def test_suspension_is_decided_by_another_and_rests_the_deadline(cast, matters):
    matter = matters.rectifying()
    matters.act(cast.firm, matter, "request_suspension", controls="停用", review_on=in_days(10))
    with pytest.raises(Refused) as refused:
        matters.act(cast.firm, matter, "submit_rectification", note="好了", photos=[upload(cast.firm)])
    assert refused.value.code == "suspension_pending"
    with pytest.raises(Forbidden):
        matters.act(cast.village, matter, "approve_suspension")
    suspended = matters.act(cast.town, matter, "approve_suspension")
    assert suspended.status == Status.SUSPENDED
    with acting(cast.town):
        states = {d.kind: d.state for d in processes.running_of([matter.id])[matter.id]}
    assert states == {"RECTIFY": "PAUSED", "REVIEW_SUSPENSION": "OPEN"}
    assert matters.act(cast.firm, matter, "resume").status == Status.RECTIFYING


def test_terminated_needs_a_reason_and_ends_every_deadline(cast, matters):
    matter = matters.rectifying()
    with pytest.raises(Invalid):
        matters.act(cast.town, matter, "terminate", reason="  ")
    assert matters.act(cast.town, matter, "terminate", reason="企业已关闭").status == Status.TERMINATED
    with acting(cast.town):
        assert processes.running_of([matter.id])[matter.id] == []


def test_a_stale_version_is_refused(cast, matters):
    matter = matters.registered()
    with acting(cast.town), pytest.raises(Stale):
        loop.COMMANDS["dismiss"](verb="dismiss", reason="误报").run(
            cast.town, matter.id, frozenset({matter.version + 1})
        )


def test_a_refusal_leaves_nothing_behind(cast, matters):
    matter = matters.registered()
    before = history(cast.town, matter)
    with pytest.raises(Invalid):
        matters.act(cast.town, matter, "dismiss", reason=" ")
    assert history(cast.town, matter) == before
    with acting(cast.town):
        assert loop.hidden_danger(cast.town, matter.id).version == matter.version


def test_nobody_sees_another_countys_rows(cast, matters):
    matter = matters.closed()
    for outsider in (cast.other, cast.other_dept, cast.other_firm):
        with acting(outsider), pytest.raises(NotInScope):
            loop.hidden_danger(outsider, matter.id)
    with acting(cast.city):
        assert loop.hidden_danger(cast.city, matter.id).number == matter.number


def test_acknowledging_late_is_still_possible(cast, matters):
    matter = matters.dispatched()
    with clock.at(clock.now() + timedelta(days=5)):
        assert matters.act(cast.village, matter, "acknowledge").status == Status.RECTIFYING
