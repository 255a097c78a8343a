"""Grids: drawing them, people in posts, sites joining by list, gaps, hand-over."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from anlan.authz.scope import acting
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused, Stale
from anlan.register import api as register
from anlan.register import invariants
from anlan.register.actions import grids as acts
from anlan.register.actions.handing_over import hand_over
from anlan.register.grid_members import OBJECTS, SITES
from anlan.register.models import ObjectGrid, ResponsibleOfficial, Site, SiteGrid, SupervisedObject
from anlan.register.selectors import grids as seen
from anlan.territory import api as territory
from anlan.territory.api import Appointment, GridFacts, GridMember, PersonInPost
from tests.factories.cast import Cast

FENG = PersonInPost(name="冯网格", phone="13900000001")
ZHOU = PersonInPost(name="周接手", phone="13900000002")


def grid_facts(cast: Cast, region: str = "331082001001", **more: Any) -> GridFacts:
    return GridFacts(**{"name": "文化社区网格", "region_id": cast.regions[region].id, **more})


@pytest.fixture
def town(cast: Cast):
    with acting(cast.town) as actor:
        yield actor


@pytest.fixture
def grid(cast: Cast, town):
    return territory.establish_grid(actor=town, facts=grid_facts(cast))


def appoint(actor, grid, person=FENG, post="GRID_MEMBER", **more: Any) -> GridMember:
    days = {"valid_from": clock.today(), "valid_to": None, **more}
    given = Appointment(person=person, post=post, **days)
    return territory.appoint_member(actor=actor, grid_id=grid.id, appointment=given)


class TestEstablish:
    def test_gives_a_code_and_a_line_in_the_ledger(self, grid) -> None:
        assert (grid.code, grid.level, grid.kind, grid.valid_from) == (
            "331082001001Z01",
            "VILLAGE",
            "COMPREHENSIVE",
            clock.today(),
        )
        entry = LedgerEntry.objects.get(subject_id=grid.id)
        assert entry.event == "grid.established"
        assert entry.payload["changes"]["name"] == {"from": None, "to": "文化社区网格"}

    def test_a_name_and_a_code_are_there_once(self, cast: Cast, town, grid) -> None:
        with pytest.raises(Invalid, match="同名"):
            territory.establish_grid(actor=town, facts=grid_facts(cast))
        with pytest.raises(Invalid, match="编码"):
            territory.establish_grid(actor=town, facts=grid_facts(cast, name="二网格", code=grid.code))

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"name": " "}, "/name"),
            ({"kind": "SECTOR"}, "/sector"),
            ({"sector": "FIRE"}, "/sector"),
            ({"kind": "MICRO"}, "/parent"),
            ({"level": "TOWNSHIP"}, "/level"),
        ],
    )
    def test_says_what_is_wrong(self, cast: Cast, town, more, pointer) -> None:
        with pytest.raises(Invalid) as refusal:
            territory.establish_grid(actor=town, facts=grid_facts(cast, **more))
        assert [error.pointer for error in refusal.value.errors] == [pointer]

    def test_not_elsewhere_and_not_by_everybody(self, cast: Cast, town) -> None:
        with pytest.raises(NotInScope):
            territory.establish_grid(actor=town, facts=grid_facts(cast, "331082002001"))
        with acting(cast.village), pytest.raises(Forbidden):
            territory.establish_grid(actor=cast.village, facts=grid_facts(cast))

    def test_a_micro_grid_lies_in_a_grid(self, cast: Cast, town, grid) -> None:
        micro = territory.establish_grid(
            actor=town, facts=grid_facts(cast, name="一号楼", kind="MICRO", parent_id=grid.id)
        )
        assert micro.parent_id == grid.id
        with pytest.raises(Invalid, match="层级"):
            territory.edit_grid(actor=town, grid_id=grid.id, changes={"parent_id": micro.id})

    def test_edit_checks_the_version_and_what_is_fixed(self, town, grid) -> None:
        edited = territory.edit_grid(actor=town, grid_id=grid.id, changes={"name": "新名"}, if_versions=frozenset({0}))
        assert (edited.name, edited.version) == ("新名", 1)
        with pytest.raises(Stale):
            territory.edit_grid(actor=town, grid_id=grid.id, changes={"name": "又名"}, if_versions=frozenset({0}))
        with pytest.raises(Invalid, match="不能改"):
            territory.edit_grid(actor=town, grid_id=grid.id, changes={"kind": "MICRO"})


class TestPosts:
    def test_one_leader_at_a_time(self, town, grid) -> None:
        appoint(town, grid, post="GRID_LEADER")
        with pytest.raises(Refused, match="冯网格") as refusal:
            appoint(town, grid, ZHOU, post="GRID_LEADER")
        assert refusal.value.code == "post_is_held"

    def test_the_next_one_may_follow(self, town, grid) -> None:
        today = clock.today()
        appoint(town, grid, post="GRID_LEADER", valid_to=today)
        appoint(town, grid, ZHOU, post="GRID_LEADER", valid_from=today + timedelta(days=1))
        names = [one.name for one in territory.members_on(town, today, grid_ids=[grid.id])]
        assert names == ["冯网格"]

    def test_several_members_but_nobody_twice(self, town, grid) -> None:
        assert [appoint(town, grid).seat, appoint(town, grid, ZHOU).seat] == [1, 2]
        with pytest.raises(Refused, match="已经是"):
            appoint(town, grid)

    def test_a_post_the_level_does_not_have(self, town, grid) -> None:
        with pytest.raises(Invalid, match="不设"):
            appoint(town, grid, post="SECTOR_INSTRUCTOR")

    def test_an_account_brings_its_name_and_the_ledger_holds_none(self, cast: Cast, town, grid) -> None:
        member = appoint(town, grid, PersonInPost(user_id=cast.village.user_id))
        assert (member.name, member.phone) == ("冯网格", "13800000000")
        payload = str(LedgerEntry.objects.get(event="grid.member_appointed").payload)
        assert "冯网格" not in payload
        assert "13800000000" not in payload
        with pytest.raises(Invalid, match="账号"):
            appoint(town, grid, PersonInPost(user_id=cast.other.user_id), post="INFORMATION_OFFICER")

    def test_ended_today_is_free_tomorrow(self, town, grid) -> None:
        member = appoint(town, grid, post="GRID_LEADER", valid_from=date(2026, 1, 1))
        ended = territory.end_appointment(actor=town, member_id=member.id)
        assert ended.valid_to == clock.today()
        with pytest.raises(Refused):
            appoint(town, grid, ZHOU, post="GRID_LEADER")
        appoint(town, grid, ZHOU, post="GRID_LEADER", valid_from=clock.today() + timedelta(days=1))

    def test_many_at_once_all_or_none(self, town, grid) -> None:
        def post(person: PersonInPost, name: str) -> tuple[Any, Appointment]:
            return grid.id, Appointment(person=person, post=name, valid_from=clock.today())

        with pytest.raises(Refused, match="冯网格"):
            territory.appoint_members(actor=town, posts=[post(FENG, "GRID_LEADER"), post(ZHOU, "GRID_LEADER")])
        assert not territory.members(town).exists()
        made = territory.appoint_members(actor=town, posts=[post(FENG, "GRID_MEMBER"), post(ZHOU, "GRID_MEMBER")])
        assert [one.seat for one in made] == [1, 2]
        assert LedgerEntry.objects.get(event="grid.members_appointed").payload["count"] == 2

    def test_vacancies(self, town, grid) -> None:
        def missing() -> dict[str, int]:
            return {one.post: one.missing for one in territory.vacancies(town, [grid], clock.today())[grid.id]}

        assert missing() == {"GRID_LEADER": 1, "GRID_MEMBER": 1}
        appoint(town, grid)
        assert missing() == {"GRID_LEADER": 1}


class TestSites:
    def test_join_once_with_one_entry(self, cast: Cast, town, grid) -> None:
        site = cast.sites["firm"]
        done = acts.assign(actor=town, grid_id=grid.id, member=SITES, ids=[site.id])
        again = acts.assign(actor=town, grid_id=grid.id, member=SITES, ids=[site.id])
        assert (done.joined, again.unchanged) == (1, 1)
        entry = LedgerEntry.objects.get(event="grid.sites_assigned")
        assert entry.payload["count"] == 1
        assert len(entry.payload["rows_hash"]) == 64

    def test_one_grid_of_a_kind_and_several_kinds(self, cast: Cast, town, grid) -> None:
        site = cast.sites["firm"]
        acts.assign(actor=town, grid_id=grid.id, member=SITES, ids=[site.id])
        second = territory.establish_grid(actor=town, facts=grid_facts(cast, name="二网格"))
        fire = territory.establish_grid(actor=town, facts=grid_facts(cast, name="消防", kind="SECTOR", sector="FIRE"))
        acts.assign(actor=town, grid_id=fire.id, member=SITES, ids=[site.id])
        with pytest.raises(Refused, match="文化社区网格"):
            acts.assign(actor=town, grid_id=second.id, member=SITES, ids=[site.id])
        moved = acts.assign(actor=town, grid_id=second.id, member=SITES, ids=[site.id], move=True)
        assert moved.moved == 1
        assert {place.grid.name for place in seen.places_of(town, SITES, [site.id])} == {"二网格", "消防"}
        assert SiteGrid.objects.filter(site=site).count() == 3

    def test_not_from_elsewhere(self, cast: Cast, town, grid) -> None:
        with pytest.raises(NotInScope):
            acts.assign(actor=town, grid_id=grid.id, member=SITES, ids=[cast.sites["firm2"].id])
        with acting(cast.county) as county, pytest.raises(Invalid, match="不在"):
            acts.assign(actor=county, grid_id=grid.id, member=SITES, ids=[cast.sites["firm2"].id])

    def test_a_site_that_moves_leaves_its_grid(self, cast: Cast, town, grid) -> None:
        site = cast.sites["firm"]
        acts.assign(actor=town, grid_id=grid.id, member=SITES, ids=[site.id])
        register.edit_site(actor=town, site_id=site.id, changes={"region_id": cast.regions["331082001002"].id})
        assert not seen.places_of(town, SITES, [site.id]).exists()
        assert [one.id for one in seen.without_grid(town, SITES)] == [site.id]

    def test_remove_and_dissolve(self, cast: Cast, town, grid) -> None:
        member = appoint(town, grid)
        acts.assign(actor=town, grid_id=grid.id, member=SITES, ids=[cast.sites["firm"].id])
        with pytest.raises(Refused, match="1 处场所"):
            acts.dissolve_grid(actor=town, grid_id=grid.id, reason="合并")
        assert acts.remove(actor=town, grid_id=grid.id, member=SITES, ids=[cast.sites["firm"].id], reason="合并") == 1
        over = acts.dissolve_grid(actor=town, grid_id=grid.id, reason="合并")
        assert over.valid_to == clock.today() - timedelta(days=1)
        member.refresh_from_db()
        assert member.valid_to == over.valid_to
        assert not territory.grids(town).filter(id=grid.id).exists()
        with pytest.raises(Refused, match="撤销"):
            appoint(town, grid, ZHOU)

    def test_by_place(self, cast: Cast, town, grid) -> None:
        placed = acts.assign_by_place(actor=town, ids={"sites": [site.id for site in seen.without_grid(town, SITES)]})
        assert (placed.assigned, placed.grids, placed.left) == (1, 1, 0)


@pytest.fixture
def house(cast: Cast, town):
    return rented(cast, town)


def rented(cast: Cast, actor, region: str = "331082001001", name: str = "出租房 6 幢"):
    facts = register.ObjectFacts(
        kind=register.ObjectKind.RENTAL_HOUSE,
        name=name,
        address="文化路 6 号",
        region_id=cast.regions[region].id,
        sectors=("FIRE",),
    )
    return register.register_object(actor=actor, facts=facts)


class TestObjects:
    def test_join_once_with_one_entry(self, town, grid, house) -> None:
        done = acts.assign(actor=town, grid_id=grid.id, member=OBJECTS, ids=[house.id])
        again = acts.assign(actor=town, grid_id=grid.id, member=OBJECTS, ids=[house.id])
        assert (done.joined, again.unchanged) == (1, 1)
        entry = LedgerEntry.objects.get(event="grid.objects_assigned")
        assert (entry.payload["count"], len(entry.payload["rows_hash"])) == (1, 64)
        assert [one.id for one in seen.in_grid(town, OBJECTS, grid)] == [house.id]
        assert not seen.without_grid(town, OBJECTS).exists()

    def test_one_grid_of_a_kind_and_several_kinds(self, cast: Cast, town, grid, house) -> None:
        acts.assign(actor=town, grid_id=grid.id, member=OBJECTS, ids=[house.id])
        second = territory.establish_grid(actor=town, facts=grid_facts(cast, name="二网格"))
        fire = territory.establish_grid(actor=town, facts=grid_facts(cast, name="消防", kind="SECTOR", sector="FIRE"))
        assert [one.id for one in seen.candidates(town, OBJECTS, fire)] == [house.id]
        acts.assign(actor=town, grid_id=fire.id, member=OBJECTS, ids=[house.id])
        with pytest.raises(Refused, match="文化社区网格") as refusal:
            acts.assign(actor=town, grid_id=second.id, member=OBJECTS, ids=[house.id])
        assert refusal.value.code == "object_is_in_another_grid"
        assert acts.assign(actor=town, grid_id=second.id, member=OBJECTS, ids=[house.id], move=True).moved == 1
        assert {one.grid.name for one in seen.places_of(town, OBJECTS, [house.id])} == {"二网格", "消防"}

    def test_not_from_elsewhere_and_not_by_everybody(self, cast: Cast, town, grid) -> None:
        with acting(cast.county) as county:
            away = rented(cast, county, "331082002001")
            with pytest.raises(Invalid, match="不在文化社区网格的区划内"):
                acts.assign(actor=county, grid_id=grid.id, member=OBJECTS, ids=[away.id])
        with acting(cast.town) as actor, pytest.raises(NotInScope):
            acts.assign(actor=actor, grid_id=grid.id, member=OBJECTS, ids=[away.id])
        with acting(cast.village) as village, pytest.raises(Forbidden):
            acts.assign(actor=village, grid_id=grid.id, member=OBJECTS, ids=[away.id])

    def test_one_that_moves_leaves_its_grid(self, cast: Cast, town, grid, house) -> None:
        acts.assign(actor=town, grid_id=grid.id, member=OBJECTS, ids=[house.id])
        there = cast.regions["331082001002"]
        register.edit_object(actor=town, object_id=house.id, changes={"region_id": there.id})
        assert [one.id for one in seen.without_grid(town, OBJECTS)] == [house.id]
        left = ObjectGrid.objects.get(supervised_object=house)
        assert left.left_at is not None
        assert left.region_path == there.path

    def test_a_grid_with_one_is_not_dissolved(self, town, grid, house) -> None:
        acts.assign(actor=town, grid_id=grid.id, member=OBJECTS, ids=[house.id])
        with pytest.raises(Refused, match="还有 1 处监管对象"):
            acts.dissolve_grid(actor=town, grid_id=grid.id, reason="合并")
        assert acts.remove(actor=town, grid_id=grid.id, member=OBJECTS, ids=[house.id], reason="合并") == 1
        assert LedgerEntry.objects.get(event="grid.objects_removed").payload["reason"] == "合并"
        assert acts.dissolve_grid(actor=town, grid_id=grid.id, reason="合并").valid_to is not None

    def test_by_place_and_whose_grid_has_nobody(self, cast: Cast, town, grid, house) -> None:
        gone = rented(cast, town, name="已拆的房")
        register.edit_object(actor=town, object_id=gone.id, changes={"status": "GONE"})
        placed = acts.assign_by_place(actor=town, ids={"objects": [house.id, gone.id]})
        assert (placed.assigned, placed.grids, placed.left) == (1, 1, 0)
        assert [one.id for one in seen.objects_in_unheld_grids(town)] == [house.id]
        appoint(town, grid)
        assert not seen.objects_in_unheld_grids(town).exists()
        (keeper,) = seen.keepers_of(town, OBJECTS, [house.id])
        assert [person.name for person in keeper.people] == ["冯网格"]

    def test_handing_over_leaves_them_where_they_are(self, town, grid, house) -> None:
        post = appoint(town, grid)
        acts.assign(actor=town, grid_id=grid.id, member=OBJECTS, ids=[house.id])
        hand_over(actor=town, of=post.id, to=ZHOU, reason="调任")
        (keeper,) = seen.keepers_of(town, OBJECTS, [house.id])
        assert [person.name for person in keeper.people] == ["周接手"]

    def test_what_does_not_hold_is_found(self, cast: Cast, town, grid, house) -> None:
        acts.assign(actor=town, grid_id=grid.id, member=OBJECTS, ids=[house.id])
        assert not list(invariants.check_grid_places(town))
        place = ObjectGrid.objects.filter(supervised_object=house)
        for broken, what in (
            ({"kind": "MICRO"}, "类别与网格不符"),
            ({"region_path": cast.regions["331082001002"].path}, "位置与监管对象不符"),
            ({"left_at": clock.now() - timedelta(days=9)}, "划出时间早于划入时间"),
        ):
            was = place.values(*broken).get()
            place.update(**broken)
            assert [what in breach.what for breach in invariants.check_grid_places(town)] == [True], what
            place.update(**was)

    def test_confirmed_unchanged_is_not_stale(self, town, house) -> None:
        long_ago = clock.now() - timedelta(days=2000)
        SupervisedObject.objects.filter(id=house.id).update(changed_at=long_ago)
        old = register.ObjectFilters(stale=True)
        assert [one.id for one in register.supervised_objects(town, old)] == [house.id]
        assert register.confirm_objects_unchanged(actor=town, object_ids=[house.id]) == 1
        assert not register.supervised_objects(town, old).exists()
        assert LedgerEntry.objects.get(event="objects.confirmed_unchanged").payload["count"] == 1
        with pytest.raises(Invalid):
            register.confirm_objects_unchanged(actor=town, object_ids=[])


class TestOfficials:
    def test_a_key_site_needs_one_and_a_successor_follows(self, cast: Cast, town) -> None:
        site = cast.sites["firm"]
        assert [one.id for one in seen.key_sites_without_official(town)] == [site.id]
        facts = acts.OfficialFacts(person=FENG, duty="副主任", valid_from=date(2026, 1, 1))
        acts.name_official(actor=town, site_id=site.id, facts=facts)
        assert not seen.key_sites_without_official(town).exists()
        with pytest.raises(Refused, match="已经是"):
            acts.name_official(actor=town, site_id=site.id, facts=facts)
        acts.name_official(actor=town, site_id=site.id, facts=acts.OfficialFacts(person=ZHOU))
        assert seen.officials_of_sites(town, [site.id])[site.id].name == "周接手"
        assert ResponsibleOfficial.objects.get(name="冯网格").valid_to == clock.today() - timedelta(days=1)

    @pytest.mark.parametrize("who", ["county", "town", "village", "dept", "firm"])
    def test_who_looks_after_a_site_is_told_as_far_as_one_sees(self, cast: Cast, who: str) -> None:
        site = cast.sites["firm"]
        with acting(cast.town) as town:
            acts.name_official(actor=town, site_id=site.id, facts=acts.OfficialFacts(person=ZHOU))
        with acting(cast.actors[who]) as actor:
            (found,) = seen.with_keepers(actor, Site.objects.visible_to(actor).filter(id=site.id))
            seen_by = [one.name for one in seen.officials(actor).filter(site=site)]
        assert [one["name"] for one in found.told_officials] == seen_by
        assert who != "county" or seen_by == ["周接手"]


class TestHandOver:
    def test_everything_goes_in_one_act(self, cast: Cast, town, grid) -> None:
        site = cast.sites["firm"]
        post = appoint(town, grid, post="GRID_LEADER", valid_from=date(2026, 1, 1))
        appoint(town, grid, ZHOU)
        appoint(town, grid)
        acts.name_official(actor=town, site_id=site.id, facts=acts.OfficialFacts(person=FENG, duty="副主任"))
        acts.name_official(actor=town, grid_id=grid.id, facts=acts.OfficialFacts(person=FENG))
        charge = seen.charge_of(town, post.id)
        assert (len(charge.posts), charge.site_officials, charge.grid_officials) == (2, 1, 1)
        with pytest.raises(Refused, match="4 项"):
            hand_over(actor=town, of=post.id, to=ZHOU, reason="调任", expected=3)
        done = hand_over(actor=town, of=post.id, to=ZHOU, reason="调任", expected=4)
        assert (done.posts, done.officials, done.ended) == (1, 2, 1)
        assert seen.charge_of(town, post.id).count == 0
        people = [(one.name, one.post) for one in territory.members_on(town, clock.today())]
        assert sorted(people) == [("周接手", "GRID_LEADER"), ("周接手", "GRID_MEMBER")]
        assert seen.officials_of_sites(town, [site.id])[site.id].duty == "副主任"
        entry = LedgerEntry.objects.get(event="grid.handed_over")
        assert (entry.payload["posts"], entry.payload["officials"]) == (1, 2)
        with pytest.raises(Refused, match="不用移交"):
            hand_over(actor=town, of=post.id, to=ZHOU, reason="调任")

    def test_whoever_follows_stays_until_somebody_named_for_later(self, cast: Cast, town, grid) -> None:
        today = clock.today()
        last, begun = today + timedelta(days=1), today - timedelta(days=90)
        post = appoint(town, grid, post="GRID_LEADER", valid_from=begun, valid_to=last)
        site = cast.sites["firm"].id
        facts = acts.OfficialFacts(person=FENG, valid_from=begun)
        acts.name_official(actor=town, site_id=site, facts=facts)
        ResponsibleOfficial.objects.filter(site_id=site).update(valid_to=last)
        hand_over(actor=town, of=post.id, to=ZHOU, reason="调任")
        now = territory.members_on(town, today).get()
        assert (now.name, now.valid_to) == ("周接手", None)
        assert seen.officials_of_sites(town, [site])[site].valid_to is None
        GridMember.objects.filter(id=now.id).update(valid_to=last)
        appoint(town, grid, PersonInPost(name="吴后任", phone="13900000009"), post="GRID_LEADER",
                valid_from=last + timedelta(days=1))  # fmt: skip
        hand_over(actor=town, of=now.id, to=FENG, reason="调回")
        assert territory.members_on(town, today).get().valid_to == last

    def test_not_to_oneself(self, town, grid) -> None:
        post = appoint(town, grid)
        with pytest.raises(Invalid, match="同一个人"):
            hand_over(actor=town, of=post.id, to=FENG, reason="调任")


class TestLoad:
    def test_one_grid_a_region_once(self, cast: Cast) -> None:
        out = StringIO()
        call_command("load_grids", county=["331082"], stdout=out)
        call_command("load_grids", county=["331082"], stdout=out)
        assert out.getvalue().split("\n")[:2] == ["临海市 综合网格 7（新增 7）", "临海市 综合网格 7（新增 0）"]
        with acting(cast.county) as county:
            village = territory.grids(county).get(region__code="331082001001")
            assert (village.name, village.level, village.parent.name) == ("文化社区网格", "VILLAGE", "古城街道网格")
            assert village.organisation.short_name == "文化社区"
            assert seen.grids_without_holder(county).count() == 7
        with acting(cast.other) as other:
            assert not territory.grids(other).exists()
