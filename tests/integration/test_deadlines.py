"""Deadlines: every rung at its instant, every effect exactly once, whatever happens to the worker."""

import os
import signal
import subprocess
import sys
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import chinese_calendar
import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from anlan.authz.scope import acting
from anlan.calendar import api as calendar
from anlan.enforcement.models import EnforcementLead
from anlan.hidden_dangers.workflow import PROCESS
from anlan.jobs import api as jobs
from anlan.ledger.models import LedgerEntry
from anlan.lib import clock
from anlan.notify.models import Message
from anlan.processes import api as processes
from anlan.processes import deadlines
from anlan.processes.models import Deadline, DeadlineEffect, Event
from anlan.processes.reactions import REACTIONS
from anlan.processes.tasks import sweep_deadlines
from anlan.supervision.models import SupervisionLetter
from tests.factories.cast import Cast
from tests.factories.matters import Matters, in_days

CHINA = timezone(timedelta(hours=8))
LADDER = {
    "hidden_danger.rectification_due_soon": -3,
    "hidden_danger.rectification_due_today": 0,
    "hidden_danger.rectification_overdue": 1,
    "hidden_danger.rectification_long_overdue": 7,
}


def eight_o_clock(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=CHINA)


def sweep(cast: Cast, at: datetime) -> int:
    """The periodic job of that instant, and everything that follows from it."""
    with clock.at(at), jobs.inline():
        taken = processes.sweep(cast.system())
        if connection.in_atomic_block:
            jobs.run_pending()
    return taken


def rungs(cast: Cast, matter: Any) -> list[str]:
    """The effects of the matter's deadlines in the order they happened."""
    with acting(cast.system()):
        found = DeadlineEffect.objects.filter(event__subject_id=matter.id).order_by("at", "event__id")
        return list(found.values_list("event__event", flat=True))


def rectification(cast: Cast, matter: Any) -> list[str]:
    return [event for event in rungs(cast, matter) if event in LADDER]


def follow_ups(cast: Cast, matter: Any) -> tuple[list[SupervisionLetter], list[EnforcementLead]]:
    with acting(cast.system()):
        return (
            list(SupervisionLetter.objects.select_related("issuer", "addressee").filter(hidden_danger=matter)),
            list(EnforcementLead.objects.select_related("enterprise", "enforcer").filter(hidden_danger=matter)),
        )


@pytest.fixture
def by(cast: Cast) -> Matters:
    return Matters(cast)


@pytest.mark.django_db
class TestLadder:
    def test_every_rung_at_its_instant_and_not_before(self, cast, by):
        matter = by.rectifying(due_in=10)
        expected: list[str] = []
        for event, days in LADDER.items():
            at = eight_o_clock(matter.due_on + timedelta(days=days))
            sweep(cast, at - timedelta(microseconds=1))
            assert rectification(cast, matter) == expected, event
            sweep(cast, at)
            expected.append(event)
            assert rectification(cast, matter) == expected
        assert sweep(cast, eight_o_clock(matter.due_on + timedelta(days=90))) == 0

    def test_the_effect_says_what_was_due(self, cast, by):
        matter = by.rectifying(due_in=10)
        at = eight_o_clock(matter.due_on + timedelta(days=1))
        sweep(cast, at)
        with acting(cast.system()):
            event = Event.objects.get(subject_id=matter.id, event="hidden_danger.rectification_overdue")
            entry = LedgerEntry.objects.get(payload__event=str(event.id))
        assert event.payload["due_on"] == matter.due_on.isoformat()
        assert (event.kind, event.at, event.user_id, event.from_status) == ("DEADLINE", at, None, "")
        assert entry.event == event.event

    def test_a_period_shorter_than_its_reminder_goes_without(self, cast, by):
        matter = by.rectifying(due_in=1)
        sweep(cast, eight_o_clock(matter.due_on + timedelta(days=20)))
        assert rectification(cast, matter) == list(LADDER)[1:]

    @pytest.mark.parametrize("days", [8, 30])
    def test_what_a_dead_worker_missed_is_made_up_once(self, cast, by, days):
        matter = by.rectifying(due_in=5)
        at = eight_o_clock(matter.due_on + timedelta(days=days))
        sweep(cast, at)
        assert rectification(cast, matter) == list(LADDER)
        letters, leads = follow_ups(cast, matter)
        assert (len(letters), len(leads)) == (1, 1)
        assert sweep(cast, at + timedelta(days=1)) == 0

    def test_what_was_met_in_time_has_no_effect(self, cast, by):
        matter = by.closed(due_in=5)
        sweep(cast, eight_o_clock(matter.due_on + timedelta(days=60)))
        assert rungs(cast, matter) == []

    @pytest.mark.parametrize("stage", ["registered", "confirmed", "dispatched", "submitted"])
    def test_each_stage_is_late_in_its_own_way(self, cast, by, stage):
        late = {
            "registered": "hidden_danger.screening_overdue",
            "confirmed": "hidden_danger.dispatch_overdue",
            "dispatched": "hidden_danger.acknowledgement_overdue",
            "submitted": "hidden_danger.acceptance_overdue",
        }
        matter = getattr(by, stage)()
        with acting(cast.system()):
            kinds = {"SCREEN", "DISPATCH", "ACKNOWLEDGE", "ACCEPT"}
            due_on = Deadline.objects.get(subject_id=matter.id, kind__in=kinds, state="OPEN").due_on
        at = eight_o_clock(due_on + timedelta(days=1))
        sweep(cast, at - timedelta(seconds=1))
        assert late[stage] not in rungs(cast, matter)
        sweep(cast, at)
        assert rungs(cast, matter).count(late[stage]) == 1

    def test_a_new_date_after_a_return_has_a_ladder_of_its_own(self, cast, by):
        matter = by.submitted(due_in=5)
        by.act(cast.town, matter, "return", reason="不彻底", due_on=in_days(20))
        sweep(cast, eight_o_clock(in_days(19)))
        assert rectification(cast, matter) == ["hidden_danger.rectification_due_soon"]
        sweep(cast, eight_o_clock(in_days(27)))
        assert rectification(cast, matter) == list(LADDER)


@pytest.mark.django_db
class TestFollowUps:
    def test_letter_lead_and_messages(self, cast, by):
        matter = by.rectifying(due_in=5)
        sweep(cast, eight_o_clock(matter.due_on + timedelta(days=1)))
        (letter,), (lead,) = follow_ups(cast, matter)
        assert (letter.issuer_id, letter.addressee_id) == (cast.town.organisation_id, cast.village.organisation_id)
        assert (lead.enterprise_id, lead.enforcer_id) == (cast.enterprises["firm"].id, cast.fire.organisation_id)
        assert lead.article == "安全生产法第一百零二条"
        assert letter.event_id == lead.event_id
        with acting(cast.system()):
            told = Counter(
                Message.objects.filter(title__contains="已逾期").values_list("to_organisation_id", flat=True)
            )
            entries = Counter(LedgerEntry.objects.values_list("event", flat=True))
        assert told == dict.fromkeys(
            (cast.village.organisation_id, cast.firm.organisation_id, cast.town.organisation_id), 1
        )
        assert entries["supervision_letter.issued"] == entries["enforcement_lead.raised"] == 1

    def test_nobody_urges_themselves(self, cast, by):
        """What the township dispatched to itself, the county's office urges."""
        matter = by.dispatched(cast.town, due_in=5)
        sweep(cast, eight_o_clock(matter.due_on + timedelta(days=8)))
        (letter, *_), _ = follow_ups(cast, matter)
        assert (letter.issuer_id, letter.addressee_id) == (cast.county.organisation_id, cast.town.organisation_id)

    def test_a_person_or_an_organisation_gets_a_letter_only(self, cast, by):
        """Only who can be punished gives a lead (DOMAIN §2)."""
        place = {"site_id": None, "region_id": cast.regions["331082001001"].id, "place": "村口"}
        parties = [
            {"kind": "PERSON", "name": "张三"},
            {"kind": "ORGANISATION", "id": cast.organisations["井头社区"].id},
        ]
        for party in parties:
            matter = by.registered(**place)
            by.act(cast.town, matter, "confirm", cause="STATE", responsible_party=party)
            by.act(cast.town, matter, "dispatch", lead=cast.village.organisation_id, due_on=in_days(5))
            matter = by.act(cast.village, matter, "acknowledge")
            sweep(cast, eight_o_clock(matter.due_on + timedelta(days=8)))
            letters, leads = follow_ups(cast, matter)
            assert (len(letters), leads) == (1, []), party

    def test_not_acknowledging_brings_a_letter_and_no_lead(self, cast, by):
        matter = by.dispatched(due_in=60)
        sweep(cast, eight_o_clock(in_days(15)))
        letters, leads = follow_ups(cast, matter)
        assert [letter.reason for letter in letters] == ["交办的隐患超期未签收"]
        assert leads == []

    def test_the_numbers_of_an_issuer_have_no_gap(self, cast, by):
        matters = [by.rectifying(due_in=5) for _ in range(3)]
        sweep(cast, eight_o_clock(in_days(6)))
        letters = [follow_ups(cast, matter)[0][0] for matter in matters]
        assert sorted(letter.serial for letter in letters) == [1, 2, 3]

    def test_a_reaction_that_runs_twice_does_its_work_once(self, cast, by):
        matter = by.rectifying(due_in=5)
        sweep(cast, eight_o_clock(in_days(6)))
        with acting(cast.system()):
            events = list(Event.objects.filter(subject_id=matter.id))
            before = (Message.objects.count(), LedgerEntry.objects.count())
        with jobs.inline():
            for event in events * 2:
                for following in REACTIONS[event.event]:
                    following(event_id=str(event.id), region_path=event.region_path)
            jobs.run_pending()
        letters, leads = follow_ups(cast, matter)
        assert (len(letters), len(leads)) == (1, 1)
        with acting(cast.system()):
            told = {message.dedupe_key for message in Message.objects.all()}
            assert (Message.objects.count(), LedgerEntry.objects.count()) == (max(before[0], len(told)), before[1])


def suspended(cast: Cast, by: Matters, matter: Any, *, since: int, until: int) -> None:
    """From the day ``since`` to the day ``until`` at eight; the sweep looks each day before."""
    for day in range(since):
        sweep(cast, eight_o_clock(in_days(day)))
    with clock.at(eight_o_clock(in_days(since))):
        by.act(cast.firm, matter, "request_suspension", controls="停用", review_on=in_days(until + 30))
        by.act(cast.town, matter, "approve_suspension")
    with clock.at(eight_o_clock(in_days(until))):
        by.act(cast.firm, matter, "resume")


@pytest.mark.django_db
class TestSuspension:
    def test_the_ladder_rests_and_goes_on(self, cast, by):
        matter = by.rectifying(due_in=10)
        by.act(cast.firm, matter, "request_suspension", controls="停用", review_on=in_days(40))
        by.act(cast.town, matter, "approve_suspension")
        sweep(cast, eight_o_clock(in_days(30)))
        assert rectification(cast, matter) == []
        assert follow_ups(cast, matter) == ([], [])
        sweep(cast, eight_o_clock(in_days(41)))
        assert rungs(cast, matter) == ["hidden_danger.suspension_review_due", "hidden_danger.suspension_review_overdue"]
        with clock.at(eight_o_clock(in_days(42))):
            by.act(cast.firm, matter, "resume")
        sweep(cast, eight_o_clock(in_days(42)))
        assert rectification(cast, matter) == ["hidden_danger.rectification_overdue"]
        letters, leads = follow_ups(cast, matter)
        assert (len(letters), len(leads)) == (1, 1)

    def test_the_days_it_rested_are_no_days_of_lateness(self, cast, by):
        """Due on day 10 and taken up again on day 42: late since that day, a week late seven days on."""
        matter = by.rectifying(due_in=10)
        suspended(cast, by, matter, since=2, until=42)
        sweep(cast, eight_o_clock(in_days(47)))
        assert rectification(cast, matter) == ["hidden_danger.rectification_overdue"]
        sweep(cast, eight_o_clock(in_days(48)))
        assert rectification(cast, matter) == list(LADDER)[2:]

    @pytest.mark.parametrize(
        ("since", "until", "said"),
        [(2, 5, list(LADDER)), (2, 8, list(LADDER)[1:]), (2, 10, list(LADDER)[1:]), (8, 9, list(LADDER))],
    )
    def test_a_reminder_that_fell_into_the_rest_does_not_come_after_it(self, cast, by, since, until, said):
        matter = by.rectifying(due_in=10)
        suspended(cast, by, matter, since=since, until=until)
        for day in range(until, 30):
            sweep(cast, eight_o_clock(in_days(day)))
        assert rectification(cast, matter) == said

    def test_a_second_rest_adds_to_the_first(self, cast, by):
        matter = by.rectifying(due_in=10)
        suspended(cast, by, matter, since=9, until=14)  # three days after the due date
        suspended(cast, by, matter, since=16, until=18)  # two
        days = {}
        for day in range(14, 30):
            sweep(cast, eight_o_clock(in_days(day)))
            days.setdefault(rectification(cast, matter)[-1], day)
        assert days["hidden_danger.rectification_long_overdue"] == 10 + 7 + 3 + 2

    def test_a_request_alone_stops_nothing(self, cast, by):
        matter = by.rectifying(due_in=10)
        by.act(cast.firm, matter, "request_suspension", controls="停用", review_on=in_days(40))
        sweep(cast, eight_o_clock(in_days(10)))
        assert rectification(cast, matter) == list(LADDER)[:2]


class Killed(Exception):  # noqa: N818 - not an error, a death
    pass


@contextmanager
def dies_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> Iterator[None]:
    """The sweep dies when it has taken so many rungs, before it commits the batch."""
    taken = 0
    original = deadlines._take_step

    def step(*arguments: Any) -> None:
        nonlocal taken
        if taken == steps:
            raise Killed
        taken += 1
        original(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(deadlines, "_take_step", step)
        yield


def everything_once(cast: Cast, matters: list[Any]) -> None:
    """Each matter has each rung up to 整改逾期 exactly once, and one letter and one lead."""
    for matter in matters:
        taken = rectification(cast, matter)  # of two processes at one frozen instant neither was first
        assert sorted(taken, key=list(LADDER).index) == list(LADDER)[:3]
        letters, leads = follow_ups(cast, matter)
        assert (len(letters), len(leads)) == (1, 1)
    with acting(cast.system()):
        steps = Counter(DeadlineEffect.objects.values_list("deadline_id", "step"))
        events = Counter(
            Event.objects.filter(kind="DEADLINE").values_list("subject_id", "event"),
        )
    assert set(steps.values()) == set(events.values()) == {1}


@pytest.mark.django_db
@pytest.mark.parametrize("batch", [1, 2, 50])
@pytest.mark.parametrize("steps", [0, 1, 3, 4, 7])
def test_a_sweep_that_dies_anywhere_is_made_good(cast, by, monkeypatch, batch, steps):
    matters = [by.rectifying(due_in=5) for _ in range(3)]
    at = eight_o_clock(in_days(6))
    with clock.at(at), jobs.inline():
        with dies_after(monkeypatch, steps), pytest.raises(Killed):
            processes.sweep(cast.system(), batch)
        jobs.run_pending()
    with acting(cast.system()):
        committed = DeadlineEffect.objects.count()
    size = min(batch, len(matters))
    assert committed == steps // size * size, "only whole batches are left"
    sweep(cast, at)
    everything_once(cast, matters)


@pytest.fixture
def overdue(committed_cast: Cast) -> tuple[Cast, list[Any]]:
    """Committed: six matters whose 整改 is overdue on the sixth day."""
    by = Matters(committed_cast)
    with jobs.inline():
        return committed_cast, [by.rectifying(due_in=5) for _ in range(6)]


def deferred(name: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=f"anlan.{name}").count()


def environment(address: Any) -> dict[str, str]:
    return {**os.environ, "ANLAN_APP_DATABASE_URL": address.conninfo(), "ANLAN_PROCESS": "anlan-test"}


SLOW_SWEEP = """
import sys, time
from datetime import datetime
import django; django.setup()
from anlan.authz.actors import system_actors
from anlan.lib import clock
from anlan.processes import deadlines

original = deadlines._take_step
def slow(*arguments):
    original(*arguments)
    print("taken", flush=True)
    time.sleep(0.2)
deadlines._take_step = slow
with clock.at(datetime.fromisoformat(sys.argv[1])):
    for actor in system_actors():
        deadlines.sweep(actor, int(sys.argv[2]))
print("done", flush=True)
"""


@pytest.mark.parametrize(("batch", "after"), [(1, 1), (4, 3), (4, 7)])
def test_a_worker_killed_with_9_leaves_everything_once(overdue, test_cluster, test_database, batch, after):
    cast, matters = overdue
    at = eight_o_clock(in_days(6))
    address = test_cluster.app(test_database)
    command = [sys.executable, "-c", SLOW_SWEEP, at.isoformat(), str(batch)]
    with subprocess.Popen(command, env=environment(address), stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        lines = [worker.stdout.readline() for _ in range(after)]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert lines == ["taken\n"] * after, "it died before it was killed"
    with acting(cast.system()):
        assert DeadlineEffect.objects.count() == (after - 1) // batch * batch, "only whole batches are left"
    with clock.at(at):
        processes.sweep(cast.system())
    assert deferred("supervision.reactions.urge") == deferred("enforcement.reactions.propose_case") == len(matters)
    _run_the_jobs(environment(address))
    everything_once(cast, matters)


def _run_the_jobs(variables: dict[str, str]) -> None:
    command = [sys.executable, "-m", "anlan.config.cli", "procrastinate", "worker", "--one-shot"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_sweeps_at_once_do_everything_once(overdue):
    cast, matters = overdue
    at = eight_o_clock(in_days(6))
    begin = threading.Barrier(4)
    taken: list[int] = []

    def work() -> None:
        try:
            begin.wait()
            with clock.at(at), jobs.inline():
                taken.append(processes.sweep(cast.system(), batch=1))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == len(matters) * 3
    everything_once(cast, matters)


def test_the_periodic_sweep_stays_away_while_a_history_is_told(overdue):
    """A matter of which the end is not told yet is not late by today's clock."""
    cast, matters = overdue
    is_told, may_go_on = threading.Event(), threading.Event()

    def tell() -> None:
        with processes.nobody_else_sweeps():
            is_told.set()
            may_go_on.wait(60)
        connections.close_all()

    teller = threading.Thread(target=tell)
    teller.start()
    with clock.at(eight_o_clock(in_days(6))), jobs.inline():
        assert is_told.wait(60)
        sweep_deadlines(0)
        may_go_on.set()
        teller.join()
        assert [rungs(cast, matter) for matter in matters] == [[]] * len(matters)
        sweep_deadlines(0)
    everything_once(cast, matters)


ANNOUNCED = range(2005, 2027)
FREE_2025 = {(1, 1), *((1, day) for day in range(28, 32)), *((2, day) for day in range(1, 5)), (4, 4), (4, 5), (4, 6)}
FREE_2025 |= {*((5, day) for day in range(1, 6)), (5, 31), (6, 1), (6, 2), *((10, day) for day in range(1, 9))}
WORKED_2025 = {(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)}
"""国办发明电〔2024〕12号, typed from the notice: 2025 does not rest on the library."""


def works(day: date) -> bool:
    if day.year == 2025:
        place = (day.month, day.day)
        return place in WORKED_2025 or (place not in FREE_2025 and day.isoweekday() < 6)
    return bool(chinese_calendar.is_workday(day)) if day.year in ANNOUNCED else day.isoweekday() < 6


FIRST, LAST = date(2005, 1, 1), date(2032, 12, 31)
WORKING_DAYS = [day for n in range((LAST - FIRST).days + 1) if works(day := FIRST + timedelta(days=n))]
DAYS = st.dates(FIRST, date(2031, 12, 31))
MANY = settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))


def nth_after(day: date, n: int) -> date:
    """The oracle: the n-th of the sorted working days behind ``day``."""
    return day if n == 0 else WORKING_DAYS[bisect_right(WORKING_DAYS, day) + n - 1]


@pytest.mark.django_db
class TestArithmetic:
    @MANY
    @given(DAYS, st.integers(0, 60))
    def test_adding_working_days(self, day, n):
        assert calendar.add_working_days(day, n) == nth_after(day, n)

    @MANY
    @given(DAYS, st.integers(0, 120))
    def test_counting_them(self, day, n):
        end = day + timedelta(days=n)
        assert calendar.working_days_between(day, end) == bisect_right(WORKING_DAYS, end) - bisect_right(
            WORKING_DAYS, day
        )

    @MANY
    @given(DAYS, st.sampled_from(["SCREEN", "DECIDE_MAJOR", "DISPATCH", "ACKNOWLEDGE", "ACCEPT"]))
    def test_the_periods_of_the_loop(self, day, kind):
        """Working days after the day of the act; the ladder's first rung is the next morning, eight o'clock here."""
        days = {"SCREEN": 3, "DECIDE_MAJOR": 5, "DISPATCH": 2, "ACKNOWLEDGE": 1, "ACCEPT": 5}[kind]
        rule = PROCESS.deadlines[kind]
        due_on = rule.due_on(None, day)
        assert due_on == nth_after(day, days)
        assert rule.ladder[0].falls_at(due_on) == eight_o_clock(due_on + timedelta(days=1))

    @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.datetimes(datetime(2005, 1, 1), datetime(2031, 1, 1)))  # noqa: DTZ001
    def test_the_day_of_an_act_is_a_day_in_china(self, naive):
        instant = naive.replace(tzinfo=UTC)
        assert clock.legal_date(instant) == (naive + timedelta(hours=8)).date()
        assert clock.start_of(clock.legal_date(instant)) <= instant < clock.end_of(clock.legal_date(instant))

    def test_the_oracle_can_disagree(self):
        assert nth_after(date(2025, 9, 30), 1) == date(2025, 10, 9)
        assert nth_after(date(2025, 9, 30), 1) != date(2025, 10, 1)
        assert calendar.add_working_days(date(2025, 9, 27), 1) == date(2025, 9, 28)  # a Sunday that is worked


@pytest.mark.django_db
def test_any_order_of_sweeps_takes_every_rung_once(cast, by):
    """Whenever the worker happens to run, what has come due by then has happened once, in order, and nothing more."""
    matter = by.rectifying(due_in=10)
    due_on = matter.due_on

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.integers(-10 * 24, 12 * 24), min_size=1, max_size=6))
    def check(hours: list[int]) -> None:
        with _undone():
            for n in hours:
                with clock.at(eight_o_clock(due_on) + timedelta(hours=n)):
                    processes.sweep(cast.system())
            expected = [event for event, days in LADDER.items() if days * 24 <= max(hours)]
            assert rectification(cast, matter) == expected

    check()


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
