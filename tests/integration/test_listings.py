"""挂牌督办: several listers, each its own release; the matter closes with the last."""

import pytest

from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.choices import Status
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, Refused
from anlan.processes import api as processes
from anlan.supervision import actions, selectors
from anlan.supervision.choices import ListerLevel, ListingStatus
from tests.factories.matters import Matters, in_days, paper, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def matters(cast) -> Matters:
    return Matters(cast)


def listed(lister, matter):
    with acting(lister):
        return actions.list_matter(actor=lister, hidden_danger_id=matter.id, due_on=in_days(30), leader="林副县长")


def do(actor, verb, listing, **more):
    with acting(actor):
        return getattr(actions, verb)(actor=actor, listing_id=listing.id, **more)


def accepted_major(cast, matters):
    matter = matters.major()
    first, second = listed(cast.county, matter), listed(cast.town, matter)
    matters.act(
        cast.firm, matter, "fill_five", plan="分隔", due_on=in_days(9), person="韩", funds_cny=1, measures="停用"
    )
    matters.act(cast.firm, matter, "submit_rectification", note="好了", photos=[upload(cast.firm)])
    report = upload(cast.fire, "REPORT", paper())
    matter = matters.act(cast.fire, matter, "accept_rectification", note="到位", report=[report], officers=["甲", "乙"])
    return matter, first, second


def test_only_what_is_dispatched_and_open_is_listed(cast, matters):
    with pytest.raises(Refused):
        listed(cast.county, matters.registered())
    with pytest.raises(Refused):
        listed(cast.county, matters.closed())


def test_a_lister_lists_once_and_numbers_have_no_gaps(cast, matters):
    first, second = matters.dispatched(), matters.dispatched()
    one = listed(cast.county, first)
    with pytest.raises(Refused) as refused:
        listed(cast.county, first)
    assert refused.value.code == "listed_already"
    two = listed(cast.county, second)
    assert (one.serial, two.serial, one.level) == (1, 2, ListerLevel.COUNTY_COMMITTEE)
    assert listed(cast.town, first).level == ListerLevel.TOWNSHIP


def test_a_listed_matter_closes_only_after_every_release(cast, matters):
    with jobs.inline():
        matter, first, second = accepted_major(cast, matters)
        assert matter.status == Status.ACCEPTED
        for lister, listing in ((cast.county, first), (cast.town, second)):
            do(cast.village, "request_release", listing)
            do(lister, "recheck", listing, note="现场复查到位")
            with pytest.raises(Refused):
                matters.act(cast.fire, matter, "close")
            assert do(lister, "release", listing).status == ListingStatus.RELEASED
        jobs.run_pending()
    with acting(cast.county):
        assert loop.hidden_danger(cast.county, matter.id).status == Status.CLOSED


def test_each_releases_only_its_own(cast, matters):
    _, first, _ = accepted_major(cast, matters)
    do(cast.village, "request_release", first)
    with pytest.raises(Forbidden):
        do(cast.town, "recheck", first, note="到位")


def test_release_is_asked_for_after_acceptance(cast, matters):
    listing = listed(cast.county, matters.rectifying())
    with pytest.raises(Refused) as refused:
        do(cast.village, "request_release", listing)
    assert refused.value.code == "not_accepted"


def test_progress_is_due_each_month(cast, matters):
    listing = listed(cast.county, matters.rectifying())
    with pytest.raises(Invalid):
        do(cast.firm, "report_progress", listing, note=" ")
    before = _due(cast, listing)
    do(cast.firm, "report_progress", listing, note="设备已采购")
    assert before < _due(cast, listing)
    with acting(cast.county):
        assert [p.note for p in selectors.progress_of(listing)] == ["设备已采购"]


def _due(cast, listing):
    with acting(cast.county):
        running = {d.kind: d.due_on for d in processes.running_deadlines(listing.id)}
    assert running["PROGRESS"] >= clock.today()
    return running["PROGRESS"]
