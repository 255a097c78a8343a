"""The register's pages: list, one enterprise, forms."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.authz.scope import acting
from anlan.register import api as register
from anlan.register.models import Enterprise, Site
from tests.factories.cast import FIRMS, Cast

MAX_QUERIES = 12


def own_queries(context: CaptureQueriesContext) -> list[str]:
    """Without the savepoints that stand for a request's transaction inside a test's."""
    return [query["sql"] for query in context.captured_queries if "SAVEPOINT" not in query["sql"]]


def text_of(response) -> str:
    return response.content.decode()


def enterprise_form(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "name": "临海市望江五金厂",
        "unified_social_credit_code": "91331082MA2K3XQ59U",
        "region": str(cast.regions["331082001001"].id),
        "industry": "3311 金属结构制造",
        "above_designated_size": "false",
        "employee_count": "12",
        "status": "OPERATING",
        "legal_representative": "掌柜",
        "phone": "13712345678",
        **more,
    }


def site_form(cast: Cast, *people: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    rows = {
        f"people-{number}-{name}": value
        for number, person in enumerate(people)
        for name, value in zip(("name", "post", "phone"), person, strict=True)
    }
    return {
        "name": "二号仓库",
        "address": "望江路 2 号",
        "region": str(cast.regions["331082001001"].id),
        "status": "OPERATING",
        "sectors": ["FIRE", "GAS"],
        "people-TOTAL_FORMS": str(len(people) + 2),
        "people-INITIAL_FORMS": "0",
        **rows,
        **more,
    }


class TestList:
    @pytest.mark.parametrize(("name", "seen"), [("county", {"firm", "firm2"}), ("town", {"firm"}), ("expert", set())])
    def test_shows_what_the_person_sees(self, client_of, cast: Cast, name: str, seen: set[str]) -> None:
        page = text_of(client_of(name).get("/enterprises/"))
        for key, firm in FIRMS.items():
            assert (firm[2] in page) == (key in seen)

    @pytest.mark.parametrize("count", [0, 30])
    def test_costs_the_same_for_many(self, client_of, cast: Cast, count: int) -> None:
        with acting(cast.county):
            for number in range(count):
                facts = register.EnterpriseFacts(name=f"{number} 号", region_id=cast.regions["331082002"].id)
                register.register_enterprise(actor=cast.county, facts=facts)
        client = client_of("county")
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert client.get("/enterprises/").status_code == 200
        assert len(own_queries(context)) <= MAX_QUERIES, own_queries(context)

    @pytest.mark.parametrize(
        ("query", "seen"),
        [
            ("q=机械", {"firm"}),
            ("region=331082002", {"firm2"}),
            ("sector=FIRE", {"firm"}),
            ("above_designated_size=false", set()),
            ("industry=C&status=OPERATING", {"firm", "firm2"}),
            ("status=NONSENSE&region=12345&page=x&sort=phone", {"firm", "firm2"}),
            ("page=99", {"firm", "firm2"}),
        ],
    )
    def test_filters_stand_in_the_address(self, client_of, query: str, seen: set[str]) -> None:
        page = text_of(client_of("county").get(f"/enterprises/?{query}"))
        for key in ("firm", "firm2"):
            assert (FIRMS[key][2] in page) == (key in seen)

    def test_sorting(self, client_of, cast: Cast) -> None:
        firms = {key: FIRMS[key][2] for key in ("firm", "firm2")}
        with acting(cast.county):
            firm = cast.enterprises["firm"]
            register.edit_enterprise(actor=cast.county, enterprise_id=firm.id, changes={"employee_count": 5})
        client = client_of("county")
        for sort, first in (("employee_count", "firm"), ("-employee_count", "firm2")):
            page = text_of(client.get(f"/enterprises/?sort={sort}"))
            second = firms["firm2" if first == "firm" else "firm"]
            assert page.index(firms[first]) < page.index(second)

    def test_htmx_gets_the_list_alone(self, client_of) -> None:
        page = text_of(client_of("county").get("/enterprises/", headers={"HX-Request": "true"}))
        assert FIRMS["firm"][2] in page
        assert "<html" not in page

    def test_buttons_follow_permissions(self, client_of) -> None:
        assert "/enterprises/register/" in text_of(client_of("town").get("/enterprises/"))
        assert "/enterprises/register/" not in text_of(client_of("leader").get("/enterprises/"))


class TestPage:
    def test_shows_sites_people_and_regulators(self, client_of, cast: Cast) -> None:
        client = client_of("county")
        with CaptureQueriesContext(connection) as context:
            page = text_of(client.get(f"/enterprises/{cast.enterprises['firm'].id}/"))
        for word in ("江南机械厂区", "古城街道", "韩安全", "13900000000", "临海消防大队", "3311 金属结构制造", "规上"):
            assert word in page
        assert len(own_queries(context)) <= MAX_QUERIES

    @pytest.mark.parametrize("name", ["town2", "other", "firm2", "expert"])
    def test_outside_the_scope_it_is_not_there(self, client_of, cast: Cast, name: str) -> None:
        enterprise = cast.enterprises["firm"]
        client = client_of(name)
        for address in (f"{enterprise.id}/", f"{enterprise.id}/edit/", f"{enterprise.id}/sites/register/"):
            response = client.get(f"/enterprises/{address}")
            assert response.status_code in (403, 404)
            assert enterprise.name not in text_of(response)

    def test_an_enterprise_sees_its_own_without_buttons(self, client_of, cast: Cast) -> None:
        page = text_of(client_of("firm").get(f"/enterprises/{cast.enterprises['firm'].id}/"))
        assert "江南机械厂区" in page
        assert "/edit/" not in page

    def test_what_people_wrote_is_only_text(self, client_of, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        nasty = '<img src=x onerror=alert(1)>"'
        with acting(cast.county):
            register.edit_enterprise(
                actor=cast.county, enterprise_id=firm.id, changes={"short_name": nasty, "registered_address": nasty}
            )
            register.edit_site(
                actor=cast.county,
                site_id=cast.sites["firm"].id,
                changes={"name": nasty, "people": (register.PersonFacts(name=nasty, post="CONTACT"),)},
            )
        client = client_of("county")
        for address in ("", f"{firm.id}/", f"{firm.id}/edit/", f"sites/{cast.sites['firm'].id}/edit/"):
            page = text_of(client.get(f"/enterprises/{address}"))
            assert "<img src=x" not in page
            assert 'alert(1)>"' not in page

    def test_opening_its_organisation(self, client_of, cast: Cast) -> None:
        with acting(cast.county):
            facts = register.EnterpriseFacts(name="新厂", region_id=cast.regions["331082001"].id)
            made = register.register_enterprise(actor=cast.county, facts=facts)
        client = client_of("town")
        assert "开通企业组织" in text_of(client.get(f"/enterprises/{made.id}/"))
        response = client.post(f"/enterprises/{made.id}/open-organisation/")
        assert response.status_code == 302
        assert "已开通" in text_of(client.get(response["Location"]))
        assert client.post(f"/enterprises/{made.id}/open-organisation/").status_code == 409


class TestEnterpriseForm:
    def test_register(self, client_of, cast: Cast) -> None:
        client = client_of("town")
        page = text_of(client.get("/enterprises/register/"))
        assert "文化社区" in page
        assert "高桥社区" not in page
        response = client.post("/enterprises/register/", enterprise_form(cast))
        assert response.status_code == 302, text_of(response)
        page = text_of(client.get(response["Location"]))
        assert "临海市望江五金厂" in page
        assert "规下" in page

    def test_nothing_typed_is_lost(self, client_of, cast: Cast) -> None:
        sent = enterprise_form(cast, unified_social_credit_code="9133108", phone="打店里")
        response = client_of("town").post("/enterprises/register/", sent)
        page = text_of(response)
        assert response.status_code == 422
        assert "现为 7 位" in page
        assert "电话只能是数字" in page
        for typed in ("临海市望江五金厂", "9133108", "打店里", "3311 金属结构制造", "掌柜"):
            assert f'value="{typed}"' in page
        assert re.search(rf'value="{cast.regions["331082001001"].id}" selected', page)

    def test_required_fields(self, client_of, cast: Cast) -> None:
        sent = enterprise_form(cast, name="", region="", phone="打店里", unified_social_credit_code="1")
        page = text_of(client_of("town").post("/enterprises/register/", sent))
        for word in ("请填写企业名称。", "请选择所在村", "电话只能是数字", "现为 1 位"):
            assert page.count(word) == 2, word  # in the summary and beside the field

    def test_a_region_that_is_not_offered(self, client_of, cast: Cast) -> None:
        sent = enterprise_form(cast, region=str(cast.regions["331082002001"].id))
        assert client_of("town").post("/enterprises/register/", sent).status_code == 422

    def test_an_industry_by_its_name(self, client_of, cast: Cast) -> None:
        client = client_of("town")
        response = client.post("/enterprises/register/", enterprise_form(cast, industry="化学农药制造"))
        assert "2631 化学农药制造" in text_of(client.get(response["Location"]))
        wrong = client.post("/enterprises/register/", enterprise_form(cast, industry="修仙"))
        assert "没有行业代码" in text_of(wrong)

    def test_industry_options(self, client_of) -> None:
        page = text_of(client_of("town").get("/enterprises/industry-options/?industry=农药"))
        assert '<option value="2631 化学农药制造">' in page

    def test_edit(self, client_of, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        client = client_of("county")
        page = text_of(client.get(f"/enterprises/{firm.id}/edit/"))
        assert f'value="{firm.name}"' in page
        assert 'value="3311 金属结构制造"' in page
        sent = enterprise_form(cast, name="改了名", version="1", unified_social_credit_code=FIRMS["firm"][4])
        assert client.post(f"/enterprises/{firm.id}/edit/", sent).status_code == 302
        stale = client.post(f"/enterprises/{firm.id}/edit/", {**sent, "name": "又改名"})
        assert stale.status_code == 422
        assert "被别人更新过" in text_of(stale)
        assert 'value="又改名"' in text_of(stale)
        with acting(cast.county):
            assert Enterprise.objects.get(id=firm.id).name == "改了名"

    @pytest.mark.parametrize("name", ["leader", "village", "firm", "expert"])
    def test_who_may_not(self, client_of, cast: Cast, name: str) -> None:
        client = client_of(name)
        assert client.get("/enterprises/register/").status_code == 403
        assert client.post("/enterprises/register/", enterprise_form(cast)).status_code == 403
        assert client.post(f"/enterprises/{cast.enterprises['firm'].id}/edit/", {}).status_code == 403


class TestSiteForm:
    def test_register(self, client_of, cast: Cast) -> None:
        firm = cast.enterprises["firm"]
        client = client_of("town")
        address = f"/enterprises/{firm.id}/sites/register/"
        assert f'value="{firm.registered_address}"' in text_of(client.get(address))
        sent = site_form(cast, ("甲", "PRINCIPAL", "13700000000"), ("", "CONTACT", ""), ("乙", "CONTACT", ""))
        assert client.post(address, sent).status_code == 302
        with acting(cast.town):
            site = Site.objects.get(name="二号仓库")
            assert sorted(person.name for person in site.people.all()) == ["乙", "甲"]
            assert {one.sector for one in site.regulators.all()} == {"FIRE", "GAS"}

    def test_nothing_typed_is_lost(self, client_of, cast: Cast) -> None:
        address = f"/enterprises/{cast.enterprises['firm'].id}/sites/register/"
        sent = site_form(cast, ("", "CONTACT", ""), ("乙", "CONTACT", "没有"), longitude="121.1", latitude="")
        response = client_of("town").post(address, sent)
        page = text_of(response)
        assert response.status_code == 422
        assert "要么都填，要么都不填" in page
        assert "电话只能是数字" in page
        for typed in ("二号仓库", "望江路 2 号", "乙", "没有", "121.1"):
            assert f'value="{typed}"' in page

    def test_edit(self, client_of, cast: Cast) -> None:
        site = cast.sites["firm"]
        client = client_of("town")
        address = f"/enterprises/sites/{site.id}/edit/"
        assert 'value="韩安全"' in text_of(client.get(address))
        sent = site_form(cast, ("韩安全", "SAFETY_MANAGER", "13900000001"), version="0")
        assert client.post(address, sent).status_code == 302
        with acting(cast.town):
            again = Site.objects.get(id=site.id)
            assert [person.phone for person in again.people.all()] == ["13900000001"]
            assert again.local_unit_id == site.local_unit_id
        assert "被别人更新过" in text_of(client.post(address, {**sent, "name": "丙"}))
