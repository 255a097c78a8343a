"""The detours of the loop: sent up, merged, bounced, put right on the spot, put off, withdrawn, corrected, looked at again."""

import pytest

from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.choices import Level, Status
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused
from anlan.processes import api as processes
from tests.factories.matters import Matters, in_days, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def matters(cast) -> Matters:
    return Matters(cast)


def deadlines(actor, matter) -> dict[str, tuple[str, str]]:
    with acting(actor):
        return {d.kind: (d.state, str(d.due_on)) for d in processes.running_of([matter.id])[matter.id]}


def test_reported_up_moves_the_screening_and_keeps_the_reporter(cast, matters):
    matter = matters.registered(cast.village, source=loop.Source.GRID_PATROL)
    up = matters.act(cast.town, matter, "report_up", reason="属消防职责", to_organisation=cast.fire.organisation_id)
    assert (up.status, up.holder_id) == (Status.REGISTERED, cast.fire.organisation_id)
    with pytest.raises(Forbidden):
        matters.act(cast.town, matter, "confirm", cause="STATE")
    assert matters.act(cast.fire, matter, "confirm", cause="STATE").status == Status.CONFIRMED
    with acting(cast.village):
        assert loop.hidden_danger(cast.village, matter.id).id == matter.id


def test_reported_up_without_a_name_goes_to_the_next_office(cast, matters):
    up = matters.act(cast.town, matters.registered(), "report_up", reason="需县里协调")
    assert up.screening_id == cast.county.organisation_id


def test_a_duplicate_is_folded_in_and_its_reporter_follows(cast, matters):
    kept = matters.registered()
    twin = matters.registered(cast.village, source=loop.Source.GRID_PATROL)
    merged = matters.act(cast.town, twin, "merge_duplicate", into=kept.id)
    assert (merged.status, merged.merged_into_id) == (Status.MERGED, kept.id)
    with pytest.raises(Invalid):
        matters.act(cast.town, kept, "merge_duplicate", into=kept.id)


def test_bounced_once_then_redispatched_or_designated(cast, matters):
    matter = matters.dispatched(cast.village)
    with pytest.raises(Refused):
        matters.act(cast.village, matters.rectifying(), "bounce", reason="不归我管")
    bounced = matters.act(cast.village, matter, "bounce", reason="属住建职责", suggested=cast.dept2.organisation_id)
    assert (bounced.status, bounced.holder_id) == (Status.CONFIRMED, cast.town.organisation_id)
    assert "RECTIFY" not in deadlines(cast.town, matter)
    again = {"lead": cast.dept2.organisation_id, "due_on": in_days(9)}
    with pytest.raises(Refused) as refused:
        matters.act(cast.town, matter, "dispatch", **again)
    assert refused.value.code == "was_bounced"
    with pytest.raises(Invalid):
        matters.act(cast.town, matter, "redispatch", lead=cast.village.organisation_id, due_on=in_days(9))
    matters.act(cast.town, matter, "redispatch", **again)
    with pytest.raises(Refused) as refused:
        matters.act(cast.dept2, matter, "bounce", reason="也不归我")
    assert refused.value.code == "bounced_before"


def test_who_is_designated_cannot_bounce(cast, matters):
    matter = matters.dispatched(cast.village)
    matters.act(cast.village, matter, "bounce", reason="不归我管")
    matters.act(cast.town, matter, "designate", lead=cast.village.organisation_id, due_on=in_days(9))
    with pytest.raises(Refused) as refused:
        matters.act(cast.village, matter, "bounce", reason="还是不归我")
    assert refused.value.code == "designated"


def test_fixed_on_the_spot_is_accepted_by_another_person(cast, matters):
    matter = matters.registered(cast.village, source=loop.Source.GRID_PATROL)
    fixed = matters.act(
        cast.village, matter, "fix_on_the_spot", note="当场搬离", cause="STATE", after=[upload(cast.village, "AFTER")]
    )
    assert (fixed.status, fixed.level) == (Status.SUBMITTED, Level.GENERAL)
    with pytest.raises(Forbidden):
        matters.act(cast.village, matter, "accept_rectification", note="好了")
    assert matters.act(cast.town, matter, "accept_rectification", note="属实").status == Status.CLOSED


def test_returned_after_the_spot_goes_to_the_screening_office(cast, matters):
    matter = matters.registered(cast.village, source=loop.Source.GRID_PATROL)
    matters.act(cast.village, matter, "fix_on_the_spot", note="搬离", cause="STATE", after=[upload(cast.village)])
    returned = matters.act(cast.town, matter, "return", reason="又堆上了")
    assert (returned.status, returned.lead_id) == (Status.RECTIFYING, cast.town.organisation_id)


def test_an_extension_moves_the_date_and_keeps_the_original(cast, matters):
    matter = matters.rectifying(due_in=5)
    with pytest.raises(Invalid):
        matters.act(cast.firm, matter, "request_extension", until=in_days(4), reason="配件未到")
    matters.act(cast.firm, matter, "request_extension", until=in_days(12), reason="配件未到")
    with pytest.raises(Forbidden):
        matters.act(cast.village, matter, "approve_extension")
    extended = matters.act(cast.town, matter, "approve_extension")
    assert (extended.due_on, extended.original_due_on) == (in_days(12), in_days(5))
    assert deadlines(cast.town, matter)["RECTIFY"] == ("OPEN", str(in_days(12)))


def test_extensions_are_limited(cast, matters):
    matter = matters.rectifying(due_in=5)
    for days in (10, 15):
        matters.act(cast.firm, matter, "request_extension", until=in_days(days), reason="配件未到")
        matters.act(cast.town, matter, "approve_extension")
    with pytest.raises(Refused) as refused:
        matters.act(cast.firm, matter, "request_extension", until=in_days(20), reason="还没到")
    assert refused.value.code == "no_more_extensions"


def test_withdraw_takes_back_the_step_its_deadlines_and_its_participants(cast, matters):
    matter = matters.confirmed()
    before = deadlines(cast.town, matter)
    matters.act(cast.town, matter, "dispatch", lead=cast.dept2.organisation_id, due_on=in_days(5))
    back = matters.act(cast.town, matter, "withdraw", reason="选错单位")
    assert (back.status, back.lead_id, back.due_on) == (Status.CONFIRMED, None, None)
    assert deadlines(cast.town, matter) == before
    with acting(cast.dept2), pytest.raises(NotInScope):
        loop.hidden_danger(cast.dept2, matter.id)
    with pytest.raises(Refused):
        matters.act(cast.town, matter, "withdraw")


def test_withdraw_takes_the_automatic_step_with_it(cast, matters):
    closed = matters.closed()
    back = matters.act(cast.town, closed, "withdraw", reason="验早了")
    assert (back.status, back.accepted_at, back.ended_at) == (Status.SUBMITTED, None, None)


def test_withdraw_is_only_for_whoever_acted_last(cast, matters):
    matter = matters.dispatched(cast.village)
    with pytest.raises(Forbidden):
        matters.act(cast.village, matter, "withdraw")
    matters.act(cast.village, matter, "acknowledge")
    with pytest.raises(Forbidden):
        matters.act(cast.town, matter, "withdraw")


def test_a_correction_leaves_its_trace(cast, matters):
    matter = matters.closed()
    corrected = matters.act(cast.town, matter, "correct", field="place", value="二号车间", reason="写错车间")
    assert (corrected.place, corrected.status) == ("二号车间", Status.CLOSED)
    with acting(cast.town):
        assert "二号车间" in processes.history_of(matter.id)[-1].note
    with pytest.raises(Invalid):
        matters.act(cast.town, matter, "correct", field="sector", value="NONSENSE", reason="试试")


def test_a_correction_that_changes_nothing_is_refused(cast, matters):
    matter = matters.closed()
    for field, value in (("description", " 疏散通道堆放纸箱 "), ("sector", "FIRE"), ("cause", "STATE")):
        with pytest.raises(Invalid, match="和现在的一样，没有改动"):
            matters.act(cast.town, matter, "correct", field=field, value=value, reason="试试")
    with acting(cast.town):
        assert processes.history_of(matter.id)[-1].verb == "close"


def test_a_recurrence_is_a_new_linked_matter(cast, matters):
    closed = matters.closed()
    with pytest.raises(Forbidden):
        matters.act(cast.town, closed, "look_back", result="HELD", note="保持")
    other = cast.add("town_b", "TOWNSHIP_OFFICE", "郑古城", cast.organisations["古城街道"], cast.regions["331082001"])
    looked = matters.act(other, closed, "look_back", result="RECURRED", note="通道又堆满")
    assert looked.status == Status.CLOSED
    with acting(other):
        recurrence = loop.hidden_dangers(other, loop.Filters(q="通道又堆满"), in_days(0)).get()
    assert (recurrence.recurrence_of_id, recurrence.status) == (closed.id, Status.REGISTERED)
