"""The pages and the API of the grids."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.authz.scope import acting
from anlan.lib import clock
from anlan.register import api as register
from anlan.register import grid_members as members
from anlan.register.actions import grids as acts
from anlan.register.ledgers import OBJECTS
from anlan.register.models import SupervisedObject
from anlan.register.selectors import grids as seen
from anlan.register.selectors.objects import for_a_ledger
from anlan.territory import api as territory
from anlan.territory.api import Appointment, Grid, PersonInPost
from tests.factories.cast import Cast

API = "/api/v1/grids"
JSON = "application/json"
MAX_QUERIES = 12


def own_queries(context: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in context.captured_queries if "SAVEPOINT" not in query["sql"]]


@pytest.fixture
def village_grid(cast: Cast) -> Grid:
    """文化社区网格 with one person and one site."""
    call_command("load_grids", county=["331082"], verbosity=0)
    with acting(cast.town) as actor:
        grid = territory.grids(actor).get(region__code="331082001001")
        person = PersonInPost(name="冯小格", phone="13900000001")
        given = Appointment(person=person, post="GRID_MEMBER", valid_from=clock.today())
        territory.appoint_member(actor=actor, grid_id=grid.id, appointment=given)
        acts.assign(actor=actor, grid_id=grid.id, member=members.SITES, ids=[cast.sites["firm"].id])
    return grid


@pytest.fixture
def houses(cast: Cast, village_grid: Grid) -> list[SupervisedObject]:
    """One in 文化社区网格, one in a grid without anybody, one in none, one without a department in none."""
    made = []
    for number, (region, sectors) in enumerate(
        (("331082001001", ("FIRE",)), ("331082001002", ("FIRE",)), ("331082001001", ("FIRE",)), ("331082001", ()))
    ):
        with acting(cast.town) as actor:
            facts = register.ObjectFacts(
                kind=register.ObjectKind.RENTAL_HOUSE,
                name=f"出租房 {number} 幢",
                address="文化路",
                region_id=cast.regions[region].id,
                sectors=sectors,
            )
            made.append(register.register_object(actor=actor, facts=facts))
    with acting(cast.town) as actor:
        acts.assign(actor=actor, grid_id=village_grid.id, member=members.OBJECTS, ids=[made[0].id])
        acts.assign_by_place(actor=actor, ids={"objects": [made[1].id]})
    return made


class TestObjects:
    @pytest.mark.parametrize("name", ["county", "town", "dept", "village", "leader", "firm"])
    def test_costs_no_more_than_a_page_may(self, client_of, village_grid: Grid, houses, name: str) -> None:
        client = client_of(name)
        paths = [
            "/grids/gaps/?kind=objects",
            "/grids/gaps/?kind=unheld",
            "/objects/?gap=any",
            "/objects/?unheld=1",
            "/objects/?stale=1",
        ]
        if name != "firm":
            here = f"/grids/{village_grid.id}"
            paths += [f"{here}/?show=objects", f"{here}/pick-objects/?q=出租", f"/objects/{houses[0].id}/"]
        for path in paths:
            with CaptureQueriesContext(connection) as context:
                assert client.get(path).status_code == 200, path
            assert len(own_queries(context)) <= MAX_QUERIES, (path, own_queries(context))

    def test_join_and_leave_on_the_page(self, client_of, village_grid: Grid, houses) -> None:
        client, page = client_of("town"), f"/grids/{village_grid.id}"
        picking = client.get(f"{page}/pick-objects/").content.decode()
        assert "出租房 2 幢" in picking
        assert "出租房 0 幢" not in picking
        sent = client.post(f"{page}/assign-objects/", {"ids": [houses[2].id]})
        assert sent["Location"] == f"{page}/?show=objects"
        inside = client.get(f"{page}/?show=objects").content.decode()
        assert "其他监管对象 2" in inside
        assert "划入 1 处监管对象" in inside
        client.post(f"{page}/remove-objects/", {"ids": [houses[2].id], "reason": "划归邻村"})
        inside = client.get(f"{page}/?show=objects").content.decode()
        assert "出租房 2 幢" not in inside
        assert "划出 1 处监管对象：划归邻村" in inside

    def test_its_page_says_who_looks_after_it(self, client_of, village_grid: Grid, houses) -> None:
        client = client_of("town")
        held = client.get(f"/objects/{houses[0].id}/").content.decode()
        for words in ("文化社区网格", "冯小格", "13900000001"):
            assert words in held
        assert "网格没有人" in client.get(f"/objects/{houses[1].id}/").content.decode()
        here = f"/objects/{houses[2].id}/"
        assert "还没有归入网格" in client.get(here).content.decode()
        done = client.post("/grids/gaps/assign/", {"kind": "objects", "ids": [houses[2].id], "next": here})
        assert done["Location"] == here
        assert "冯小格" in client.get(here).content.decode()

    def test_gaps_are_counted_and_linked(self, client_of, houses) -> None:
        client = client_of("county")
        for kind, there, elsewhere in (
            ("objects", "出租房 2 幢", "出租房 1 幢"),
            ("unheld", "出租房 1 幢", "出租房 2 幢"),
        ):
            page = client.get(f"/grids/gaps/?kind={kind}").content.decode()
            assert there in page
            assert elsewhere not in page
            number = re.search(rf'href="\?kind={kind}".*?class="figure">(\d+)', page)
            listed = re.search(r'class="count">共 <b>(\d+)', page)
            assert number is not None
            assert listed is not None
            assert number[1] == listed[1]
        client.post("/grids/gaps/assign/", {"kind": "objects", "all": "1"})
        assert "每处监管对象都有网格" in client.get("/grids/gaps/?kind=objects").content.decode()

    def test_what_is_lacking_is_said_in_the_list_and_its_export(self, client_of, cast: Cast, houses) -> None:
        client = client_of("town")
        assert "没有主管部门的监管对象" in client.get("/objects/?gap=regulator").content.decode()
        found = client.get("/objects/?gap=any").content.decode()
        assert "主管部门、网格" in found
        assert "出租房 0 幢" not in found
        assert client.post("/objects/export/?gap=grid")["Location"].startswith("/jobs/")
        with acting(cast.town) as actor:
            rows = list(for_a_ledger(register.supervised_objects(actor, register.ObjectFilters(gap="grid"))))
        lines = [[str(column.of(row) or "") for column in OBJECTS] for row in rows]
        assert sorted(line[0] for line in lines) == ["出租房 2 幢", "出租房 3 幢"]

    def test_the_api(self, client_of, village_grid: Grid, houses) -> None:
        client, path = client_of("town"), f"{API}/{village_grid.id}"
        sent = {"objects": [str(houses[2].id)]}
        joined = client.post(f"{path}/objects", sent, content_type=JSON).json()
        assert joined == {"joined": 1, "moved": 0, "unchanged": 0}
        assert client.get(path).json()["object_count"] == 2
        left = client.post(f"{path}/remove-objects", {**sent, "reason": "搬"}, content_type=JSON)
        assert left.json() == {"left": 1}
        gaps = client.get(f"{API}/gaps").json()
        assert {one["name"] for one in gaps["objects_without_grid"]["items"]} == {"出租房 2 幢", "出租房 3 幢"}
        assert [one["name"] for one in gaps["objects_in_unheld_grids"]["items"]] == ["出租房 1 幢"]
        lacking = client.get("/api/v1/objects", {"gap": "regulator"}).json()
        assert [one["name"] for one in lacking["items"]] == ["出租房 3 幢"]
        confirmed = client.post("/api/v1/object-confirmations", sent, content_type=JSON)
        assert confirmed.json() == {"confirmed": 1}
        assert client_of("other").post(f"{path}/objects", sent, content_type=JSON).status_code == 404


class TestPages:
    @pytest.mark.parametrize("name", ["county", "town", "dept", "village", "leader", "firm"])
    def test_costs_no_more_than_a_page_may(self, client_of, village_grid: Grid, name: str) -> None:
        client = client_of(name)
        paths = ["/grids/", "/grids/gaps/", "/grids/gaps/?kind=grids", "/grids/gaps/?kind=officials"]
        if name != "firm":
            paths += [
                f"/grids/{village_grid.id}/",
                "/grids/?kind=COMPREHENSIVE",
                f"/grids/{village_grid.id}/pick-sites/",
            ]
        for path in paths:
            with CaptureQueriesContext(connection) as context:
                assert client.get(path).status_code == 200, path
            assert len(own_queries(context)) <= MAX_QUERIES, (path, own_queries(context))

    def test_list_by_township_then_by_grid(self, client_of, village_grid: Grid) -> None:
        client = client_of("county")
        page = client.get("/grids/").content.decode()
        assert "古城街道" in page
        assert "?region=331082001" in page
        assert "文化社区网格" in client.get("/grids/?region=331082001").content.decode()
        assert "文化社区网格" not in client.get("/grids/?region=331082002").content.decode()

    def test_the_numbers_of_a_township_open_as_many_grids(self, client_of, village_grid: Grid) -> None:
        client = client_of("county")
        links = re.findall(
            r'<a href="(\?(?:region|level)=[^"]+)">([\d,]+)</a>', unescape(client.get("/grids/").content.decode())
        )
        assert any("without_holder" in address for address, _ in links)
        for address, number in links:
            listed = re.search(r'class="count">共 <b>([\d,]+)', client.get(f"/grids/{address}").content.decode())
            assert listed is not None, address
            assert (address, listed[1]) == (address, number)

    def test_every_number_of_people_and_vacancies_opens_as_many_rows(self, client_of, village_grid: Grid) -> None:
        client, seen_urls = client_of("county"), set()
        page = unescape(client.get("/grids/").content.decode())
        for address, number in re.findall(r'<a href="(/grids/(?:people/)?(?:\?[^"]*)?)".*?>([\d,]+)<', page):
            listed = re.search(r'class="count">共 <b>([\d,]+)', client.get(address).content.decode())
            assert (address, listed[1] if listed else "0") == (address, number)
            seen_urls.add(address)
        assert {"/grids/?view=grids", "/grids/people/", "/grids/people/?state=vacant"} <= seen_urls
        assert any(address.startswith("/grids/people/?region=") for address in seen_urls)
        assert "冯小格" in client.get("/grids/people/?region=331082001").content.decode()
        assert "冯小格" not in client.get("/grids/people/?region=331082002").content.decode()

    def test_every_number_of_sites_and_objects_opens_as_many_rows(self, client_of, houses) -> None:
        client, seen_urls = client_of("county"), set()
        page = unescape(client.get("/grids/").content.decode())
        for address, number in re.findall(r'<a href="(/(?:enterprises/sites|objects)/\?[^"]*)">([\d,]+)<', page):
            listed = re.search(r'class="count">共 <b>([\d,]+)', client.get(address).content.decode())
            assert (address, listed[1] if listed else "0") == (address, number)
            seen_urls.add(address)
        own = "region=331082001&placed=1"
        assert {f"/enterprises/sites/?{own}", "/enterprises/sites/?placed=1"} <= seen_urls
        assert {f"/objects/?{own}", "/objects/?placed=1"} <= seen_urls

    def test_the_people_keep_to_their_queries(self, client_of, village_grid: Grid) -> None:
        for name in ("county", "town", "village", "leader"):
            for path in ("/grids/people/", "/grids/people/?state=vacant", "/grids/?view=grids"):
                client = client_of(name)
                with CaptureQueriesContext(connection) as context:
                    assert client.get(path).status_code == 200, path
                assert len(own_queries(context)) <= MAX_QUERIES, (path, own_queries(context))

    def test_one_grid(self, client_of, village_grid: Grid) -> None:
        page = client_of("town").get(f"/grids/{village_grid.id}/").content.decode()
        for words in ("冯小格", "空岗 1 人", "江南机械", "任命冯小格为网格员", "划入 1 处场所"):
            assert words in page

    def test_leaving_a_post_is_asked_first(self, client_of, village_grid: Grid) -> None:
        page = client_of("town").get(f"/grids/{village_grid.id}/").content.decode()
        assert "冯小格离任？" in page

    def test_the_page_of_an_enterprise_names_who_looks_after_its_sites(
        self, client_of, cast: Cast, village_grid
    ) -> None:
        firm, firm2 = (f"/enterprises/{cast.enterprises[name].id}/" for name in ("firm", "firm2"))
        client = client_of("county")
        with CaptureQueriesContext(connection) as context:
            page = client.get(firm).content.decode()
        assert len(own_queries(context)) <= MAX_QUERIES, own_queries(context)
        assert f'<a href="/grids/{village_grid.id}/">文化社区网格</a>' in page
        assert "冯小格" in page
        assert "还没有归入网格" in client.get(firm2).content.decode()
        own = client_of("firm").get(firm).content.decode()
        assert "冯小格" in own
        assert f"/grids/{village_grid.id}/" not in own

    def test_an_enterprise_sees_who_looks_after_it(self, client_of, village_grid: Grid) -> None:
        assert "冯小格" in client_of("firm").get("/grids/").content.decode()
        assert "冯小格" not in client_of("firm2").get("/grids/").content.decode()
        assert client_of("firm").get(f"/grids/{village_grid.id}/").status_code == 404

    def test_forms(self, client_of, cast: Cast, village_grid: Grid) -> None:
        client = client_of("town")
        region = str(cast.regions["331082001002"].id)
        wrong = client.post("/grids/establish/", {"name": "", "kind": "COMPREHENSIVE", "level": "VILLAGE"})
        assert wrong.status_code == 422
        assert "请填写网格名称" in wrong.content.decode()
        sent = {"name": "东片网格", "kind": "COMPREHENSIVE", "level": "VILLAGE", "region": region}
        made = client.post("/grids/establish/", sent)
        assert made.status_code == 302
        page = f"/grids/{village_grid.id}"
        assert client.get(f"{page}/appoint/?post=GRID_LEADER").status_code == 200
        person = {"name": "何长", "phone": "13900000003", "post": "GRID_LEADER", "valid_from": str(clock.today())}
        assert client.post(f"{page}/appoint/", person).status_code == 302
        refused = client.post(f"{page}/appoint/", {**person, "name": "另一人"})
        assert "已有人：何长" in refused.content.decode()
        named = {"name": "包人", "phone": "13900000004", "duty": "副书记", "valid_from": str(clock.today())}
        assert client.post(f"{page}/name-official/", named).status_code == 302
        site = cast.sites["firm"].id
        assert client.post(f"/grids/sites/{site}/name-official/", named).status_code == 302
        assert client.post(f"{page}/remove-sites/", {"ids": [site], "reason": "搬迁"}).status_code == 302
        assert client.post("/grids/gaps/assign/", {"all": "1"}).status_code == 302
        with acting(cast.town) as actor:
            assert not seen.without_grid(actor, members.SITES).exists()
        assert client.get(f"{page}/edit/").status_code == 200
        assert "还有 1 处场所" in client.post(f"{page}/dissolve/", {"reason": "并"}).content.decode()

    def test_hand_over(self, client_of, cast: Cast, village_grid: Grid) -> None:
        client = client_of("town")
        assert "冯小格 13900000001（1 项）" in client.get("/grids/hand-over/").content.decode()
        with acting(cast.town) as actor:
            post = territory.members(actor).get(name="冯小格")
        preview = client.get(f"/grids/hand-over/?of={post.id}").content.decode()
        assert "移交 1 项" in preview
        sent = {"name": "新人", "phone": "13900000009", "reason": "调任", "expected": "1"}
        assert client.post(f"/grids/hand-over/?of={post.id}", sent).status_code == 302
        with acting(cast.town) as actor:
            assert [one.name for one in territory.members_on(actor, clock.today())] == ["新人"]

    def test_export_starts_a_job(self, client_of, village_grid: Grid) -> None:
        answer = client_of("town").post("/grids/export/?region=331082001")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/jobs/")


class TestApi:
    def send(self, client, path: str, body: dict[str, Any], **headers: Any) -> Any:
        return client.post(f"{API}{path}", body, content_type=JSON, headers=headers)

    def test_establish_read_appoint_assign(self, client_of, cast: Cast) -> None:
        client = client_of("town")
        made = self.send(client, "", {"name": "东片网格", "region": "331082001001"})
        assert made.status_code == 201, made.content
        body = made.json()
        assert (body["kind_label"], body["level_label"], body["site_count"]) == ("综合网格", "村（社区）级", 0)
        assert [one["post_label"] for one in body["vacancies"]] == ["网格长", "网格员"]
        path = f"/{body['id']}"
        person = {"name": "何长", "phone": "13900000003", "post": "GRID_LEADER"}
        assert self.send(client, f"{path}/members", person).status_code == 201
        held = self.send(client, f"{path}/members", {**person, "name": "别人"})
        assert (held.status_code, held.json()["code"]) == (409, "post_is_held")
        joined = self.send(client, f"{path}/sites", {"sites": [str(cast.sites["firm"].id)]})
        assert joined.json() == {"joined": 1, "moved": 0, "unchanged": 0}
        read = client.get(f"{API}{path}")
        assert read.json()["site_count"] == 1
        assert read.json()["members"][0]["name"] == "何长"
        tag = read["ETag"]
        patched = client.patch(f"{API}{path}", {"name": "西片"}, content_type=JSON, headers={"If-Match": tag})
        assert patched.json()["name"] == "西片"
        stale = client.patch(f"{API}{path}", {"name": "北片"}, content_type=JSON, headers={"If-Match": tag})
        assert stale.status_code == 412

    def test_list_and_gaps(self, client_of, village_grid: Grid) -> None:
        client = client_of("county")
        found = client.get(API, {"region": "331082001", "level": "VILLAGE"}).json()
        assert [one["name"] for one in found["items"]] == ["文化社区网格", "井头社区网格"]
        gaps = client.get(f"{API}/gaps", {"page_size": 2}).json()
        assert gaps["sites_without_grid"]["count"] == 1
        assert gaps["grids_without_holder"]["count"] == 6
        assert len(gaps["grids_without_holder"]["items"]) == 2
        assert {one["enterprise"]["short_name"] for one in gaps["sites_without_official"]["items"]} == {
            "江南机械",
            "东湖化工",
        }

    def test_hand_over_counts_first(self, client_of, cast: Cast, village_grid: Grid) -> None:
        with acting(cast.town) as actor:
            post = territory.members(actor).get(name="冯小格")
        sent = {"of": str(post.id), "to": {"name": "新人", "phone": "13900000009"}, "reason": "调任"}
        client = client_of("town")
        counted = self.send(client, "/hand-over", {**sent, "dry_run": True}).json()
        assert (counted["posts"], counted["officials"]) == (1, 0)
        assert self.send(client, "/hand-over", {**sent, "expected": 1}).json()["posts"] == 1

    def test_who_may_not(self, client_of, village_grid: Grid) -> None:
        assert client_of("village").get(f"{API}/{village_grid.id}").status_code == 200
        assert client_of("other").get(f"{API}/{village_grid.id}").status_code == 404
        assert self.send(client_of("dept"), "", {"name": "东", "region": "331082001001"}).status_code == 403
