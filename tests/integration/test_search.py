"""One search for enterprises, sites, supervised objects and hidden dangers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlan.authz.scope import acting
from anlan.desk import finding
from anlan.register import api as register
from anlan.register.models import Enterprise, Site, SupervisedObject
from anlan.sheets import tasks
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.factories.matters import Matters
from tests.integration.test_sheets import bring, run

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]


@pytest.fixture
def known(cast: Cast) -> Cast:
    """The firm has a phone and a legal representative, its site a safety officer; there is an object of a landlord."""
    region = cast.regions["331082001001"]
    with acting(cast.county):
        changes = {"phone": "0576-85123456", "legal_representative": "江大海", "registered_address": "城关人民路18号"}
        register.edit_enterprise(actor=cast.county, enterprise_id=cast.enterprises["firm"].id, changes=changes)
        person = register.PersonFacts(name="何安全", post=register.PersonPost.SAFETY_MANAGER, phone="13900007777")
        register.edit_site(
            actor=cast.county, site_id=cast.sites["firm"].id, changes={"name": "西厂区", "people": (person,)}
        )
        register.register_object(
            actor=cast.county,
            facts=register.ObjectFacts(
                kind="RENTAL_HOUSE",
                name="后山出租房",
                address="后山巷3号",
                region_id=region.id,
                party_kind="PERSON",
                party_name="罗房东",
                party_phone="13811112222",
            ),
        )
    return cast


def found(cast: Cast, who: str, text: str) -> list[tuple[str, str, str]]:
    with acting(cast.actors[who]):
        groups = finding.find(cast.actors[who], text)
        return [(group.kind, hit.plain_title, hit.label) for group in groups for hit in group.hits]


FIRM = ("enterprise", "临海市江南机械制造有限公司")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("江南机械", (*FIRM, "")),
        ("jnjx", (*FIRM, "")),
        ("jiangnan 331082553892", (*FIRM, "编号")),
        ("85123456", (*FIRM, "电话")),
        ("江大海", (*FIRM, "法定代表人")),
        ("人民路 机械", (*FIRM, "地址")),
        ("西厂", ("site", "西厂区", "")),
        ("13900007777", ("site", "西厂区", "安全管理人员")),
        ("hsczf", ("object", "后山出租房", "")),
        ("罗房东", ("object", "后山出租房", "责任人")),
        ("138 1111 2222", ("object", "后山出租房", "电话")),
    ],
)
def test_found_by_everything_people_know(known: Cast, text: str, expected: tuple[str, str, str]) -> None:
    assert [hit for hit in found(known, "town", text) if hit[0] == expected[0]] == [expected]
    assert found(known, "other", text) == []
    assert found(known, "firm2", text) == []


def test_a_hidden_danger_by_number_and_words(cast: Cast) -> None:
    matter = Matters(cast).confirmed(description="仓库堵塞消防通道")
    assert found(cast, "town", matter.number.lower()) == [("hidden_danger", "仓库堵塞消防通道", "编号")]
    assert found(cast, "town", "通道 仓库") == [("hidden_danger", "仓库堵塞消防通道", "")]
    assert found(cast, "town", "通道 江南机械") == [("hidden_danger", "仓库堵塞消防通道", "责任主体")]
    assert found(cast, "other", matter.number) == []


def test_a_former_name_is_kept_and_found(cast: Cast) -> None:
    firm = cast.enterprises["firm"]
    with acting(cast.county):
        for name in ("临海市新江机械有限公司", "浙江新江股份有限公司", "临海市新江机械有限公司"):
            register.edit_enterprise(actor=cast.county, enterprise_id=firm.id, changes={"name": name})
        assert Enterprise.objects.get(id=firm.id).former_names == [firm.name, "浙江新江股份有限公司"]
    assert ("enterprise", "临海市新江机械有限公司", "曾用名") in found(cast, "town", "江南机械制造")
    assert ("enterprise", "临海市新江机械有限公司", "曾用名") in found(cast, "town", "zjxj")


def test_an_import_puts_down_what_is_found_and_taking_it_back_too(cast: Cast) -> None:
    header = ["企业名称", "统一社会信用代码", "所属乡镇", "联系电话"]
    code = cast.enterprises["firm"].unified_social_credit_code
    entry = run(
        cast.county, bring(cast.county, book(header, ["望江五金厂", "", "古城", ""], ["江北重工", code, "", "13611"]))
    )
    assert [hit[1] for hit in found(cast, "town", "wjwj")] == ["望江五金厂"]
    with acting(cast.county):
        made = Enterprise.objects.get(name="望江五金厂")
    assert [hit[1:] for hit in found(cast, "town", made.own_no or "-")] == [("望江五金厂", "编号")]
    assert FIRM[1] not in [hit[1] for hit in found(cast, "town", "江南机械制造")]
    assert ("enterprise", "江北重工", "曾用名") in found(cast, "town", "江南机械制造")
    run(cast.county, entry, tasks.undo_sheet)
    assert found(cast, "town", "wjwj") == []
    assert (*FIRM, "") in found(cast, "town", "jnjx")
    assert found(cast, "town", "江北重工") == []


@pytest.mark.parametrize("model", [Enterprise, Site, SupervisedObject])
def test_no_record_without_its_search_text(known: Cast, model: Any) -> None:
    with acting(known.county):
        rows = list(model.objects.all())
        assert rows
        assert all(row.name.lower() in row.search_text.splitlines() for row in rows)


def test_marks_are_safe_and_the_box_gets_the_first_of_each(cast: Cast, client_of: ClientOf) -> None:
    Matters(cast).registered(description="<b>堵塞</b>通道")
    town, path = client_of("town"), reverse("desk:search")
    page = town.get(path, {"q": "堵塞"}).content.decode()
    assert "&lt;b&gt;<mark>堵塞</mark>&lt;/b&gt;通道" in page
    assert "<mark>江南机械</mark>" in town.get(path, {"q": "江南机械"}).content.decode()
    box = town.get(path, {"q": "jnjx"}, headers={"HX-Request": "true"}).content.decode()
    assert "<mark>江南机械</mark>" in box
    assert "<html" not in box
    assert "没有找到" in town.get(path, {"q": "%"}).content.decode()
    assert "拼音首字母" in town.get(path).content.decode()


def test_over_http(known: Cast, client_of: ClientOf) -> None:
    answer = client_of("town").get("/api/v1/search?q=13900007777").json()
    assert answer["q"] == "13900007777"
    [group] = answer["groups"]
    assert group["kind"] == {"code": "site", "label": "场所"}
    assert group["has_more"] is False
    [item] = group["items"]
    assert (item["title"], item["match"]) == ("西厂区", {"label": "安全管理人员", "value": "13900007777"})
    assert client_of("town").get("/api/v1/search?q=a&size=51").status_code == 422
    assert Client().get("/api/v1/search?q=a").status_code == 401
