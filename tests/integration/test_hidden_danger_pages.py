"""The loop's pages: list, register, acts, comment, export. The case page is here too, for the acts end there."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import HiddenDanger, Status
from anlan.hidden_dangers.forms.acts import FORMS
from anlan.hidden_dangers.forms.directing import DirectForm
from anlan.hidden_dangers.presenters import verbs
from anlan.hidden_dangers.workflow import PROCESS
from anlan.jobs import api as jobs
from anlan.lib import clock
from tests.factories.cast import Cast
from tests.factories.matters import Matters, picture

MOST_QUERIES = 12


@pytest.fixture
def matters(cast: Cast) -> Matters:
    return Matters(cast)


def as_(cast: Cast, name: str, **headers: str) -> Client:
    """A browser signed in as that person."""
    client = Client(headers=headers)
    client.force_login(cast.users[name])
    return client


def act_url(matter: HiddenDanger, verb: str) -> str:
    return reverse("hidden_dangers:act", args=[matter.id, verb])


def reread(cast: Cast, matter: HiddenDanger) -> HiddenDanger:
    with acting(cast.county):
        return loop.hidden_danger(cast.county, matter.id)


def test_list_shows_what_the_person_sees(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    assert matter.number in as_(cast, "county").get(reverse("hidden_dangers:list")).content.decode()
    assert matter.number not in as_(cast, "town2").get(reverse("hidden_dangers:list")).content.decode()
    assert matter.number not in as_(cast, "other").get(reverse("hidden_dangers:list")).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, True),
        ({"q": "纸箱"}, True),
        ({"q": "没有的词"}, False),
        ({"status": ["REGISTERED", "CLOSED"]}, True),
        ({"status": "CLOSED"}, False),
        ({"state": "open"}, True),
        ({"state": "mine"}, True),
        ({"state": "overdue"}, False),
        ({"sector": "FIRE"}, True),
        ({"source": "AGENCY_CHECK"}, False),
        ({"registered_from": "2999-01-01"}, False),
        ({"region": "331082001001"}, True),
        ({"region": "331082001002"}, False),
    ],
)
def test_list_is_narrowed_by_its_address(cast: Cast, matters: Matters, query: dict[str, Any], found: bool) -> None:
    matter = matters.registered()
    page = as_(cast, "town").get(reverse("hidden_dangers:list"), query)
    assert page.status_code == 200
    assert (matter.number in page.content.decode()) is found


def test_an_enterprise_learns_no_source_by_filtering(cast: Cast, matters: Matters) -> None:
    """A filter by source must not tell which of its matters came from a patrol."""
    matter = matters.dispatched()
    page = as_(cast, "firm").get(reverse("hidden_dangers:list"), {"source": "GRASSROOTS_CHECK"})
    assert 'name="source"' not in page.content.decode()
    with acting(cast.firm):
        filters = loop.Filters(source=matter.source)
        assert not loop.hidden_dangers(cast.firm, filters, clock.today()).exists()
        assert loop.hidden_dangers(cast.firm, loop.Filters(), clock.today()).exists()


@pytest.mark.parametrize("sort", ["due_on", "-due_on", "number", "-registered_at", "holder__name", "-"])
def test_list_sorts_by_what_is_offered_and_nothing_else(cast: Cast, matters: Matters, sort: str) -> None:
    matters.registered()
    assert as_(cast, "county").get(reverse("hidden_dangers:list"), {"sort": sort}).status_code == 200


def test_list_asks_the_database_as_often_for_many_rows(cast: Cast, matters: Matters) -> None:
    def queries(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    client = as_(cast, "county")
    path = reverse("hidden_dangers:list")
    for _ in range(10):
        matters.registered()
    few = queries(path)
    for _ in range(50):
        matters.registered()
    assert queries(path) == few <= MOST_QUERIES


def test_case_page_keeps_to_its_queries(cast: Cast, matters: Matters) -> None:
    matter = matters.submitted()
    client = as_(cast, "town")
    path = reverse("hidden_dangers:case", args=[matter.id])
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(path)
    assert page.status_code == 200
    assert len(captured) <= MOST_QUERIES + 4, [query["sql"][:200] for query in captured]


def test_case_page_is_not_there_outside_the_scope(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    for outsider in ("other", "town2", "firm", "dept2"):
        assert as_(cast, outsider).get(reverse("hidden_dangers:case", args=[matter.id])).status_code == 404


def test_an_enterprise_reads_nothing_of_the_reporter(cast: Cast, matters: Matters) -> None:
    matter = matters.dispatched()
    page = as_(cast, "firm").get(reverse("hidden_dangers:case", args=[matter.id])).content.decode()
    assert matter.number in page
    assert "排查渠道" not in page
    assert "上报" not in page.split("<main")[1]
    assert cast.users["town"].display_name not in page.split("<main")[1].split("办理过程")[0]


def test_register_in_three_taps(cast: Cast) -> None:
    form = {
        "site": str(cast.sites["firm"].id),
        "description": "配电箱接线裸露",
        "source": "GRID_PATROL",
        "photos": [picture()],
    }
    answer = as_(cast, "village").post(reverse("hidden_dangers:register"), form)
    assert answer.status_code == 303
    with acting(cast.county):
        matter = loop.hidden_dangers(cast.county, loop.Filters(q="配电箱"), clock.today()).get()
        page = loop.case_page(cast.county, loop.hidden_danger_to_show(cast.county, matter.id))
    assert answer["Location"] == reverse("hidden_dangers:case", args=[matter.id])
    assert len(page.before) == 1


def test_the_overdue_come_with_the_worst_first(cast: Cast, matters: Matters) -> None:
    """Unless another order is asked for."""
    late, later = matters.rectifying(due_in=2), matters.rectifying(due_in=5, description="东侧安全出口锁闭")
    with clock.at(clock.now() + timedelta(days=9)):
        client, url = as_(cast, "county"), f"{reverse('hidden_dangers:list')}?state=overdue"
        for address, first, second in ((url, late, later), (f"{url}&sort=-due_on", later, late)):
            page = client.get(address).content.decode()
            assert page.index(first.number) < page.index(second.number), address


def test_what_is_suspended_is_looked_at_again_and_not_late(cast: Cast, matters: Matters) -> None:
    """The bar names the day of the review, as the head of the page does not call it late."""
    matter = matters.rectifying()
    review_on = matter.due_on + timedelta(days=30)
    matters.act(cast.firm, matter, "request_suspension", controls="停用", review_on=review_on)
    matters.act(cast.town, matter, "approve_suspension")
    with clock.at(clock.now() + timedelta(days=40)), acting(cast.county):
        found = loop.hidden_danger_to_show(cast.county, matter.id)
        bar = loop.case_page(cast.county, found).bar
    assert (bar.now, bar.due_on) == ("暂缓整改，等待复核", review_on)


def test_the_page_says_whose_site_it_is(cast: Cast, matters: Matters) -> None:
    """Before anybody is known to be responsible, one asks which enterprise it is at."""
    matter, firm = matters.registered(), cast.enterprises["firm"]
    page = as_(cast, "town").get(reverse("hidden_dangers:case", args=[matter.id])).content.decode()
    assert f'<a href="{reverse("register:enterprise", args=[firm.id])}">{firm.name}</a>' in page


def test_the_same_form_sent_again_registers_nothing_twice(cast: Cast) -> None:
    """Back in the browser and once more; in other words, at another place or later it is another matter."""
    client, sent = as_(cast, "village"), {"description": "配电箱接线裸露", "source": "GRID_PATROL"}
    here = {**sent, "site": str(cast.sites["firm"].id)}

    def send(form: dict[str, str]) -> int:
        return client.post(reverse("hidden_dangers:register"), form).status_code

    assert send(here) == 303
    again = client.post(reverse("hidden_dangers:register"), here)
    assert again.status_code == 200
    assert "您刚才已经登记过这一件" in again.content.decode()
    assert send({**here, "description": "配电箱接线裸露，二楼"}) == 303
    assert send({**sent, "region": str(cast.regions["331082001001"].id), "place": "社区广场"}) == 303
    with clock.at(clock.now() + timedelta(hours=1)):
        assert send(here) == 303


def test_a_refused_registration_loses_neither_words_nor_photos(cast: Cast) -> None:
    client = as_(cast, "village")
    form = {"description": "配电箱接线裸露", "source": "GRID_PATROL", "region": "", "photos": [picture()]}
    again = client.post(reverse("hidden_dangers:register"), form)
    html = again.content.decode()
    assert again.status_code == 200
    assert "配电箱接线裸露" in html
    assert "请选择隐患所在" in html
    kept = html.split('name="photos_kept" value="')[1].split('"')[0]
    form = {
        "description": "配电箱接线裸露",
        "source": "GRID_PATROL",
        "region": str(cast.regions["331082001001"].id),
        "place": "社区广场",
        "photos_kept": kept,
    }
    assert client.post(reverse("hidden_dangers:register"), form).status_code == 303


def test_places_are_those_the_person_sees(cast: Cast) -> None:
    names = as_(cast, "village").get(reverse("hidden_dangers:places")).content.decode()
    assert "江南机械" in names
    assert "东湖化工" not in names
    assert "太平鞋业" not in names


def test_every_command_has_a_form() -> None:
    assert set(FORMS) == {*loop.COMMANDS, DirectForm.verb}


def test_every_button_opens_its_form(cast: Cast, matters: Matters) -> None:
    """Whoever is shown a button gets a page and a panel behind it, never a refusal."""
    opened = set()
    waiting = matters.registered()
    matters.act(cast.town, waiting, "propose_major", reason="住宿与车间同楼")
    returned = matters.registered(cast.village, source="GRID_PATROL")
    matters.act(cast.town, returned, "return_to_reporter", reason="请补照片")
    asked = matters.rectifying()
    matters.act(cast.firm, asked, "request_extension", until=clock.today() + timedelta(days=30), reason="等配件")
    rests = matters.rectifying()
    matters.act(cast.firm, rests, "request_suspension", controls="停用", review_on=clock.today())
    bounced = matters.dispatched(cast.fire)
    matters.act(cast.fire, bounced, "bounce", reason="不归我管")
    everything = [waiting, returned, asked, rests, bounced, matters.registered(), matters.confirmed()]
    everything += [matters.dispatched(), matters.rectifying(), matters.submitted(), matters.closed(), matters.major()]
    cast.add("town_b", "TOWNSHIP_OFFICE", "褚古城", cast.organisations["古城街道"], cast.regions["331082001"])
    for name in ("town", "town_b", "village", "firm", "fire", "county"):
        page, panel = as_(cast, name), as_(cast, name, HX_Request="true")
        for matter in everything:
            with acting(cast.actors[name]):
                if not loop.hidden_dangers(cast.actors[name], loop.Filters(), clock.today()).filter(id=matter.id):
                    continue
                shown = verbs(cast.actors[name], loop.hidden_danger(cast.actors[name], matter.id))
            for verb in [one.transition.verb for one in shown if not one.refused]:
                url = act_url(matter, verb.replace("_", "-"))
                assert page.get(url).status_code == 200, (name, verb, matter.status)
                assert panel.get(url).status_code == 200, (name, verb, matter.status)
                opened.add(verb)
    assert opened >= {one.verb for one in PROCESS.transitions if not one.automatic} - {"resume"}


def test_bounced_and_given_to_another(cast: Cast, matters: Matters) -> None:
    matter = matters.dispatched(cast.fire)
    form = {"reason": "不属消防职责", "suggested": str(cast.organisations["临海应急局"].id)}
    assert as_(cast, "fire").post(act_url(matter, "bounce"), form).status_code == 303
    due_on = (clock.today() + timedelta(days=5)).isoformat()
    form = {"lead": str(cast.organisations["临海应急局"].id), "due_on": due_on, "mode": ["SUPERVISED"]}
    again = as_(cast, "town").post(act_url(matter, "redispatch"), form)
    assert again.status_code == 303, again.content.decode()
    assert reread(cast, matter).lead == cast.organisations["临海应急局"]


def test_more_time_is_asked_for_and_granted(cast: Cast, matters: Matters) -> None:
    matter = matters.rectifying()
    until = clock.today() + timedelta(days=30)
    asked = as_(cast, "firm").post(
        act_url(matter, "request-extension"), {"until": until.isoformat(), "reason": "等配件"}
    )
    assert asked.status_code == 303
    assert "等配件" in as_(cast, "town").get(act_url(matter, "approve-extension")).content.decode()
    assert as_(cast, "town").post(act_url(matter, "approve-extension"), {}).status_code == 303
    moved = reread(cast, matter)
    assert (moved.due_on, moved.original_due_on != until) == (until, True)


def test_a_duplicate_is_merged_by_choice_or_by_number(cast: Cast, matters: Matters) -> None:
    first, second, third = matters.registered(), matters.registered(), matters.registered()
    town = as_(cast, "town")
    assert first.number in town.get(act_url(second, "merge-duplicate")).content.decode()
    assert "请选择或者填写" in town.post(act_url(second, "merge-duplicate"), {}).content.decode()
    assert "没有找到这个编号" in town.post(act_url(second, "merge-duplicate"), {"number": "x"}).content.decode()
    assert town.post(act_url(second, "merge-duplicate"), {"into": str(first.id)}).status_code == 303
    assert town.post(act_url(third, "merge-duplicate"), {"number": first.number}).status_code == 303
    assert reread(cast, third).status == Status.MERGED


def test_put_right_on_the_spot(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    form = {"cause": "STATE", "party_kind": "ENTERPRISE", "note": "当场清理", "after": [picture()]}
    form["party_enterprise"] = str(cast.enterprises["firm"].id)
    answer = as_(cast, "town").post(act_url(matter, "fix-on-the-spot"), form)
    assert answer.status_code == 303, answer.content.decode()
    assert reread(cast, matter).status == Status.SUBMITTED


@pytest.mark.parametrize(("field", "typed"), [("place", {"text": "二号楼"}), ("sector", {"sector": "GAS"})])
def test_a_slip_is_corrected(cast: Cast, matters: Matters, field: str, typed: dict[str, str]) -> None:
    matter = matters.registered()
    form = {"field": field, "reason": "写错了", **typed}
    assert as_(cast, "town").post(act_url(matter, "correct"), form).status_code == 303
    assert getattr(reread(cast, matter), field) == next(iter(typed.values()))


def test_the_last_step_may_be_withdrawn_from_the_page(cast: Cast, matters: Matters) -> None:
    matter = matters.dispatched(cast.fire)
    case_url = reverse("hidden_dangers:case", args=[matter.id])
    assert "撤回“交办”" in as_(cast, "town").get(case_url).content.decode()
    assert "撤回" not in as_(cast, "fire").get(case_url).content.decode()
    assert as_(cast, "town").post(act_url(matter, "withdraw"), {"reason": "选错单位"}).status_code == 303
    assert reread(cast, matter).status == Status.CONFIRMED


def test_a_recurrence_is_linked_both_ways_for_those_who_see_it(cast: Cast, matters: Matters) -> None:
    closed = matters.closed()
    street, place = cast.organisations["古城街道"], cast.regions["331082001"]
    other = cast.add("town_b", "TOWNSHIP_OFFICE", "郑古城", street, place)
    matters.act(other, closed, "look_back", result="RECURRED", note="通道又堆满")
    with acting(cast.town):
        new = HiddenDanger.objects.get(recurrence_of=closed)
    old_page, new_page = (reverse("hidden_dangers:case", args=[one.id]) for one in (closed, new))
    page = as_(cast, "town").get(old_page).content.decode()
    assert f'<a href="{new_page}">{new.number}</a>' in page
    assert "复发　" in page
    assert old_page in as_(cast, "town").get(new_page).content.decode()
    assert as_(cast, "firm").get(new_page).status_code == 404
    page = as_(cast, "firm").get(old_page).content.decode()
    assert str(new.id) not in page
    assert new.number not in page


def test_confirm_dispatch_acknowledge_by_forms(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    town = as_(cast, "town")
    assert town.get(act_url(matter, "confirm")).status_code == 200
    confirmed = town.post(
        act_url(matter, "confirm"),
        {
            "version": matter.version,
            "cause": "STATE",
            "party_kind": "ENTERPRISE",
            "party_enterprise": str(cast.enterprises["firm"].id),
            "sector": "FIRE",
        },
    )
    assert confirmed.status_code == 303, confirmed.content.decode()
    fire = cast.organisations["临海消防大队"]
    due_on = clock.today() + timedelta(days=7)
    dispatched = town.post(
        act_url(matter, "dispatch"), {"lead": str(fire.id), "due_on": due_on.isoformat(), "mode": ["BY_ENTERPRISE"]}
    )
    assert dispatched.status_code == 303, dispatched.content.decode()
    assert as_(cast, "fire").post(act_url(matter, "acknowledge"), {}).status_code == 303
    moved = reread(cast, matter)
    assert (moved.status, moved.lead, moved.due_on) == (Status.RECTIFYING, fire, due_on)


def test_a_panel_comes_back_with_the_reason_and_the_words(cast: Cast, matters: Matters) -> None:
    """409 of the action is a sentence in the panel; what was typed stands in the field."""
    matter = matters.confirmed()
    client = as_(cast, "town", HX_Request="true")
    yesterday = clock.today() - timedelta(days=1)
    lead = str(cast.organisations["古城街道"].id)
    form = {"lead": lead, "due_on": yesterday.isoformat(), "mode": ["BY_ENTERPRISE"], "note": "请尽快"}
    panel = client.post(act_url(matter, "dispatch"), form).content.decode()
    assert "整改期限不能早于今天" in panel
    assert "请尽快" in panel
    assert "<html" not in panel
    assert reread(cast, matter).status == Status.CONFIRMED


def test_a_stale_form_says_so_and_may_be_sent_again(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    client = as_(cast, "town")
    form = {"version": matter.version + 7, "reason": "照片看不清"}
    page = client.post(act_url(matter, "return-to-reporter"), form)
    assert "刚刚被别人办理过（登记，" in page.content.decode()
    assert f'name="version" value="{matter.version}"' in page.content.decode()
    assert client.post(act_url(matter, "return-to-reporter"), {**form, "version": matter.version}).status_code == 303


def test_done_in_the_panel_leads_back_to_the_case(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    answer = as_(cast, "town", HX_Request="true").post(act_url(matter, "dismiss"), {"reason": "重复上报"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == reverse("hidden_dangers:case", args=[matter.id])


def test_a_form_is_not_offered_to_whom_it_is_refused(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    assert as_(cast, "village").get(act_url(matter, "confirm")).status_code == 403
    assert as_(cast, "town").get(act_url(matter, "dispatch")).status_code == 409
    assert as_(cast, "town").get(act_url(matter, "no-such-verb")).status_code == 404


def test_rectification_is_submitted_with_photos(cast: Cast, matters: Matters) -> None:
    matter = matters.rectifying()
    client = as_(cast, "firm")
    without = client.post(act_url(matter, "submit-rectification"), {"note": "已清理"})
    assert "请至少上传一张照片" in without.content.decode()
    done = client.post(act_url(matter, "submit-rectification"), {"note": "已清理", "photos": [picture()]})
    assert done.status_code == 303
    assert reread(cast, matter).status == Status.SUBMITTED


def test_a_comment_stands_on_the_timeline(cast: Cast, matters: Matters) -> None:
    matter = matters.registered()
    client = as_(cast, "town")
    assert client.post(reverse("hidden_dangers:comment", args=[matter.id]), {"note": "明天去看"}).status_code == 303
    assert "明天去看" in client.get(reverse("hidden_dangers:case", args=[matter.id])).content.decode()


def test_the_export_holds_what_the_list_shows(cast: Cast, matters: Matters, settings: Any, tmp_path: Any) -> None:
    calamine = pytest.importorskip("python_calamine")
    settings.DATA_DIR = tmp_path
    matter = matters.dispatched()
    with jobs.inline():
        answer = as_(cast, "county").post(reverse("hidden_dangers:export") + "?q=纸箱")
        assert answer.status_code == 302
        jobs.run_pending()
    job = jobs.Job.objects.get()
    assert job.state == "DONE", job.error
    result = as_(cast, "county").get(reverse("jobs:result", args=[job.id]))
    rows = calamine.load_workbook(io.BytesIO(b"".join(result.streaming_content))).get_sheet_by_index(0).to_python()
    header = next(row for row in rows if row[0] == "序号")
    line = dict(zip(header, rows[rows.index(header) + 1], strict=True))
    assert line["编号"] == matter.number
    assert line["整改期限"] == matter.due_on
    assert line["上报单位"] == matter.reporter.name
    assert any("筛选：关键词：纸箱" in str(row[0]) for row in rows)
