"""Two entries of one enterprise become one, from the list of duplicates to the old address."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from anlan.authz.scope import acting
from anlan.register import api as register
from tests.functional.conftest import World
from tests.functional.visitor import Visitor

pytestmark = pytest.mark.functional
People = Callable[..., Visitor]


def test_two_become_one(world: World, visitor: People) -> None:
    cast, firm = world.cast, world.cast.enterprises["firm"]
    facts = register.EnterpriseFacts(name="临海江南机械制造公司", region_id=firm.region_id)
    with acting(cast.town) as actor:
        twin = register.register_enterprise(actor=actor, facts=facts)
        site = register.SiteFacts(name="北侧仓库", address="井头街 9 号", region_id=firm.region_id)
        second = register.register_site(actor=actor, enterprise_id=twin.id, facts=site)
    world.matters.confirmed(cast.town, description="车床防护罩缺失")
    world.matters.confirmed(cast.town, site_id=second.id, description="仓库通道堆放纸箱")

    county = visitor("county").goes("/enterprises/")
    page = county.page
    page.get_by_role("link", name="查重").click()
    expect(page.get_by_text("名称相同")).to_be_visible()
    page.get_by_role("link", name="对照后合并").click()
    expect(page.get_by_text("1 处场所")).to_be_visible()
    expect(page.get_by_text("1 件隐患")).to_be_visible()
    page.get_by_label("理由").fill("营业执照是同一本")
    page.get_by_role("button", name="合并").click()
    expect(page).to_have_url(re.compile(f"/enterprises/{firm.id}/$"))
    for words in ("车床防护罩缺失", "仓库通道堆放纸箱"):
        expect(page.get_by_text(words).first).to_be_visible()

    county.goes(f"/enterprises/{twin.id}/")
    expect(page).to_have_url(re.compile(f"/enterprises/{firm.id}/$"))
    expect(page.get_by_text(f"您打开的企业已并入{firm.name}")).to_be_visible()
    found = county.finds(twin.name)
    expect(found).to_have_count(1)
    expect(found).to_have_attribute("href", f"/enterprises/{firm.id}/")
