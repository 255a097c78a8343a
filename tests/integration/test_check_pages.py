"""The pages and the API of checks."""

import json

import pytest
from django.urls import reverse

from anlan.authz.scope import acting
from anlan.inspections import actions, selectors
from anlan.inspections.api import ActClass, Start
from anlan.inspections.choices import Status
from anlan.inspections.models import CheckRecord
from anlan.lib import clock
from tests.factories.matters import picture
from tests.integration.test_checks import INSPECTED, checklist, inspect, self_check  # noqa: F401 - a fixture
from tests.meta.test_query_counts import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast, checklist):  # noqa: F811
    start = Start(ActClass.ADMINISTRATIVE_INSPECTION, cast.sites["firm"].id, checklist_version_id=checklist.id)
    with acting(cast.dept):
        return actions.begin(actor=cast.dept, start=start)


HEAD = {
    "inspection_kind": "ROUTINE",
    "plan_reference": "年度检查计划",
    "arrival": "HAND_OVER",
    "no_scan_reason": "未申领",
    "told_to": "韩安全",
    "officer-0-name": "王应急",
    "officer-0-cert": "001",
    "officer-1-name": "李应急",
    "officer-1-cert": "002",
}


def passed(checklist, **more):  # noqa: F811
    return {f"item-{item.number}-answer": "PASS" for item in checklist.items.all()} | more


def test_a_check_from_beginning_to_record(client_of, cast, checklist):  # noqa: F811
    client = client_of("dept")
    form = {"act_class": "ADMINISTRATIVE_INSPECTION", "site": cast.sites["firm"].id, "checklist": checklist.id}
    begun = client.post(reverse("inspections:begin"), form)
    assert begun.status_code == 302
    page = client.get(begun["Location"])
    assert page.content.decode().count('class="check-item') == 11
    answers = passed(checklist) | {"item-4-answer": "FAIL", "item-4-photos": picture()}
    filed = client.post(begun["Location"], HEAD | answers)
    assert filed.status_code == 302, filed.content.decode()
    record = client.get(filed["Location"]).content.decode()
    assert "灭火器失效或者配置不足" in record
    assert "不合格 1 项" in record
    printed = client.get(filed["Location"] + "print").content.decode()
    assert "现场检查记录" in printed
    assert "王应急" in printed


def test_the_checklist_is_chosen_and_not_taken(client_of, cast, checklist):  # noqa: F811
    """The first of them by alphabet is seldom the right one."""
    client, url = client_of("dept"), reverse("inspections:begin")
    assert '<option value="" selected>请选择</option>' in client.get(url).content.decode()
    form = {"act_class": "ADMINISTRATIVE_INSPECTION", "site": cast.sites["firm"].id}
    for given in ({}, {"checklist": ""}):
        assert "请选择检查表。" in client.post(url, form | given).content.decode()
    assert client.post(url, form | {"checklist": "none"}).status_code == 302


def test_what_is_missing_is_said_at_once(client_of, cast, checklist):  # noqa: F811
    page = client_of("village").post(reverse("inspections:begin"), {"act_class": "PATROL", "site": ""}).content.decode()
    assert "请选择检查表。" in page
    assert "请选择企业、场所、监管对象，或者在下面选村（社区）。" in page


def test_the_top_of_a_refused_check_leads_to_what_it_lacks(client_of, cast, checklist, draft):  # noqa: F811
    url = reverse("inspections:fill", args=[draft.id])
    assert "请补齐以后再交" not in client_of("dept").get(url).content.decode()
    page = client_of("dept").post(url, HEAD | {"item-1-answer": "PASS"}).content.decode()
    assert '<a href="#item-2">第 2 项还没有结果。</a>' in page
    assert 'href="#item-1"' not in page


def test_nothing_typed_is_lost(client_of, cast, checklist, draft):  # noqa: F811
    client = client_of("dept")
    url = reverse("inspections:fill", args=[draft.id])
    typed = {"item-1-answer": "FAIL", "item-1-note": "东侧通道堆满纸箱", "note": "写到一半"}
    assert client.post(reverse("inspections:keep", args=[draft.id]), typed).status_code == 204
    fragment = client.post(
        reverse("inspections:photos", args=[draft.id, "item-1"]), typed | {"item-1-photos": picture()}
    )
    assert b"item-1-photos_kept" in fragment.content
    page = client.get(url).content.decode()
    assert "东侧通道堆满纸箱" in page
    assert "写到一半" in page
    assert "item-1-photos_kept" in page
    refused = client.post(url, typed).content.decode()
    assert "第 2 项还没有结果" in refused or "检查人员" in refused
    assert "东侧通道堆满纸箱" in refused
    assert client_of("county").get(url).status_code == 404


def test_a_wrong_number_is_said_at_its_line(client_of, cast):
    from django.core.management import call_command

    call_command("load_checklists", verbosity=0)
    with acting(cast.town):
        version = next(v for v in selectors.checklist_versions(cast.town) if v.checklist.code == "restaurant-gas")
        start = Start(ActClass.SERVICE_VISIT, cast.sites["firm"].id, checklist_version_id=version.id)
        check = actions.begin(actor=cast.town, start=start)
    given = {f"item-{item.number}-answer": "PASS" for item in version.items.all() if item.answer_kind == "PASS_FAIL"}
    page = client_of("town").post(reverse("inspections:fill", args=[check.id]), given | {"item-7-number": "很多"})
    assert "这一项填得不对" in page.content.decode()
    skipped = given | {"item-7-number": "3", "item-7-answer": "NOT_APPLICABLE"}
    assert client_of("town").post(reverse("inspections:fill", args=[check.id]), skipped).status_code == 302
    with acting(cast.town):
        answer = selectors.check(cast.town, check.id).answers.get(item__number=7)
    assert (answer.answer, answer.number) == ("NOT_APPLICABLE", None)


@pytest.mark.parametrize("who", ["county", "dept", "town", "village", "firm", "expert", "leader"])
def test_the_list_asks_few_questions(client_of, cast, checklist, who, django_assert_max_num_queries):  # noqa: F811
    for _ in range(3):
        inspect(cast.dept, cast.sites["firm"], checklist)
    client = client_of(who)
    client.get(reverse("inspections:list"))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("inspections:list"))
    assert ("江南机械" in page.content.decode()) is (who not in ("expert",))


@pytest.mark.parametrize("failed", [(1,), (1, 2, 3)])
def test_the_record_asks_few_questions(client_of, cast, checklist, failed):  # noqa: F811
    check = inspect(cast.dept, cast.sites["firm"], checklist, failed=failed)
    assert len(counted(client_of("dept"), reverse("inspections:record", args=[check.id]))) == 11
    filed = self_check(cast, checklist, failed=failed)
    assert len(counted(client_of("firm"), reverse("inspections:record", args=[filed.id]))) <= 11


def test_a_self_check_is_printed_as_one(client_of, cast, checklist):  # noqa: F811
    """Nobody came: there is no second signature and no copy to hand over."""
    filed = self_check(cast, checklist, failed=(1,))
    record = client_of("town").get(reverse("inspections:record", args=[filed.id])).content.decode()
    firm = cast.enterprises["firm"]
    assert f'<a href="{reverse("register:enterprise", args=[firm.id])}">{firm.name}</a>' in record
    assert "打印企业自查记录" in record
    printed = client_of("firm").get(reverse("inspections:print", args=[filed.id])).content.decode()
    assert "企业负责人（签名）" in printed
    assert "被检查单位" not in printed


def test_the_enterprise_rates_and_others_find_nothing(client_of, cast, checklist):  # noqa: F811
    check = inspect(cast.dept, cast.sites["firm"], checklist)
    page = client_of("firm").get(reverse("inspections:record", args=[check.id])).content.decode()
    assert "评价这次检查" in page
    client_of("firm").post(reverse("inspections:rate", args=[check.id]), {"rating": "5", "words": "认真"})
    with acting(cast.dept):
        assert CheckRecord.objects.get(id=check.id).rating == 5
    for who in ("firm2", "other", "other_firm", "dept2"):
        assert client_of(who).get(reverse("inspections:record", args=[check.id])).status_code == 404


def test_the_board_draws_and_verifies(client_of, cast, checklist):  # noqa: F811
    check = self_check(cast, checklist)
    client, month = client_of("town"), f"{check.month:%Y-%m}"
    assert "江南机械" in client.get(reverse("inspections:filings")).content.decode()
    client.post(reverse("inspections:draw"), {"month": month, "number": "100", "unit": "percent"})
    with acting(cast.town):
        sample = selectors.sample_of(cast.town, check.month)
        item = selectors.sample_items(sample)[0]
    client.post(reverse("inspections:verify", args=[item.id]), {"month": month, "result": "TRUE"})
    assert "属实" in client.get(reverse("inspections:filings")).content.decode()


def test_a_firm_files_its_month_and_closes_inside(client_of, cast, checklist):  # noqa: F811
    client = client_of("firm")
    month = selectors.month_of(clock.today()).isoformat()
    form = {"act_class": "SELF_CHECK", "site": cast.sites["firm"].id, "checklist": checklist.id, "month": month}
    begun = client.post(reverse("inspections:begin-self-check"), form)
    assert begun.status_code == 302, begun.content.decode()
    filed = client.post(begun["Location"], passed(checklist, **{"item-2-answer": "FAIL", "led_by": "徐厂长"}))
    assert filed.status_code == 302, filed.content.decode()
    with acting(cast.firm):
        check = selectors.checks(cast.firm, selectors.Filters()).get()
        finding = check.self_check_findings.get()
    done = {"measure": "已拆除门锁", "rectified_by": "张三", "accepted_by": "韩安全", "check": str(check.id)}
    client.post(reverse("inspections:close-inside", args=[finding.id]), done | {"accepted_by": "张三"})
    client.post(reverse("inspections:close-inside", args=[finding.id]), done)
    assert "韩安全 验收" in client.get(reverse("inspections:record", args=[check.id])).content.decode()
    [told] = client.get(f"/api/v1/checks/{check.id}").json()["self_check_findings"]
    assert (told["id"], told["state"], told["state_label"]) == (str(finding.id), "CLOSED", "已自改")


def test_voiding_needs_a_reason(client_of, cast, checklist):  # noqa: F811
    check = inspect(cast.dept, cast.sites["firm"], checklist)
    client = client_of("dept")
    client.post(reverse("inspections:void", args=[check.id]), {"reason": ""})
    client.post(reverse("inspections:void", args=[check.id]), {"reason": "重复登记"})
    with acting(cast.dept):
        assert selectors.check(cast.dept, check.id).status == Status.VOIDED


def test_the_api_files_reads_and_refuses(client_of, cast, checklist):  # noqa: F811
    client = client_of("dept")
    lists = client.get("/api/v1/checklists").json()
    version = next(one for one in lists["items"] if one["code"] == "fire-general")
    body = {
        "act_class": "ADMINISTRATIVE_INSPECTION",
        "site": str(cast.sites["firm"].id),
        "checklist_version": version["id"],
        "officers": [{"name": "王", "certificate_no": "1"}, {"name": "李", "certificate_no": "2"}],
        "inspection_kind": "SPECIAL",
        "plan_reference": "危化专项方案",
        "arrival": "NOTICE",
        "scan_no": "YS1",
        "told_to": "韩",
        "answers": [{"item": item["number"], "answer": "PASS"} for item in version["items"][1:]],
    }

    def post(who="dept"):
        return client_of(who).post("/api/v1/checks", json.dumps(body), content_type="application/json")

    refused = post()
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/answers", "the first item has no answer to point at"
    body["answers"].append({"item": 1, "answer": None})
    assert post().json()["errors"][0]["pointer"] == f"/answers/{len(body['answers']) - 1}"
    body["answers"][-1] |= {"answer": "FAIL", "note": "东门堵塞"}
    assert post("county").status_code == 403
    answer = post()
    assert answer.status_code == 201, answer.json()
    case = client.get(answer["Location"]).json()
    assert (case["fail_count"], len(case["hidden_dangers"]), case["status"]["code"]) == (1, 1, "FILED")
    assert client.get("/api/v1/checks?with_findings=true").json()["count"] == 1
    assert INSPECTED["arrival"] == "HAND_OVER"
