"""The pages and the API of the grids."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.authz.scope import acting
from anlan.lib import clock
from anlan.register.actions import grids as acts
from anlan.register.selectors import grids as seen
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
        acts.assign_sites(actor=actor, grid_id=grid.id, site_ids=[cast.sites["firm"].id])
    return grid


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

    def test_one_grid(self, client_of, village_grid: Grid) -> None:
        page = client_of("town").get(f"/grids/{village_grid.id}/").content.decode()
        for words in ("冯小格", "空岗 1 人", "江南机械", "任命冯小格为网格员", "划入 1 处场所"):
            assert words in page

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
            assert not seen.sites_without_grid(actor).exists()
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
