"""``/api/v1``: regions, organisations, enterprises, sites."""

from typing import Any

import pytest
from django.test import Client

from anlan.authz.scope import acting
from anlan.register.models import Site
from tests.factories.cast import FIRMS, Cast

API = "/api/v1"
CODE = "91331082MA2K3XQ59U"
JSON = "application/json"


def enterprise(**more: Any) -> dict[str, Any]:
    return {"name": "临海市望江五金厂", "region": "331082001", "unified_social_credit_code": CODE, **more}


def site(**more: Any) -> dict[str, Any]:
    return {"name": "二号仓库", "address": "望江路 2 号", "region": "331082001001", **more}


def pointers(response) -> list[str]:
    assert response.status_code == 422, response.content
    assert response["Content-Type"].startswith("application/problem+json")
    return [error["pointer"] for error in response.json()["errors"]]


class TestRegions:
    def test_search(self, client_of, django_assert_max_num_queries) -> None:
        client = client_of("village")
        with django_assert_max_num_queries(12):
            body = client.get(f"{API}/regions", {"parent": "331082", "level": "TOWNSHIP"}).json()
        assert [(one["code"], one["name"], one["parent_code"]) for one in body["items"]] == [
            ("331082001", "古城街道", "331082"),
            ("331082002", "大洋街道", "331082"),
        ]
        assert (body["count"], body["count_is_exact"]) == (2, True)
        assert body["items"][0]["level_label"] == "乡镇（街道）"

    def test_one(self, client_of) -> None:
        assert client_of("firm").get(f"{API}/regions/331082001001").json()["breadcrumb"].endswith("古城街道 › 文化社区")
        assert client_of("firm").get(f"{API}/regions/999").status_code == 404

    def test_a_level_that_is_none(self, client_of) -> None:
        assert pointers(client_of("county").get(f"{API}/regions", {"level": "PLANET"})) == ["/level"]

    def test_nobody_without_signing_in(self, cast: Cast) -> None:
        assert Client().get(f"{API}/regions").status_code == 401


class TestOrganisations:
    def test_search(self, client_of) -> None:
        body = client_of("town").get(f"{API}/organisations", {"sector": "FIRE", "kind": "FIRE_RESCUE"}).json()
        [fire] = body["items"]
        assert (fire["short_name"], fire["kind_label"], fire["capacity_label"]) == (
            "临海消防大队",
            "消防救援",
            "法定执法权",
        )
        assert fire["sectors"] == [{"code": "FIRE", "label": "消防"}]
        assert fire["region"] == {"code": "331082", "name": "临海市"}

    def test_another_countys_is_not_there(self, client_of, cast: Cast) -> None:
        other = cast.organisations["温岭安委办"].id
        assert client_of("county").get(f"{API}/organisations/{other}").status_code == 404
        assert client_of("city").get(f"{API}/organisations/{other}").status_code == 200


class TestEnterprises:
    def test_list(self, client_of, django_assert_max_num_queries) -> None:
        client = client_of("county")
        with django_assert_max_num_queries(12):
            body = client.get(f"{API}/enterprises", {"q": "江南", "region": "331082001", "industry": "c"}).json()
        [firm] = body["items"]
        assert firm["unified_social_credit_code"] == FIRMS["firm"][4]
        assert (firm["status"], firm["status_label"]) == ("OPERATING", "在产")
        assert firm["industry"] == {"code": "3311", "name": "金属结构制造"}
        assert firm["region"] == {"code": "331082001001", "name": "文化社区"}
        assert firm["organisation"]["short_name"] == "江南机械"

    def test_register_read_edit(self, client_of, cast: Cast) -> None:
        client = client_of("town")
        made = client.post(f"{API}/enterprises", enterprise(), content_type=JSON)
        assert made.status_code == 201, made.content
        assert made["ETag"] == '"0"'
        address = made["Location"]
        assert client.get(address).json()["name"] == "临海市望江五金厂"
        edited = client.patch(address, {"employee_count": 8}, content_type=JSON, headers={"If-Match": '"0"'})
        assert (edited.json()["employee_count"], edited["ETag"]) == (8, '"1"')
        assert edited.json()["name"] == "临海市望江五金厂"
        stale = client.patch(address, {"employee_count": 9}, content_type=JSON, headers={"If-Match": '"0"'})
        assert (stale.status_code, stale.json()["current_version"]) == (412, 1)
        last = stale.json()["last_act"]
        assert (last["event"], last["actor"]) == ("enterprise.edited", cast.town.label)
        assert f"最近一步：{cast.town.label}（" in stale.json()["detail"]
        assert client_of("town2").get(address).status_code == 404
        assert client_of("other").patch(address, {"name": "甲"}, content_type=JSON).status_code == 404

    def test_the_same_key_registers_once(self, client_of) -> None:
        client = client_of("town")
        headers = {"Idempotency-Key": "a-1"}
        first, again = (
            client.post(f"{API}/enterprises", enterprise(), content_type=JSON, headers=headers) for _ in range(2)
        )
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert client.get(f"{API}/enterprises", {"q": CODE}).json()["count"] == 1

    @pytest.mark.parametrize(
        ("bad", "expected"),
        [
            ({"name": None}, ["/name"]),
            ({"name": " "}, ["/name"]),
            ({"region": "12"}, ["/region"]),
            ({"industry": "XX"}, ["/industry"]),
            ({"unified_social_credit_code": CODE[:-1] + "0"}, ["/unified_social_credit_code"]),
            ({"unified_social_credit_code": FIRMS["firm2"][4]}, ["/unified_social_credit_code"]),
            ({"status": "OPEN"}, ["/status"]),
            ({"employee_count": -1}, ["/employee_count"]),
        ],
    )
    def test_bad_fields(self, client_of, bad: dict[str, Any], expected: list[str]) -> None:
        response = client_of("town").post(f"{API}/enterprises", enterprise(**bad), content_type=JSON)
        assert pointers(response) == expected

    def test_a_region_outside(self, client_of) -> None:
        response = client_of("town").post(f"{API}/enterprises", enterprise(region="331082002"), content_type=JSON)
        assert response.status_code == 404

    @pytest.mark.parametrize("name", ["firm", "village", "leader", "expert"])
    def test_who_may_not_register(self, client_of, name: str) -> None:
        response = client_of(name).post(f"{API}/enterprises", enterprise(), content_type=JSON)
        assert (response.status_code, response.json()["code"]) == (403, "forbidden")

    def test_opening_its_organisation(self, client_of) -> None:
        client = client_of("county")
        address = client.post(f"{API}/enterprises", enterprise(), content_type=JSON)["Location"]
        opened = client.post(f"{address}/open-organisation")
        assert (opened.status_code, opened.json()["organisation"]["name"]) == (201, "临海市望江五金厂")
        assert client.post(f"{address}/open-organisation").status_code == 409

    def test_industries(self, client_of) -> None:
        body = client_of("firm").get(f"{API}/industries", {"q": "263"}).json()
        assert {"code": "2631", "name": "化学农药制造"} in body["items"]


class TestSites:
    def test_register_read_edit(self, client_of, cast: Cast) -> None:
        client = client_of("town")
        sent = site(
            people=[{"name": "甲", "post": "PRINCIPAL", "phone": "13700000000"}],
            sectors=["FIRE"],
            longitude=121.13,
            latitude=28.85,
            source_crs="WGS84",
        )
        made = client.post(f"{API}/enterprises/{cast.enterprises['firm'].id}/sites", sent, content_type=JSON)
        assert made.status_code == 201, made.content
        body = client.get(made["Location"]).json()
        assert body == made.json()
        assert body["people"] == [
            {"name": "甲", "post": "PRINCIPAL", "post_label": "主要负责人", "phone": "13700000000"}
        ]
        [regulator] = body["regulators"]
        assert (regulator["sector_label"], regulator["organisation"]["short_name"]) == ("消防", "临海消防大队")
        assert body["local_unit"]["short_name"] == "古城街道"
        edited = client.patch(
            made["Location"], {"sectors": [], "region": "331082001002"}, content_type=JSON, headers={"If-Match": '"0"'}
        )
        assert (edited["ETag"], edited.json()["regulators"]) == ('"1"', [])
        assert edited.json()["region"]["name"] == "井头社区"
        assert edited.json()["people"] == body["people"]

    def test_list(self, client_of, cast: Cast, django_assert_max_num_queries) -> None:
        client = client_of("county")
        with django_assert_max_num_queries(12):
            body = client.get(f"{API}/sites", {"enterprise": str(cast.enterprises["firm"].id)}).json()
        assert [one["id"] for one in body["items"]] == [str(cast.sites["firm"].id)]
        assert client_of("other").get(f"{API}/sites").json()["count"] == 1

    def test_not_for_an_enterprise_outside(self, client_of, cast: Cast) -> None:
        address = f"{API}/enterprises/{cast.enterprises['firm'].id}/sites"
        assert client_of("town2").post(address, site(region="331082002"), content_type=JSON).status_code == 404
        assert client_of("firm").post(address, site(), content_type=JSON).status_code == 403

    def test_bad_fields(self, client_of, cast: Cast) -> None:
        address = f"{API}/enterprises/{cast.enterprises['firm'].id}/sites"
        sent = site(longitude=121.13, people=[{"name": "甲", "post": "CONTACT", "phone": "x"}])
        assert pointers(client_of("town").post(address, sent, content_type=JSON)) == [
            "/longitude",
            "/people/0/phone",
        ]

    def test_what_nobody_regulates(self, client_of, cast: Cast) -> None:
        client = client_of("county")
        assert client.get(f"{API}/sites", {"unregulated": "true"}).json()["count"] == 0
        client.patch(f"{API}/sites/{cast.sites['firm'].id}", {"sectors": []}, content_type=JSON)
        assert client.get(f"{API}/sites", {"unregulated": "true"}).json()["count"] == 1


def test_a_key_that_is_none_changes_nothing(client_of, cast: Cast) -> None:
    path, client = f"{API}/enterprises/{cast.enterprises['firm'].id}", client_of("county")
    assert pointers(client.patch(path, {"telephone": "0576-85110000"}, content_type=JSON)) == ["/telephone"]
    people = [{"name": "王五", "post": "SAFETY_MANAGER", "mobile": "13800000000"}]
    refused = client.post(f"{path}/sites", site(people=people), content_type=JSON)
    assert pointers(refused) == ["/people/0/mobile"]


class TestFiltersThatAreNone:
    """A filter that is misspelt or of no code would answer everything, or nothing, as if that were so."""

    @pytest.mark.parametrize(
        ("path", "name", "value", "word"),
        [
            ("regions", "parent", "999", "没有代码为“999”的区划"),
            ("organisations", "region", "999", "没有代码为“999”的区划"),
            ("enterprises", "tag", "CONFINED_SPACES", "CONFINED_SPACE、"),
            ("enterprises", "industry", "Z", "GB/T 4754 里没有“Z”"),
            ("enterprises", "industry", "9999", "GB/T 4754 里没有“9999”"),
            ("enterprises", "statuss", "OPERATING", "没有这个参数，可用的有：q、region、"),
            ("sites", "tag", "KEY", "KEY_SITE、"),
            ("unchecked-sites", "tag", "KEY", "KEY_SITE、"),
            ("industries", "section", "Z", "格式不正确"),
            ("licences", "kind", "DRIVING", "SAFETY_PRODUCTION、"),
            ("hidden-dangers", "level", "SEVERE", "只能是"),
            ("hidden-dangers", "state", "late", "overdue、"),
            ("enterprise-duplicates", "cursor", "", "不用游标"),
            ("site-duplicates", "cursor", "", "不用游标"),
            ("grids/gaps", "cursor", "", "不用游标"),
        ],
    )
    def test_refused(self, client_of, path: str, name: str, value: str, word: str) -> None:
        answer = client_of("county").get(f"{API}/{path}", {name: value})
        assert pointers(answer) == [f"/{name}"]
        [error] = answer.json()["errors"]
        assert error["source"] == "query"
        assert word in error["message"]

    @pytest.mark.parametrize(("path", "name"), [("hidden-dangers", "registered"), ("checks", "started")])
    def test_days_that_leave_nothing(self, client_of, path: str, name: str) -> None:
        asked = {f"{name}_from": "2026-03-02", f"{name}_to": "2026-03-01"}
        assert pointers(client_of("county").get(f"{API}/{path}", asked)) == [f"/{name}_from"]

    def test_those_that_are(self, client_of) -> None:
        for asked in ("tag=CONFINED_SPACE", "industry=c", "industry=33", "industry="):
            assert client_of("county").get(f"{API}/enterprises?{asked}").status_code == 200

    def test_the_description_lists_the_codes(self, client_of) -> None:
        described = client_of("county").get(f"{API}/openapi.json").json()["paths"]
        tag = next(one for one in described[f"{API}/sites"]["get"]["parameters"] if one["name"] == "tag")
        assert "CONFINED_SPACE" in tag["schema"]["anyOf"][0]["enum"]


def test_a_change_of_many_at_once_is_not_told_as_the_act_before_it(client_of, cast: Cast) -> None:
    """The ledger has one entry for all of them: the last one of the site's own is older than the version."""
    path, client = f"{API}/sites/{cast.sites['firm'].id}", client_of("county")
    client.patch(path, {"address": "望江路 3 号"}, content_type=JSON)
    version = client.get(path).json()["version"]
    with acting(cast.county):
        Site.objects.filter(id=cast.sites["firm"].id).update(version=version + 1)
    stale = client.patch(path, {"address": "望江路 4 号"}, content_type=JSON, headers={"If-Match": f'"{version}"'})
    assert (stale.status_code, stale.json()["current_version"]) == (412, version + 1)
    assert "last_act" not in stale.json()
