"""A site that is handed over takes its open matters along (DOMAIN §2): all of them, into the hands of the new unit."""

from typing import Any

import pytest

from anlan.authz.actors import Actor
from anlan.authz.models import Participation
from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.workflow import TRAVELLED
from anlan.inspections.api import FreeFinding
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, NotInScope, Refused
from anlan.notify.models import Message
from anlan.processes.invariants import kinds
from anlan.processes.models import Deadline, Event
from anlan.register import api as register
from anlan.register.models import SiteTransfer
from anlan.safeguards.models import GuardedMatter
from anlan.supervision import actions as supervision
from anlan.supervision.models import SupervisionListing
from tests.factories.cast import Cast
from tests.factories.matters import Matters, in_days, upload
from tests.integration.test_checks import inspect
from tests.integration.test_safeguards import establish, guard

pytestmark = pytest.mark.django_db

NEW_HOME = "331082002001"


@pytest.fixture
def matters(cast: Cast) -> Matters:
    return Matters(cast)


def propose(cast: Cast, who: str = "town", region: str = NEW_HOME) -> SiteTransfer:
    with acting(cast.actors[who]) as actor:
        return register.propose_site_transfer(
            actor=actor, site_id=cast.sites["firm"].id, to_region_id=cast.regions[region].id, reason="整体搬到大洋"
        )


def move(cast: Cast) -> SiteTransfer:
    transfer = propose(cast)
    with acting(cast.town2) as actor:
        return register.confirm_transfer(actor=actor, transfer_id=transfer.id)


def received(cast: Cast) -> SiteTransfer:
    """As `move`, with everything that follows."""
    with jobs.inline():
        transfer = move(cast)
        jobs.run_pending()
    return transfer


def seen(actor: Actor, matter: HiddenDanger) -> HiddenDanger:
    with acting(actor):
        return loop.hidden_danger(actor, matter.id)


def breaches(cast: Cast) -> list[Any]:
    with acting(cast.system("3310")) as actor:
        return [breach for kind in kinds() for breach in kind.breaches(actor)]


def suspended(cast: Cast, matters: Matters) -> HiddenDanger:
    matter = matters.rectifying()
    asked = {"controls": "停用", "review_on": in_days(9)}
    matters.act(cast.firm, matter, "request_suspension", **asked)
    return matters.act(cast.town, matter, "approve_suspension")


def bounced(cast: Cast, matters: Matters) -> HiddenDanger:
    return matters.act(cast.village, matters.dispatched(), "bounce", reason="不归我们管")


def fixed(cast: Cast, matters: Matters) -> HiddenDanger:
    matter = matters.registered()
    photo = upload(cast.town, "AFTER")
    return matters.act(cast.town, matter, "fix_on_the_spot", note="当场清理", after=[photo], cause="STATE")


def returned(cast: Cast, matters: Matters) -> HiddenDanger:
    found = matters.registered(cast.village, source=loop.Source.GRID_PATROL)
    return matters.act(cast.town, found, "return_to_reporter", reason="看不清")


def world(cast: Cast, matters: Matters) -> dict[str, HiddenDanger]:
    """One matter of every kind at the firm's site."""
    made = {
        "registered": matters.registered(),
        "returned": returned(cast, matters),
        "confirmed": matters.confirmed(),
        "bounced": bounced(cast, matters),
        "own": matters.dispatched(cast.town),
        "dispatched": matters.dispatched(),
        "department": matters.rectifying(cast.dept2),
        "suspended": suspended(cast, matters),
        "submitted": matters.submitted(),
        "fixed": fixed(cast, matters),
        "major": matters.major(),
        "secret": matters.registered(cast.dept, source=loop.Source.UNANNOUNCED_CHECK),
        "own_secret": matters.registered(source=loop.Source.UNANNOUNCED_CHECK),
        "closed": matters.closed(),
    }
    with acting(cast.town) as actor:
        supervision.list_matter(actor=actor, hidden_danger_id=made["major"].id, due_on=in_days(30), leader="林副主任")
    return made


class TestMoved:
    def test_all_that_is_open_goes_and_everything_holds(self, cast: Cast, matters: Matters) -> None:
        made = world(cast, matters)
        transfer = move(cast)
        assert breaches(cast) == []
        old, new = cast.organisations["古城街道"], cast.organisations["大洋街道"]
        with acting(cast.system()):
            rows = {name: HiddenDanger.objects.get(id=one.id) for name, one in made.items()}
            listing = SupervisionListing.objects.get(hidden_danger=made["major"])
            periods = Deadline.objects.filter(subject_id__in=[one.id for one in made.values()])
            ended = rows.pop("closed")
            assert {one.region_path for one in rows.values()} == {transfer.to_region.path}
            assert not periods.exclude(subject_id=ended.id).exclude(region_path=transfer.to_region.path).exists()
            assert listing.region_path == transfer.to_region.path
            entries = LedgerEntry.objects.filter(event=TRAVELLED)
            assert sorted(entry.subject_id for entry in entries) == sorted(one.id for one in rows.values())
        assert (ended.region_path, ended.dispatcher_id) == (transfer.from_region.path, old.id)
        holders = {name: one.holder.short_name for name, one in rows.items()}
        assert holders.pop("returned") == "文化社区"  # whoever found it completes it
        assert {holders.pop(name) for name in ("department", "secret", "major")} == {
            "临海住建局",
            "临海应急局",
            "大洋街道",
        }
        assert set(holders.values()) == {"大洋街道"}
        assert {one.screening for name, one in rows.items() if name != "secret"} == {new}
        assert (rows["department"].dispatcher, rows["department"].lead.short_name) == (new, "临海住建局")
        assert rows["bounced"].lead.short_name == "文化社区"
        assert rows["major"].major_decider.short_name == "临海消防大队"

    def test_the_new_unit_goes_on_with_them_and_the_old_one_only_reads(self, cast: Cast, matters: Matters) -> None:
        made = world(cast, matters)
        move(cast)
        for name, verb, more in (
            ("registered", "confirm", {"cause": "STATE"}),
            ("confirmed", "dispatch", {"lead": cast.dept2.organisation_id, "due_on": in_days(5)}),
            ("bounced", "redispatch", {"lead": cast.dept2.organisation_id, "due_on": in_days(5)}),
            ("dispatched", "acknowledge", {}),
            ("suspended", "resume", {}),
            ("submitted", "accept_rectification", {"note": "到位"}),
            ("fixed", "accept_rectification", {"note": "到位"}),
            ("own_secret", "confirm", {"cause": "STATE"}),
        ):
            assert seen(cast.town, made[name]).region_path.startswith(cast.town2.region_path)
            with pytest.raises(Forbidden):
                matters.act(cast.town, made[name], verb, **more)
            matters.act(cast.town2, made[name], verb, **more)
        matters.act(
            cast.village, made["returned"], "register", description="看清了", source="GRID_PATROL", place="东侧"
        )
        assert seen(cast.town2, made["returned"]).holder_id == cast.town2.organisation_id
        photo = upload(cast.firm, "AFTER")
        matters.act(cast.firm, made["own"], "submit_rectification", note="好了", photos=[photo])
        matters.act(cast.town2, made["own"], "accept_rectification", note="到位")
        assert breaches(cast) == []

    def test_nothing_is_taken_back_behind_the_move(self, cast: Cast, matters: Matters, client_of: Any) -> None:
        taken, given = matters.rectifying(), matters.dispatched(cast.dept2)
        move(cast)
        for who, matter in ((cast.village, taken), (cast.town, given)):
            with pytest.raises(Refused, match="不能撤回"):
                matters.act(who, matter, "withdraw")
        page = client_of("town").get(f"/hidden-dangers/{given.id}/").content.decode()
        assert "撤回“" not in page
        assert "随场所移交" in page
        assert "古城街道 → 大洋街道" in page
        matters.act(cast.dept2, given, "acknowledge")
        back = matters.act(cast.dept2, given, "withdraw")
        assert (back.status, back.dispatcher_id) == ("DISPATCHED", cast.town2.organisation_id)
        assert back.region_path == cast.regions[NEW_HOME].path
        assert breaches(cast) == []

    def test_a_request_is_decided_by_the_new_unit(self, cast: Cast, matters: Matters) -> None:
        matter = matters.rectifying()
        matters.act(cast.firm, matter, "request_extension", until=in_days(30), reason="备件未到")
        move(cast)
        with pytest.raises(Forbidden):
            matters.act(cast.town, matter, "approve_extension")
        matters.act(cast.town2, matter, "approve_extension")
        assert breaches(cast) == []

    def test_what_a_check_found_and_an_event_guards(self, cast: Cast, matters: Matters) -> None:
        with clock.at(clock.now()):
            inspect(cast.fire, cast.sites["firm"], findings=[FreeFinding("通道堵塞")])
        with acting(cast.county):
            found = HiddenDanger.objects.get()
        events = [establish(cast, "town", "331082001"), establish(cast)]
        for event, who in zip(events, ("town", "county"), strict=True):
            assert guard(cast, event, found, who=who) == 1
        move(cast)
        with acting(cast.county):
            kept = {one.event_id: one.removed_reason for one in GuardedMatter.objects.all()}
        assert kept[events[1].id] == ""
        assert "随场所移交" in kept[events[0].id]
        assert breaches(cast) == []


class TestWall:
    def test_what_is_unannounced_goes_unseen(self, cast: Cast, matters: Matters, client_of: Any) -> None:
        secret = matters.registered(cast.dept, source=loop.Source.UNANNOUNCED_CHECK)
        form = client_of("town").get(f"/enterprises/sites/{cast.sites['firm'].id}/transfer/").content.decode()
        assert "件隐患" not in form
        transfer = propose(cast)
        for address in ("", "confirm/"):
            page = client_of("town2").get(f"/enterprises/transfers/{transfer.id}/{address}").content.decode()
            assert "件隐患" not in page
        with acting(cast.town) as actor:
            register.withdraw_transfer(actor=actor, transfer_id=transfer.id)
        transfer = received(cast)
        assert "件隐患" not in client_of("town2").get(f"/enterprises/transfers/{transfer.id}/").content.decode()
        with pytest.raises(NotInScope):
            seen(cast.town2, secret)
        assert seen(cast.dept, secret).region_path == transfer.to_region.path
        with acting(cast.system()):
            parts = Participation.objects.filter(matter_id=secret.id).values_list("organisation__short_name", flat=True)
            assert set(parts) == {"临海应急局"}
            assert not Message.objects.filter(subject_id=secret.id, to_organisation__short_name="大洋街道").exists()
            assert Event.objects.get(event="site_transfer.confirmed").payload["travelled"] == {}


class TestTold:
    def test_the_receiver_and_who_puts_it_right(self, cast: Cast, matters: Matters) -> None:
        own, department = matters.registered(), matters.rectifying(cast.dept2)
        received(cast)
        with acting(cast.system()):
            told = set(
                Message.objects.filter(
                    subject_id__in=[own.id, department.id], title__contains="随场所移交"
                ).values_list("to_organisation__short_name", "title")
            )
        assert told == {
            ("大洋街道", "有隐患随场所移交给本单位，请接着办理"),
            ("临海住建局", "隐患随场所移交：古城街道 → 大洋街道"),
        }

    def test_the_pages_say_how_many(self, cast: Cast, matters: Matters, client_of: Any) -> None:
        matters.registered()
        matters.rectifying()
        form = client_of("town").get(f"/enterprises/sites/{cast.sites['firm'].id}/transfer/").content.decode()
        assert "还有 2 件隐患没有办结，接收时随场所一起移交" in form
        transfer = propose(cast)
        address = f"/enterprises/transfers/{transfer.id}/"
        assert "还有 2 件隐患没有办结" in client_of("town2").get(address).content.decode()
        assert "这处场所还有 2 件隐患没有办结" in client_of("town2").get(f"{address}confirm/").content.decode()
        done = client_of("town2").post(f"{address}confirm/", {"note": ""}, follow=True).content.decode()
        assert "2 件隐患随场所移交过来" in done
        assert "没有办结" not in done

    def test_over_the_interface(self, cast: Cast, matters: Matters, client_of: Any) -> None:
        matter = matters.rectifying()
        site, json = cast.sites["firm"], "application/json"
        made = client_of("town").post(
            f"/api/v1/sites/{site.id}/transfers", {"region": NEW_HOME, "reason": "搬迁"}, content_type=json
        )
        assert made.status_code == 201, made.content
        path = f"/api/v1/site-transfers/{made.json()['id']}"
        waiting = client_of("town2").get(path).json()
        assert (waiting["open_matters"], waiting["travelled"]) == ([{"label": "件隐患", "count": 1}], [])
        done = client_of("town2").post(f"{path}/confirm", {}, content_type=json)
        assert (done.status_code, done.json()["status"]) == (200, "CONFIRMED")
        assert done["ETag"] == f'"{done.json()["version"]}"'
        assert (done.json()["travelled"], done.json()["open_matters"]) == ([{"label": "件隐患", "count": 1}], [])
        read = client_of("leader").get(path)
        assert (read.status_code, read.json()["travelled"]) == (200, []), "only those who move sites are told"
        assert seen(cast.town2, matter).lead_id == cast.town2.organisation_id


def test_what_waits_refused_or_taken_back_moves_nothing(cast: Cast, matters: Matters) -> None:
    matter = matters.rectifying()
    before = seen(cast.town, matter)
    with acting(cast.town2) as actor:
        register.refuse_transfer(actor=actor, transfer_id=propose(cast).id, note="厂房不在本街道")
    with acting(cast.town) as actor:
        register.withdraw_transfer(actor=actor, transfer_id=propose(cast).id)
    after = seen(cast.town, matter)
    assert (after.version, after.region_path, after.lead_id) == (before.version, before.region_path, before.lead_id)


def test_and_back_again(cast: Cast, matters: Matters) -> None:
    matter = matters.rectifying()
    move(cast)
    with acting(cast.town2) as actor:
        site = cast.sites["firm"].id
        home = cast.regions["331082001002"].id
        again = register.propose_site_transfer(actor=actor, site_id=site, to_region_id=home, reason="又搬回来")
    with acting(cast.town) as actor:
        register.confirm_transfer(actor=actor, transfer_id=again.id)
    after = seen(cast.town, matter)
    assert (after.lead.short_name, after.region.code) == ("古城街道", "331082001002")
    assert breaches(cast) == []


def test_out_of_a_park_the_township_of_the_old_place_gives_way_too(cast: Cast, matters: Matters) -> None:
    park, site = cast.organisations["临海开发区管委会"], cast.sites["firm"].id
    manager = cast.add("park", "TOWNSHIP_OFFICE", "沈园区", park, cast.regions["331082001"])
    into = {"to_region_id": cast.regions["331082001001"].id, "to_unit_id": park.id, "reason": "划归园区"}
    screened = matters.registered()
    with acting(cast.town) as actor:
        given = register.propose_site_transfer(actor=actor, site_id=site, **into)
    with acting(manager):
        register.confirm_transfer(actor=manager, transfer_id=given.id)
    assert seen(manager, screened).screening_id == park.id
    found = matters.registered(cast.village, source=loop.Source.GRID_PATROL)
    assert found.screening.short_name == "古城街道"  # of the place, although the unit is the park
    with acting(manager):
        away = register.propose_site_transfer(
            actor=manager, site_id=site, to_region_id=cast.regions[NEW_HOME].id, reason="搬出园区"
        )
    with acting(cast.town2) as actor:
        register.confirm_transfer(actor=actor, transfer_id=away.id)
    assert {seen(cast.town2, one).holder.short_name for one in (screened, found)} == {"大洋街道"}
    assert breaches(cast) == []
