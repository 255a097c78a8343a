"""Telephone cells of an imported ledger: kept apart, shown as links, and the edit form takes back what was stored."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anlan.authz.scope import acting
from anlan.register.models import Enterprise
from tests.factories.books import book
from tests.factories.cast import Cast
from tests.integration.test_sheets import GOOD_CODES, HEADER, bad_rows, bring, counts, enterprise, run

ONE, OTHER = "13912345678", "13812345678"


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def firm(name: str, code: str, phone: Any) -> list[Any]:
    return [name, code, "古城", "", "3311", "掌柜", phone, 12]


def test_several_numbers_stay_apart_and_what_is_none_comes_back(cast: Cast) -> None:
    rows = [firm("两号厂", GOOD_CODES[0], f"{ONE}\n{OTHER}"), firm("附件厂", GOOD_CODES[1], "见附件")]
    entry = run(cast.county, bring(cast.county, book(HEADER, *rows, firm("带名厂", GOOD_CODES[2], f"王五{ONE}"))))
    assert counts(entry) == (1, 0, 0, 2)
    assert enterprise(cast.county, name="两号厂").phone == f"{ONE}、{OTHER}"
    assert all("联系电话：" in row[-1] and "不是电话号码" in row[-1] for row in bad_rows(entry)[1:])


def test_more_than_the_register_holds_is_told(cast: Cast) -> None:
    numbers = "、".join(f"1391234567{last}" for last in range(3))
    entry = run(cast.county, bring(cast.county, book(HEADER, firm("三号厂", GOOD_CODES[0], numbers))))
    assert "联系电话：超过 30 个字" in bad_rows(entry)[1][-1]


def test_a_grid_member_has_one(cast: Cast) -> None:
    grid = ["文化一格", "综合", "古城街道", "文化社区"]
    run(cast.county, bring(cast.county, book(["网格名称", "类别", "所属乡镇", "所属村"], grid), "grids"))
    file = book(["所在网格", "姓名", "岗位", "电话"], ["文化一格", "赵甲", "网格长", f"{ONE}/{OTHER}"])
    assert "这里只记一个" in bad_rows(run(cast.county, bring(cast.county, file, "grid_members")))[1][-1]


def test_the_page_dials_each_and_the_form_takes_them(client_of: Callable[[str], Client], cast: Cast) -> None:
    run(cast.county, bring(cast.county, book(HEADER, firm("两号厂", GOOD_CODES[0], f"{ONE} {OTHER}"))))
    made = enterprise(cast.county, name="两号厂")
    client = client_of("county")
    page = client.get(f"/enterprises/{made.id}/").content.decode()
    assert f'href="tel:{ONE}"' in page
    assert f'href="tel:{OTHER}"' in page
    edit = f"/enterprises/{made.id}/edit/"
    form = client.get(edit).context["form"]
    fields = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {name: "" if value is None else value for name, value in fields.items()}
    assert sent["phone"] == f"{ONE}、{OTHER}"
    response = client.post(edit, {**sent, "legal_representative": "新掌柜"})
    assert response.status_code == 302, response.content.decode()


def test_what_is_no_number_is_no_link(client_of: Callable[[str], Client], cast: Cast) -> None:
    run(cast.county, bring(cast.county, book(HEADER, firm("旧厂", GOOD_CODES[0], ""))))
    made = enterprise(cast.county, name="旧厂")
    with acting(cast.county):
        Enterprise._base_manager.filter(id=made.id).update(phone="王五<13912345678>")
    page = client_of("county").get(f"/enterprises/{made.id}/").content.decode()
    assert "王五&lt;13912345678&gt;" in page
    assert "tel:" not in page
