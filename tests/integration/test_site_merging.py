"""Two sites of one enterprise become one: what goes along, what gives way, what stands in the way, the tombstone."""

from typing import Any

import pytest
from django.test import Client

from anlan.authz.scope import acting
from anlan.hidden_dangers.models import HiddenDanger
from anlan.inspections.models import CheckRecord
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused, Stale
from anlan.register import api as register
from anlan.register.actions import grids
from anlan.register.grid_members import SITES
from anlan.register.merging import FOLLOWERS
from anlan.register.models import (
    DistinctSitePair,
    Licence,
    ResponsibleOfficial,
    Site,
    SiteGrid,
    SiteMerge,
    SiteTag,
    SiteTenancy,
    StatusChange,
)
from anlan.register.selectors import duplicates
from anlan.sheets import tasks
from anlan.territory import api as territory
from anlan.territory.api import GridFacts, PersonInPost
from tests.factories.cast import Cast
from tests.factories.matters import Matters, in_days, upload
from tests.integration import test_check_import, test_ledger_import
from tests.integration.test_register_merging import temporary
from tests.integration.test_sheets import run
from tests.meta.test_query_counts import AT_MOST, counted

JSON = "application/json"
FENG, ZHOU = PersonInPost(name="冯网格", phone="13900000001"), PersonInPost(name="周接手", phone="13900000002")


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def twin_of(cast: Cast, name: str = "江南机械老厂区", **more: Any) -> Site:
    """The site of the firm once more, registered by the township under another name at the same address."""
    site = cast.sites["firm"]
    given = {"name": name, "address": site.address.replace(" ", "　"), "region_id": site.region_id, **more}
    with acting(cast.town) as actor:
        return register.register_site(actor=actor, enterprise_id=site.enterprise_id, facts=register.SiteFacts(**given))


def merge(cast: Cast, merged: Site, into: Site | None = None, **more: Any) -> SiteMerge:
    with acting(cast.county) as actor:
        survivor = into or cast.sites["firm"]
        return register.merge_site(
            actor=actor, merged_id=merged.id, into_id=survivor.id, **{"reason": "同一处", **more}
        )


def refused(cast: Cast, merged: Site, into: Site | None = None) -> str:
    with pytest.raises(Refused) as caught:
        merge(cast, merged, into)
    return caught.value.reason


def licence(cast: Cast, site: Site, number: str) -> None:
    facts = register.LicenceFacts(kind="GAS_TRADE", number=number, valid_from=in_days(-9), site_id=site.id)
    register.register_licence(actor=cast.town, enterprise_id=site.enterprise_id, facts=facts)


def suspected(cast: Cast) -> list[tuple[str, str, list[str]]]:
    with acting(cast.county) as actor:
        found = duplicates.suspected_sites(actor)
    return [(pair.keep.name, pair.other.name, pair.reasons) for pair in found]


def stopped(cast: Cast, site: Site, to_status: str = "STOPPED") -> StatusChange:
    with acting(cast.town) as actor:
        on = register.Evidenced(reason="停产", since_on=clock.today(), file_ids=[upload(actor, "REPORT")])
        return register.set_site_status(actor=actor, site_id=site.id, to_status=to_status, on=on)


class TestWhatGoesAlong:
    def test_everything_in_one_entry(self, cast: Cast) -> None:
        keep = cast.sites["firm"]
        people = (register.PersonFacts(name="孙老厂", post="SAFETY_MANAGER", phone="13788889999"),)
        twin = twin_of(cast, sectors=("CONSTRUCTION",), people=people, longitude=121, latitude=28, source_crs="WGS84")
        matter = Matters(cast).registered(site_id=twin.id)
        test_check_import.ledger(cast.town, test_check_import.row(site=twin.name, no="J1"))
        with acting(cast.town) as actor:
            licence(cast, twin, "燃 7")
            register.tag_sites(actor=actor, site_ids=[twin.id], kind="COMBUSTIBLE_DUST", since_on=in_days(-9))
            drawn = GridFacts(name="文化社区网格", region_id=cast.regions["331082001001"].id)
            grid = territory.establish_grid(actor=actor, facts=drawn)
            grids.assign(actor=actor, grid_id=grid.id, member=SITES, ids=[twin.id])
            grids.name_official(actor=actor, site_id=twin.id, facts=grids.OfficialFacts(person=FENG))
            register.register_tenancy(
                actor=actor, tenant_site_id=twin.id, landlord_id=temporary(cast, "大院").id, valid_from=in_days(-9)
            )
        stopped(cast, keep, "SUSPENDED")
        stopped(cast, twin, "SUSPENDED")
        with acting(cast.county):
            before = LedgerEntry.objects.count()
        done = merge(cast, twin)
        with acting(cast.county) as actor:
            assert LedgerEntry.objects.count() == before + 1
            entry = LedgerEntry.objects.order_by("-seq")[0]
            now = register.site_with_people(actor, keep.id)
            for model in (HiddenDanger, CheckRecord, Licence, SiteGrid, ResponsibleOfficial, StatusChange):
                assert not model.objects.filter(site=twin).exists()
                assert model.objects.filter(site=keep).exists()
            assert SiteTenancy.objects.get().tenant_site_id == keep.id
            assert HiddenDanger.objects.get(id=matter.id).site_id == keep.id
            assert [one.id for one in register.sites(actor, register.SiteFilters(q=twin.name))] == [keep.id]
            assert [one.id for one in register.sites(actor, register.SiteFilters(q="13788889999"))] == [keep.id]
        assert (entry.event, entry.subject_id, entry.payload["moved"]) == ("site.merged", keep.id, done.moved)
        assert done.moved == {
            "条状态变更": 1, "本证照": 1, "项承租": 1, "名安全责任人": 1, "个主管部门": 1, "个网格归属": 1, "名包保人": 1,
            "个标签": 1, "件隐患": 1, "次检查": 1,
        }  # fmt: skip
        assert now.former_names == [twin.name]
        assert "孙老厂" in {person.name for person in now.people.all()}
        assert "CONSTRUCTION" in {one.sector for one in now.regulators.all()}
        assert "13788889999" not in str(entry.payload)

    def test_what_there_is_once_gives_way_to_the_survivors(self, cast: Cast) -> None:
        keep = cast.sites["firm"]
        with acting(cast.county) as actor:
            here = register.SiteFacts.of(register.site_with_people(actor, keep.id))
        twin = twin_of(cast, people=here.people, sectors=here.sectors)
        with acting(cast.town) as actor:
            for number, (site, official) in enumerate(((keep, FENG), (twin, ZHOU))):
                drawn = GridFacts(name=f"网格{number}", region_id=cast.regions["331082001001"].id)
                grid = territory.establish_grid(actor=actor, facts=drawn)
                grids.assign(actor=actor, grid_id=grid.id, member=SITES, ids=[site.id])
                facts = grids.OfficialFacts(person=official, valid_from=in_days(-9))
                grids.name_official(actor=actor, site_id=site.id, facts=facts)
            both = [keep.id, twin.id]
            register.tag_sites(actor=actor, site_ids=both, kind="COMBUSTIBLE_DUST", since_on=in_days(-9))
        assert merge(cast, twin).moved == {}
        with acting(cast.county) as actor:
            now = register.SiteFacts.of(register.site_with_people(actor, keep.id))
            assert (now.people, now.sectors) == (here.people, here.sectors)
            places = SiteGrid.objects.filter(site=keep).order_by("joined_at")
            assert [(one.grid.name, one.left_at is None) for one in places] == [("网格0", True), ("网格1", False)]
            officials = dict(ResponsibleOfficial.objects.filter(site=keep).values_list("name", "valid_to"))
            assert officials == {"冯网格": None, "周接手": in_days(-1)}
            tags = SiteTag.objects.filter(site=keep).order_by("removed_at")
            assert [(one.removed_on, one.removed_by_id) for one in tags] == [
                (clock.today(), cast.county.person_id),
                (None, None),
            ]

    def test_the_same_person_under_another_phone_stays(self, cast: Cast) -> None:
        with acting(cast.county) as actor:
            person = register.SiteFacts.of(register.site_with_people(actor, cast.sites["firm"].id)).people[0]
        other = register.PersonFacts(name=person.name, post=person.post, phone="0576-85112233")
        assert merge(cast, twin_of(cast, people=(other,))).moved == {"名安全责任人": 1}

    def test_the_position_goes_along_where_there_is_none(self, cast: Cast) -> None:
        keep, twin = twin_of(cast), twin_of(cast, "三厂", longitude=121, latitude=28, source_crs="WGS84")
        merge(cast, twin, keep)
        with acting(cast.county) as actor:
            now = register.site(actor, keep.id)
        assert (now.longitude, now.source_crs) == (121, "WGS84")

    def test_an_import_undone_afterwards_leads_to_where_the_site_stands(self, cast: Cast) -> None:
        twin = twin_of(cast)
        first = {"no": "YH-1", "on": in_days(-40), "who": test_ledger_import.FIRM, "what": "通道堵塞", "level": "一般",
                 "due": in_days(10), "site": twin.name}  # fmt: skip
        labels = {**test_ledger_import.LABELS, "site": "场所"}

        def ledger(row: dict[str, Any]) -> Any:
            cells = [row.get(name) for name in labels]
            file = test_ledger_import.book(list(labels.values()), cells)
            return run(cast.town, test_ledger_import.bring(cast.town, file, "hidden_dangers"))

        ledger(first)
        later = ledger({**first, "state": "已销号", "done": in_days(-3)})
        merge(cast, twin)
        run(cast.town, later, tasks.undo_sheet)
        with acting(cast.county):
            matter = HiddenDanger.objects.get(external_no="YH-1")
        assert (matter.status, matter.site_id) == ("RECTIFYING", cast.sites["firm"].id)

    def test_ledgers_go_on_by_the_old_name_but_do_not_register_it_anew(self, cast: Cast) -> None:
        twin, keep = twin_of(cast), cast.sites["firm"]
        merge(cast, twin)
        test_check_import.ledger(cast.town, test_check_import.row(site=twin.name, no="J1"))
        with acting(cast.county):
            assert CheckRecord.objects.get().site_id == keep.id

        def brought(kind: str, head: list[str], *row: str) -> Any:
            return run(
                cast.county, test_ledger_import.bring(cast.county, test_ledger_import.book(head, list(row)), kind)
            )

        firm = test_ledger_import.FIRM
        entry = brought("people", ["企业名称", "场所名称", "姓名", "职务"], firm, twin.name, "孙老厂", "安全管理人员")
        assert entry.created_count == 1
        with acting(cast.county):
            assert keep.people.filter(name="孙老厂").exists()
        entry = brought("sites", ["企业名称", "场所名称", "场所地址"], firm, twin.name, "路 1 号")
        assert f"已经并入“{keep.name}”" in test_ledger_import.reasons(entry)[0]


class TestWhatStandsInTheWay:
    def test_is_said_in_words(self, cast: Cast) -> None:
        twin, keep = twin_of(cast), cast.sites["firm"]
        with acting(cast.town) as actor:
            for site in (twin, keep):
                licence(cast, site, "燃 7")
                yard = temporary(cast, "大院" + site.name)
            for site in (twin, keep):
                register.register_tenancy(
                    actor=actor, tenant_site_id=site.id, landlord_id=yard.id, valid_from=in_days(-9)
                )
        stopped(cast, twin)
        said = refused(cast, twin)
        assert "都登记了证照燃 7" in said
        assert "同一项租赁" in said
        assert "还没有复产验收" in said
        with acting(cast.county):
            assert not SiteMerge.objects.exists()

    def test_what_waits_for_an_answer_is_answered_first(self, cast: Cast) -> None:
        twin, keep = twin_of(cast), cast.sites["firm"]
        stopped(cast, keep)
        with acting(cast.town) as actor:
            on = register.Evidenced(reason="整改完成", since_on=clock.today(), file_ids=[upload(actor, "REPORT")])
            register.request_resumption(actor=actor, site_id=keep.id, on=on)
            to = cast.regions["331082002001"].id
            register.propose_site_transfer(actor=actor, site_id=twin.id, to_region_id=to, reason="搬迁")
        said = refused(cast, twin)
        assert "复产申请" in said
        assert "移交" in said

    def test_two_enterprises_two_units_and_a_closed_one(self, cast: Cast) -> None:
        keep, twin = cast.sites["firm"], twin_of(cast)
        assert "先合并企业" in refused(cast, twin, cast.sites["firm2"])
        with acting(cast.county) as actor:
            facts = register.SiteFacts(name="东厂", address="路 1 号", region_id=cast.regions["331082002001"].id)
            far = register.register_site(actor=actor, enterprise_id=keep.enterprise_id, facts=facts)
        assert "移交" in refused(cast, far)
        stopped(cast, keep, "CLOSED")
        assert f"请保留“{twin.name}”" in refused(cast, twin)
        assert merge(cast, keep, twin).survivor_id == twin.id

    def test_not_by_everybody_not_blindly_not_into_itself(self, cast: Cast) -> None:
        twin, keep = twin_of(cast), cast.sites["firm"]

        def asked(who: str, expected: type[Exception], **more: Any) -> None:
            given = {"merged_id": twin.id, "into_id": keep.id, "reason": "同一处", **more}
            with acting(cast.actors[who]) as actor, pytest.raises(expected):
                register.merge_site(actor=actor, **given)

        asked("town", Forbidden)
        asked("other", NotInScope)
        asked("county", Invalid, into_id=twin.id)
        asked("county", Invalid, reason=" ")
        asked("county", Stale, if_versions=frozenset({9}))
        asked("county", NotInScope, into_id=cast.sites["other_firm"].id)


class TestTombstone:
    def test_is_seen_by_nobody_and_leads_to_the_survivor(self, cast: Cast, client_of: Any) -> None:
        keep, twin, third = cast.sites["firm"], twin_of(cast), twin_of(cast, "三厂")
        merge(cast, third, twin)
        merge(cast, twin)
        with acting(cast.county) as actor:
            listed = {one.id for one in register.sites(actor, register.SiteFilters())}
            assert keep.id in listed
            assert not {twin.id, third.id} & listed
            counted = register.enterprises(actor, register.EnterpriseFilters(q="江南机械")).with_site_count()
            assert [one.site_count for one in counted] == [1]
            with pytest.raises(NotInScope):
                register.edit_site(actor=actor, site_id=twin.id, changes={"name": "新"})
            with pytest.raises(NotInScope):
                register.merge_site(actor=actor, merged_id=keep.id, into_id=third.id, reason="反了")
            assert SiteMerge.objects.filter(survivor=keep).count() == 2
        client = client_of("county")
        page = client.get(f"/enterprises/sites/{third.id}/edit/")
        assert (page.status_code, page["Location"]) == (302, f"/enterprises/{keep.enterprise_id}/")
        assert "已并入" in client.get(page["Location"]).content.decode()
        assert client.get(f"/api/v1/sites/{third.id}").status_code == 404
        assert client_of("other").get(f"/enterprises/sites/{third.id}/edit/").status_code == 404
        history = client.get(f"/enterprises/{keep.enterprise_id}/history/").content.decode()
        assert f"并入“{keep.name}”" in history

    def test_goes_along_when_its_enterprise_is_merged(self, cast: Cast) -> None:
        other = temporary(cast)
        with acting(cast.town) as actor:
            one = Site.objects.get(enterprise=other)
            facts = register.SiteFacts(name="老厂区", address="井头街 9 号", region_id=one.region_id)
            again = register.register_site(actor=actor, enterprise_id=other.id, facts=facts)
        merge(cast, again, one)
        with acting(cast.county) as actor:
            done = register.merge_enterprise(
                actor=actor, merged_id=other.id, into_id=cast.enterprises["firm"].id, reason="同一家"
            )
            assert done.moved["处场所"] == 1
            assert Site.objects.get(id=again.id).enterprise_id == cast.enterprises["firm"].id


def test_every_reference_to_a_site_follows_it() -> None:
    """A table that names a site and is not told to follow would be left with the tombstone."""
    followed = {(one.rows(Site().id).model, one.column) for one in FOLLOWERS[Site].values()}
    excused = {(Site, "merged_into_id"), (SiteMerge, "merged_id")}
    excused |= {(DistinctSitePair, column) for column in ("first_id", "second_id")}
    references = {
        (relation.related_model, relation.field.attname)
        for relation in Site._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and relation.related_model.__module__.startswith("anlan.")
    }
    assert references - followed - excused == set()
    assert (CheckRecord, "site_id") in references


class TestSuggestions:
    def test_by_name_or_address_within_one_enterprise_and_unit(self, cast: Cast) -> None:
        keep = cast.sites["firm"]
        twin_of(cast)
        twin_of(cast, f"{keep.name}（北）".replace("（北）", " "), address="别处 3 号")
        twin_of(cast, "毫不相干", address="别处 4 号")
        temporary(cast, "另一家")
        with acting(cast.county) as actor:
            facts = register.SiteFacts(name=keep.name, address="路 1 号", region_id=cast.regions["331082002001"].id)
            register.register_site(actor=actor, enterprise_id=keep.enterprise_id, facts=facts)
        assert [(one, reasons) for one, _, reasons in suspected(cast)] == [
            (keep.name, ["地址相同"]),
            (keep.name, ["名称相同"]),
        ]

    def test_what_works_would_stay_and_what_was_judged_stays_judged(self, cast: Cast) -> None:
        keep, twin = cast.sites["firm"], twin_of(cast)
        stopped(cast, keep, "CLOSED")
        assert suspected(cast) == [(twin.name, keep.name, ["地址相同"])]
        with acting(cast.county) as actor:
            for _ in range(2):
                register.mark_sites_distinct(actor=actor, site_id=keep.id, other_id=twin.id)
            assert LedgerEntry.objects.filter(event="site.marked_distinct").count() == 1
        assert suspected(cast) == []


class TestPages:
    def test_from_the_pair_to_one(self, cast: Cast, client_of: Any) -> None:
        twin, keep = twin_of(cast), cast.sites["firm"]
        Matters(cast).registered(site_id=twin.id)
        client: Client = client_of("county")
        assert "场所地址相同" in client.get("/enterprises/duplicates/").content.decode()
        page = f"/enterprises/sites/{twin.id}/merge/"
        assert f"?into={keep.id}" in client.get(page).content.decode()
        assert page in client.get(f"/enterprises/{keep.enterprise_id}/").content.decode()
        shown = client.get(f"{page}?into={keep.id}").content.decode()
        assert "件隐患" in shown
        assert "同一处场所登记了两次" in shown
        assert "先合并企业" in client.get(f"{page}?into={cast.sites['firm2'].id}").content.decode()
        sent = {"into": str(keep.id), "reason": "同一处", "version": twin.version}
        assert "请填写理由" in client.post(page, {**sent, "reason": ""}).content.decode()
        assert client.post(page, sent)["Location"] == f"/enterprises/{keep.enterprise_id}/"
        assert client_of("town").get(page).status_code == 403

    def test_not_a_duplicate(self, cast: Cast, client_of: Any) -> None:
        twin = twin_of(cast)
        client = client_of("county")
        address = f"/enterprises/sites/{cast.sites['firm'].id}/mark-distinct/"
        assert client.post(address, {"other": str(twin.id)}).status_code == 302
        assert "没有疑似重复的企业和场所" in client.get("/enterprises/duplicates/").content.decode()


def test_api(cast: Cast, client_of: Any) -> None:
    twin, keep, third = twin_of(cast), cast.sites["firm"], twin_of(cast, "三厂")
    client = client_of("county")
    assert client.post(f"/api/v1/sites/{third.id}/mark-distinct", {"other": str(keep.id)}, JSON).status_code == 204
    found = client.get("/api/v1/site-duplicates").json()["items"]
    assert [(one["keep"]["id"], one["other"]["id"]) for one in found] == [(str(keep.id), str(twin.id))]
    merged = client.post(f"/api/v1/sites/{twin.id}/merge", {"into": str(keep.id), "reason": "同一处"}, JSON)
    assert (merged.status_code, merged.json()["survivor_id"]) == (200, str(keep.id))
    assert client.get(f"/api/v1/sites/{twin.id}").status_code == 404


def test_the_pages_ask_the_database_little(cast: Cast, client_of: Any) -> None:
    twin, other, client = twin_of(cast), temporary(cast), client_of("county")
    for path in (
        f"/enterprises/sites/{twin.id}/merge/",
        f"/enterprises/sites/{twin.id}/merge/?into={cast.sites['firm'].id}",
        f"/enterprises/{other.id}/merge/?into={cast.enterprises['firm'].id}",
        "/enterprises/duplicates/",
    ):
        assert len(counted(client, path)) <= AT_MOST, path
