"""Checks: who may do which act, the record with its findings in one act, secrecy, self-checks and their sampling."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from anlan.authz.actors import Actor
from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.inspections import actions, selectors
from anlan.inspections.api import ActClass, Answer, CheckFacts, FreeFinding, GivenAnswer, Officer, Start
from anlan.inspections.choices import SelfCheckFindingState, Status
from anlan.inspections.invariants import check_invariants
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.lib.refusals import Forbidden, Invalid, NotInScope, Refused
from tests.factories.cast import Cast
from tests.factories.matters import in_days, upload

pytestmark = pytest.mark.django_db

OFFICERS = [Officer("王应急", "331082001"), Officer("李应急", "331082002")]
INSPECTED = {
    "officers": OFFICERS,
    "inspection_kind": "ROUTINE",
    "plan_reference": "年度检查计划",
    "arrival": "HAND_OVER",
    "no_scan_reason": "企业尚未申领码",
    "told_to": "韩安全",
}


@pytest.fixture
def checklist(cast: Cast):
    call_command("load_checklists", verbosity=0)
    with acting(cast.dept):
        return next(v for v in selectors.checklist_versions(cast.dept) if v.checklist.code == "fire-general")


def answers(checklist, failed: tuple[int, ...] = (), **more) -> list[GivenAnswer]:
    return [
        GivenAnswer(item.number, Answer.FAIL, **more)
        if item.number in failed
        else GivenAnswer(item.number, Answer.PASS)
        for item in checklist.items.all()
    ]


def inspect(actor: Actor, site, checklist=None, failed: tuple[int, ...] = (), **more):
    start = {
        "act_class": ActClass.ADMINISTRATIVE_INSPECTION,
        "site_id": site.id,
        "checklist_version_id": checklist.id if checklist else None,
        "is_unannounced": more.pop("is_unannounced", False),
    }
    facts = INSPECTED if start["act_class"] == ActClass.ADMINISTRATIVE_INSPECTION else {}
    given = {**facts, "answers": answers(checklist, failed) if checklist else [], **more}
    with acting(actor):
        return actions.file(actor=actor, start=Start(**start), facts=CheckFacts(**given))


def self_check(cast: Cast, checklist, failed: tuple[int, ...] = (), **more):
    month = more.pop("month", None)
    start = Start(ActClass.SELF_CHECK, cast.sites["firm"].id, checklist_version_id=checklist.id, month=month)
    facts = CheckFacts(led_by="徐厂长", led_by_principal=True, answers=answers(checklist, failed, **more))
    with acting(cast.firm):
        return actions.file(actor=cast.firm, start=start, facts=facts)


@pytest.mark.parametrize("who", ["county", "special", "village", "expert"])
def test_who_cannot_inspect_is_told_so_with_the_article(cast, who):
    actor = cast.actors[who]
    start = Start(ActClass.ADMINISTRATIVE_INSPECTION, region_id=cast.regions["331082001001"].id, place="工业路 1 号")
    with acting(actor), pytest.raises(Forbidden) as refusal:
        actions.file(actor=actor, start=start, facts=CheckFacts(**INSPECTED))
    assert refusal.value.code == "no_capacity"
    assert refusal.value.citation == "安全生产法第六十五条"


def test_only_an_enterprise_checks_itself(cast):
    for actor, act_class in ((cast.dept, ActClass.SELF_CHECK), (cast.firm, ActClass.PATROL)):
        with acting(actor), pytest.raises(Forbidden):
            actions.file(actor=actor, start=Start(act_class, cast.sites["firm"].id), facts=CheckFacts())


def test_an_inspection_says_everything_it_lacks_at_once(cast):
    with pytest.raises(Invalid) as refusal:
        inspect(cast.dept, cast.sites["firm"], officers=OFFICERS[:1], arrival="", no_scan_reason="", told_to="")
    assert [error.pointer for error in refusal.value.errors] == ["/officers", "/arrival", "/scan_no", "/told_to"]


def test_an_inspection_needs_its_plan_but_for_a_single_case(cast):
    with pytest.raises(Invalid) as refusal:
        inspect(cast.dept, cast.sites["firm"], plan_reference=" ")
    assert [error.pointer for error in refusal.value.errors] == ["/plan_reference"]
    assert inspect(cast.dept, cast.sites["firm"], plan_reference="", inspection_kind="INDIVIDUAL").is_inspection


def test_what_lies_years_back_is_for_a_ledger(cast):
    start = Start(ActClass.PATROL, cast.sites["firm"].id, started_at=clock.now() - timedelta(days=367))
    with acting(cast.town), pytest.raises(Invalid) as refusal:
        actions.file(actor=cast.town, start=start, facts=CheckFacts())
    assert refusal.value.errors[0].pointer == "/started_at"


def test_what_is_filed_by_the_running_clock_keeps_every_rule(cast, checklist):
    inspect(cast.dept, cast.sites["firm"], checklist, failed=(1,))
    with acting(cast.system()):
        assert list(check_invariants(cast.system())) == []


def test_the_same_officer_twice_is_one(cast):
    with pytest.raises(Invalid):
        inspect(cast.dept, cast.sites["firm"], officers=[OFFICERS[0], OFFICERS[0]])


def test_a_visit_carries_nothing_of_an_inspection(cast):
    start = Start(ActClass.SERVICE_VISIT, cast.sites["firm"].id)
    with acting(cast.town), pytest.raises(Refused) as refusal:
        actions.file(actor=cast.town, start=start, facts=CheckFacts(scan_no="ZJ123"))
    assert refusal.value.code == "not_an_inspection"


def test_ten_items_without_findings_are_one_act_of_few_statements(cast, checklist, django_assert_max_num_queries):
    inspect(cast.dept, cast.sites["firm"], checklist)  # the published list is read once
    with django_assert_max_num_queries(17):
        check = inspect(cast.dept, cast.sites["firm"], checklist)
    assert (check.status, check.item_count, check.fail_count, check.finding_count) == (Status.FILED, 10, 0, 0)
    with acting(cast.dept):
        assert check.answers.count() == 10
        assert check.officers.count() == 2
        entry = LedgerEntry.objects.get(subject_id=check.id)
    assert entry.event == "check.filed"
    assert "王应急" not in str(entry.payload)


def test_a_failed_item_becomes_a_hidden_danger_in_the_same_act(cast, checklist):
    photo = upload(cast.dept, "BEFORE")
    with acting(cast.dept):
        start = Start(ActClass.ADMINISTRATIVE_INSPECTION, cast.sites["firm"].id, checklist_version_id=checklist.id)
        given = answers(checklist)
        given[8] = GivenAnswer(9, Answer.FAIL, photo_ids=[photo])
        free = FreeFinding("仓库窗户加装铁栅栏", "二号仓库", "FIRE")
        check = actions.file(
            actor=cast.dept, start=start, facts=CheckFacts(**INSPECTED, answers=given, findings=[free])
        )
        found = [f.hidden_danger for f in check.findings.select_related("hidden_danger")]
    first, second = found
    assert (first.source, first.suggested_level, first.sector) == ("GRASSROOTS_CHECK", "MAJOR", "FIRE")
    assert first.site_id == cast.sites["firm"].id
    assert second.place == "二号仓库"
    assert check.finding_count == 2


def test_nothing_is_left_when_a_finding_is_refused(cast, checklist):
    given = answers(checklist)
    given[0] = GivenAnswer(1, Answer.FAIL, photo_ids=[upload(cast.town)])  # not the department's photo
    start = Start(ActClass.ADMINISTRATIVE_INSPECTION, cast.sites["firm"].id, checklist_version_id=checklist.id)
    with acting(cast.dept), pytest.raises(NotInScope), transaction.atomic():
        actions.file(actor=cast.dept, start=start, facts=CheckFacts(**INSPECTED, answers=given))
    with acting(cast.county):
        assert not selectors.checks(cast.county, selectors.Filters()).exists()
        assert not loop.hidden_dangers(cast.county, loop.Filters(), clock.today()).exists()


def test_every_item_needs_an_answer(cast, checklist):
    with pytest.raises(Invalid) as refusal:
        inspect(cast.dept, cast.sites["firm"], checklist, answers=answers(checklist)[1:])
    assert refusal.value.errors[0].pointer == "/answers/1"


@pytest.mark.parametrize(
    ("who", "act_class", "source"),
    [
        ("town", ActClass.SERVICE_VISIT, "GRASSROOTS_CHECK"),
        ("village", ActClass.PATROL, "GRID_PATROL"),
        ("expert", ActClass.SERVICE_VISIT, "AGENCY_CHECK"),
        ("city", ActClass.GOVERNMENT_SUPERVISION, "CITY_SUPERVISION"),
    ],
)
def test_the_channel_follows_from_who_looked(cast, who, act_class, source):
    actor = cast.actors[who]
    start = Start(act_class, region_id=cast.regions["331082001001"].id, place="工业路 1 号")
    with acting(actor):
        check = actions.file(actor=actor, start=start, facts=CheckFacts(findings=[FreeFinding("消火栓无水")]))
        assert check.findings.get().hidden_danger.source == source
        assert selectors.check(actor, check.id) == check


def test_an_unannounced_check_is_secret_until_its_findings_are_dispatched(cast, checklist):
    with jobs.inline():
        check = inspect(cast.fire, cast.sites["firm"], checklist, failed=(1, 4), is_unannounced=True)
        for actor in (cast.county, cast.town, cast.firm, cast.dept):
            with acting(actor), pytest.raises(NotInScope):
                selectors.check(actor, check.id)
        with acting(cast.fire):
            found = [f.hidden_danger for f in check.findings.all()]
            assert all(one.concealed for one in found)
        for number, matter in enumerate(found):
            with acting(cast.fire):
                party = {"kind": "ENTERPRISE", "id": cast.enterprises["firm"].id}
                loop.act(cast.fire, matter.id, "confirm", cause="STATE", responsible_party=party)
                loop.act(cast.fire, matter.id, "dispatch", lead=cast.town.organisation_id, due_on=in_days(7))
            jobs.run_pending()
            with acting(cast.county):
                assert selectors.checks(cast.county, selectors.Filters()).exists() is (number == 1)
    for actor in (cast.town, cast.firm):
        with acting(actor):
            assert selectors.check(actor, check.id).concealed is False


def test_the_checked_enterprise_has_the_record_and_rates_it_once(cast, checklist):
    check = inspect(cast.dept, cast.sites["firm"], checklist)
    with acting(cast.firm):
        assert selectors.check(cast.firm, check.id) == check
        rated = actions.rate(actor=cast.firm, check_id=check.id, rating=4, words="讲得清楚")
        with pytest.raises(Refused):
            actions.rate(actor=cast.firm, check_id=check.id, rating=1)
    assert rated.rating == 4
    for actor in (cast.firm2, cast.other, cast.dept2):
        with acting(actor), pytest.raises(NotInScope):
            selectors.check(actor, check.id)


def test_a_draft_is_its_makers_own_and_becomes_the_record(cast, checklist):
    start = Start(ActClass.ADMINISTRATIVE_INSPECTION, cast.sites["firm"].id, checklist_version_id=checklist.id)
    with acting(cast.dept):
        check = actions.begin(actor=cast.dept, start=start)
        actions.keep_draft(actor=cast.dept, check_id=check.id, draft={"note": ["到场"]})
        assert selectors.check(cast.dept, check.id).draft == {"note": ["到场"]}
    with acting(cast.county), pytest.raises(NotInScope):
        selectors.check(cast.county, check.id)
    with acting(cast.dept):
        facts = CheckFacts(**INSPECTED, answers=answers(checklist))
        filed = actions.file_draft(actor=cast.dept, check_id=check.id, facts=facts)
        with pytest.raises(Refused):
            actions.file_draft(actor=cast.dept, check_id=check.id, facts=facts)
    assert (filed.status, filed.draft) == (Status.FILED, {})


def test_only_the_checking_organisation_voids_with_a_reason(cast, checklist):
    check = inspect(cast.dept, cast.sites["firm"], checklist)
    for actor, expected in ((cast.county, Forbidden), (cast.firm, Forbidden)):
        with acting(actor), pytest.raises(expected):
            actions.void(actor=actor, check_id=check.id, reason="重复")
    with acting(cast.dept):
        with pytest.raises(Invalid):
            actions.void(actor=cast.dept, check_id=check.id, reason=" ")
        assert actions.void(actor=cast.dept, check_id=check.id, reason="重复登记").status == Status.VOIDED


def test_a_published_list_never_changes_and_a_new_version_replaces_it(cast, checklist):
    check = inspect(cast.dept, cast.sites["firm"], checklist)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inspections_checklistitem SET text = '别的'")
    call_command("load_checklists", verbosity=0)
    with acting(cast.system()):
        item = actions.NewItem("疏散通道畅通", danger_text="疏散通道被堵")
        newer = actions.publish_checklist(
            actor=cast.system(), code="fire-general", name="消防通用检查表", source="试", items=[item]
        )
    assert newer.number == checklist.number + 1
    with acting(cast.dept):
        assert newer in selectors.checklist_versions(cast.dept)
        assert selectors.check(cast.dept, check.id).checklist_version == checklist


def test_a_countys_own_list_is_its_own(cast):
    with acting(cast.dept):
        items = [actions.NewItem("码头护栏完好", danger_text="护栏缺失")]
        version = actions.publish_checklist(actor=cast.dept, code="dock", name="码头检查表", source="自编", items=items)
        assert selectors.checklist_version(cast.dept, version.id) == version
    with acting(cast.other), pytest.raises(NotInScope):
        selectors.checklist_version(cast.other, version.id)


# ── self-checks ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_self_check_is_closed_inside_by_two_people(cast, checklist):
    with pytest.raises(Invalid):
        self_check(cast, checklist, (1,), measure="已清理", rectified_by="张三", accepted_by="张三")
    check = self_check(cast, checklist, (1,), measure="已清理", rectified_by="张三", accepted_by="韩安全")
    with acting(cast.firm):
        finding = check.self_check_findings.get()
        assert finding.state == SelfCheckFindingState.CLOSED
        assert not loop.hidden_dangers(cast.firm, loop.Filters(), clock.today()).exists()
        line = selectors.self_check_line(cast.firm, selectors.month_of(clock.today()))
    assert line == {"found": 1, "closed": 1, "handed_over": 0}


def test_a_major_finding_goes_to_the_government_at_once(cast, checklist):
    check = self_check(cast, checklist, (9,))
    with acting(cast.town):
        finding = selectors.with_parts(cast.town, check.id).self_check_findings.all()[0]
        assert finding.state == SelfCheckFindingState.HANDED_OVER
        matter = finding.hidden_danger
    assert (matter.source, matter.suggested_level) == ("SELF_CHECK", "MAJOR")
    assert matter.description.startswith("【主动报告】")


def test_an_enterprise_gives_itself_no_more_than_three_years(cast, checklist):
    with pytest.raises(Invalid, match="整改期限最远 3 年") as refusal:
        self_check(cast, checklist, (1,), due_on=in_days(1200))
    assert [error.pointer for error in refusal.value.errors] == ["/answers/1/due_on"]


def test_what_is_not_put_right_in_time_is_handed_over(cast, checklist):
    check = self_check(cast, checklist, (1,), due_on=in_days(3))
    with acting(cast.town):
        finding = selectors.open_self_check_findings(cast.town).get()
        with pytest.raises(Refused):
            actions.hand_over(actor=cast.town, finding_id=finding.id)
        with clock.at(clock.now() + timedelta(days=5)):
            handed = actions.hand_over(actor=cast.town, finding_id=finding.id)
    assert handed.hidden_danger.source == "GRASSROOTS_CHECK"
    with acting(cast.firm), pytest.raises(Refused):
        actions.close_inside(
            actor=cast.firm, finding_id=finding.id, measure="清理", rectified_by="张", accepted_by="韩", photo_ids=[]
        )
    assert check.finding_count == 1


def test_one_filing_a_month_and_the_board_counts(cast, checklist):
    month = selectors.month_of(clock.today())
    before = selectors.month_of(month - timedelta(days=1))
    with acting(cast.town):
        assert selectors.filing_counts(cast.town, month) == {"total": 1, "filed": 0, "late": 0, "missing": 1}
    self_check(cast, checklist)
    with pytest.raises(Refused):
        self_check(cast, checklist)
    self_check(cast, checklist, month=before)
    with acting(cast.town):
        assert selectors.filing_counts(cast.town, month) == {"total": 1, "filed": 1, "late": 0, "missing": 0}
        assert selectors.filing_counts(cast.town, before) == {"total": 1, "filed": 0, "late": 1, "missing": 0}
        assert not selectors.without_self_check(cast.town, month).exists()
    with acting(cast.town2):
        assert selectors.without_self_check(cast.town2, month).count() == 1


def test_a_draw_can_be_repeated_and_its_result_is_kept(cast, checklist):
    check = self_check(cast, checklist)
    month = check.month
    with acting(cast.town):
        sample = actions.draw(actor=cast.town, month=month, percent=10)
        with pytest.raises(Refused):
            actions.draw(actor=cast.town, month=month, count=1)
        item = selectors.sample_items(sample)[0]
        assert actions.order_of(sample.seed, [check.id])[: len(selectors.sample_items(sample))] == [check.id]
        with pytest.raises(Invalid):
            actions.verify(actor=cast.town, sample_item_id=item.id, result="FALSE")
        assert (
            actions.verify(actor=cast.town, sample_item_id=item.id, result="FALSE", note="通道仍堵").result == "FALSE"
        )
    with acting(cast.town2), pytest.raises(NotInScope):
        actions.verify(actor=cast.town2, sample_item_id=item.id, result="TRUE")
    with acting(cast.firm), pytest.raises(Refused):
        actions.void(actor=cast.firm, check_id=check.id, reason="重报")


def test_the_order_of_a_draw_depends_on_the_seed_only():
    from uuid import UUID

    filings = [UUID(int=n) for n in range(50)]
    assert actions.order_of("a", filings) == actions.order_of("a", reversed(filings))
    assert actions.order_of("a", filings) != actions.order_of("b", filings)
