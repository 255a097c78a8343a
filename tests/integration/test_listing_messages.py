"""Who hears of a listing: each concerned organisation once, nobody of what they did themselves."""

from datetime import timedelta

import pytest

from anlan.authz.scope import acting
from anlan.jobs import api as jobs
from anlan.lib import clock
from anlan.notify.models import Message
from anlan.processes import api as processes
from tests.factories.matters import Matters, in_days
from tests.integration.test_deadlines import eight_o_clock
from tests.integration.test_listings import CONTROLS, accepted_major, do, listed

pytestmark = pytest.mark.django_db


def told(cast, listing) -> dict[str, list[str]]:
    """Titles in their order by the name of whoever was told."""
    found: dict[str, list[str]] = {}
    with acting(cast.system()):
        for one in Message.objects.filter(subject_id=listing.id).select_related("to_organisation").order_by("id"):
            found.setdefault(one.to_organisation.name, []).append(one.title)
    return found


def sweep(cast, at):
    with clock.at(at), jobs.inline():
        processes.sweep(cast.system())
        jobs.run_pending()


def test_lead_and_party_hear_that_their_matter_was_listed(cast):
    matter = Matters(cast).major()
    with jobs.inline():
        listing = listed(cast.county, matter)
        jobs.run_pending()
    title = f"有隐患被挂牌督办，督办期限 {listing.due_on}"
    assert told(cast, listing) == {matter.lead.name: [title], cast.enterprises["firm"].name: [title]}


def test_release_goes_between_the_lister_and_those_who_put_it_right(cast):
    with jobs.inline():
        _, listing, _ = accepted_major(cast, Matters(cast))
        for actor, verb, more in (
            (cast.firm, "request_release", {}),
            (cast.county, "refuse_release", {"reason": "隔墙未封堵"}),
            (cast.firm, "request_release", {}),
            (cast.county, "recheck", {"note": "到位"}),
            (cast.county, "release", {}),
        ):
            do(actor, verb, listing, **more)
        jobs.run_pending()
    heard = told(cast, listing)
    assert heard[listing.lister.name] == ["有挂牌申请摘牌，请复查"] * 2
    assert heard[cast.enterprises["firm"].name] == [
        f"有隐患被挂牌督办，督办期限 {listing.due_on}", "摘牌复查不合格，请继续整改", "挂牌督办已摘牌"]  # fmt: skip


def test_when_the_check_of_the_controls_has_passed_all_hear_it_once(cast):
    matter = Matters(cast).major()
    listing = listed(cast.county, matter)
    do(cast.firm, "set_controls", listing, **CONTROLS, check_on=in_days(5))
    sweep(cast, eight_o_clock(in_days(5)))
    passed = f"挂牌的管控措施复查到期（{in_days(5)}），请复查续填"
    assert not any(passed in titles for titles in told(cast, listing).values()), "the day itself still counts"
    for _ in range(2):
        sweep(cast, eight_o_clock(in_days(5) + timedelta(days=1)))
    heard = {name: titles.count(passed) for name, titles in told(cast, listing).items()}
    assert heard == {matter.lead.name: 1, cast.enterprises["firm"].name: 1, listing.lister.name: 1}


def test_a_message_leads_to_its_listing(cast, client):
    with jobs.inline():
        listing = listed(cast.county, Matters(cast).major())
        jobs.run_pending()
    client.force_login(cast.users["firm"])
    with acting(cast.firm):
        message = Message.objects.get(subject_id=listing.id, to_organisation=cast.firm.organisation_id)
    went = client.post(f"/messages/{message.id}/read/")
    assert went["Location"] == f"/listings/{listing.id}/"
    assert client.get(went["Location"]).status_code == 200
