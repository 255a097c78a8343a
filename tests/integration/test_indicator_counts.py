"""Every indicator against a slow count of its own over random histories, and every list against its number."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.authz.participation import take_part
from anlan.authz.scope import acting
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.choices import Level, Source, Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.lib import clock, hashing
from anlan.oversight import selectors
from anlan.oversight.catalogue import INDICATORS, SPLITS, sides, splits_for
from anlan.oversight.grouping import Tally, grouped
from anlan.oversight.questions import Question
from anlan.processes.models import Event
from anlan.supervision import actions as listings
from tests.factories.matters import Matters, in_days, upload
from tests.integration.test_checks import checklist, inspect, self_check  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

FIRST = date(2026, 1, 1)
NOW = clock.start_of(date(2026, 4, 11)) + timedelta(hours=9)
AWAITING = {Status.DISPATCHED, Status.RECTIFYING}
NEVER = {Status.REGISTERED, Status.RETURNED_TO_REPORTER, Status.DISMISSED, Status.MERGED}
MOVES: dict[str, tuple[str, ...]] = {
    Status.REGISTERED: ("confirm", "dismiss", "return_to_reporter", "merge_duplicate", "terminate", "confirm_major"),
    Status.CONFIRMED: ("dispatch", "terminate", "confirm_major"),
    Status.DISPATCHED: ("acknowledge", "acknowledge", "bounce", "confirm_major"),
    Status.RECTIFYING: ("submit", "submit", "extend", "suspend", "terminate"),
    Status.SUSPENDED: ("resume",),
    Status.SUBMITTED: ("accept", "accept", "accept", "return"),
}
TARGETS = {
    "confirm": Status.CONFIRMED,
    "dismiss": Status.DISMISSED,
    "return_to_reporter": Status.RETURNED_TO_REPORTER,
    "merge_duplicate": Status.MERGED,
    "terminate": Status.TERMINATED,
    "dispatch": Status.DISPATCHED,
    "redispatch": Status.DISPATCHED,
    "acknowledge": Status.RECTIFYING,
    "bounce": Status.CONFIRMED,
    "submit": Status.SUBMITTED,
    "suspend": Status.SUSPENDED,
    "resume": Status.RECTIFYING,
    "accept": Status.CLOSED,
    "return": Status.RECTIFYING,
}
EVENTS = {"dispatch": "hidden_danger.dispatched", "confirm_major": "hidden_danger.major_confirmed"}
EVENTS |= {"bounce": "hidden_danger.bounced"}
ENDS = {Status.DISMISSED, Status.MERGED, Status.TERMINATED, Status.CLOSED}


@dataclass
class History:
    """A matter that went through random moves: the record as it stands, and how it stood after each of them."""

    now: dict[str, Any]
    moves: list[tuple[datetime, str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def __repr__(self) -> str:
        said = ", ".join(f"{verb} {at:%m-%d %H:%M}" for at, verb, _, _ in self.moves)
        return f"<{self.now['source']}: {said}>"

    def move(self, verb: str, at: datetime, days: int) -> None:
        before, day = dict(self.now), clock.legal_date(at)
        status = self.now["status"]
        self.now["status"] = TARGETS.get(verb, Status.CONFIRMED if status == Status.REGISTERED else status)
        self.now |= {"ended_at": at} if self.now["status"] in ENDS else {}
        if verb in ("confirm", "confirm_major") and not before["confirmed_at"]:
            self.now |= {"confirmed_at": at, "level": Level.GENERAL}
        if verb == "confirm_major":
            self.now["level"] = Level.MAJOR
        elif verb in ("dispatch", "redispatch"):
            due = day + timedelta(days=days)
            self.now |= {"dispatched_at": at, "due_on": due, "original_due_on": due}
        elif verb == "bounce":
            self.now["bounce_count"] += 1
        elif verb == "extend":
            self.now |= {"due_on": max(self.now["due_on"], day) + timedelta(days=days), "extension_count": 1}
        elif verb == "submit":
            self.now["submitted_at"] = at
        elif verb == "return":
            self.now["return_count"] += 1
            self.now["due_on"] = max(self.now["due_on"], day + timedelta(days=days))
        self.moves.append((at, verb, before, dict(self.now)))

    def at(self, instant: datetime) -> dict[str, Any]:
        return [after for when, _, _, after in self.moves if when < instant][-1]

    def did(self, verb: str, first: datetime, end: datetime) -> bool:
        return any(name == verb and first <= when < end for when, name, _, _ in self.moves)


def history(begun: int, source: str, steps: list[tuple[int, int, int]]) -> History:
    """Registered ``begun`` hours after New Year; each step is a choice, the hours before it, the days it gives."""
    at = clock.start_of(FIRST) + timedelta(hours=begun)
    blank = dict.fromkeys(("confirmed_at", "dispatched_at", "due_on", "original_due_on", "submitted_at", "ended_at"))
    counts = dict.fromkeys(("bounce_count", "extension_count", "return_count"), 0)
    now = {"status": Status.REGISTERED, "level": "", "source": source, "registered_at": at, **blank, **counts}
    one = History(now)
    one.moves.append((at, "register", dict(now), dict(now)))
    for choice, hours, days in steps:
        at += timedelta(hours=hours)
        offered = MOVES.get(one.now["status"], ())
        if at >= NOW or not offered:
            break
        verb = offered[choice % len(offered)]
        if verb == "dispatch" and one.now["bounce_count"]:
            verb = "redispatch"  # nobody can dispatch a bounced matter, see `hidden_dangers.policies`
        if verb != "confirm_major" or one.now["level"] != Level.MAJOR:
            one.move(verb, at, days)
    return one


SOURCES = [Source.GRID_PATROL, Source.UNANNOUNCED_CHECK, Source.SELF_CHECK]
steps = st.lists(st.tuples(st.integers(0, 99), st.integers(1, 300), st.integers(0, 12)))
histories = st.builds(history, st.integers(0, 24 * 90), st.sampled_from(SOURCES), steps)
periods = st.tuples(st.integers(0, 110), st.integers(0, 110)).map(
    lambda pair: (FIRST + timedelta(days=min(pair)), FIRST + timedelta(days=max(pair)))
)


def store(cast: Any, number: int, one: History) -> None:
    """The record and its events, as the actions would have left them."""
    town, now = cast.organisations["古城街道"], one.now
    user, region = cast.users["town"], cast.regions["331082001001" if number % 2 else "331082002001"]
    more: dict[str, Any] = {"major_state": "CONFIRMED" if now["level"] == Level.MAJOR else "NONE"}
    if now["confirmed_at"]:
        more |= {"confirmed_by": town, "cause": "STATE", "party_kind": "PERSON", "party_person": "甲"}
    more |= {"dispatcher": town, "lead": town} if now["dispatched_at"] else {}
    more |= {"submitted_by": user} if now["submitted_at"] else {}
    people = {"registered_by": user, "reporter": town, "screening": town, "holder": town, "holder_path": town.path}
    matter = HiddenDanger(number=f"R{number}", region=region, region_path=region.path, changed_at=NOW, place="x")
    for name, value in {**people, **more, **now, "sector": "FIRE" if number % 3 else ""}.items():
        setattr(matter, name, value)
    matter.save(force_insert=True)
    for at, verb, before, after in one.moves:
        changed = {name: value for name, value in before.items() if value != after[name]}
        Event.objects.create(
            subject_type="hidden_danger",
            subject_id=matter.id,
            region_path=region.path,
            kind="TRANSITION",
            event=EVENTS.get(verb, f"hidden_danger.{verb}"),
            from_status="" if verb == "register" else before["status"],
            to_status=after["status"],
            at=at,
            actor_label="x",
            undo=hashing.canonical_value(changed),
        )


def slowly(all_of: list[History], first: date, last: date) -> dict[str, int]:
    """The numbers by going through every history, day by day in Asia/Shanghai."""
    begins, ends = clock.start_of(first), clock.end_of(last)
    day = min(last, clock.legal_date(NOW))
    counted = dict.fromkeys(MEASURES, 0)
    for one in all_of:
        if one.now["registered_at"] >= min(ends, NOW):
            continue
        then = one.at(min(ends, NOW))
        if then["status"] in NEVER | {Status.TERMINATED}:
            continue
        major, closed = then["level"] == Level.MAJOR, then["status"] == Status.CLOSED
        official = then["source"] != Source.SELF_CHECK or major
        cohort = first <= clock.legal_date(one.now["registered_at"]) <= last
        late = then["status"] in AWAITING and then["due_on"] < day
        due = official and then["original_due_on"] is not None and first <= then["original_due_on"] <= last
        in_time = due and closed and clock.legal_date(then["submitted_at"]) <= then["original_due_on"]
        given = [when for when, verb, _, _ in one.moves if verb == "dispatch"]
        dispatched = bool(given) and begins <= given[0] < ends
        true = {
            "found": cohort and official,
            "closed": cohort and official and closed,
            "open": official and not closed,
            "overdue": official and late,
            "major_found": cohort and major,
            "major_closed": cohort and major and closed,
            "due": due,
            "in_time": in_time,
            "self_in_loop": cohort and not official,
            "self_closed_in_loop": cohort and not official and closed,
            "self_open": not official and not closed,
            "self_overdue": not official and late,
            "dispatched": dispatched,
            "bounced": dispatched and one.did("bounce", begins, ends),
        }
        for name, holds in true.items():
            counted[name] += bool(holds)
    return counted


MEASURES = (
    *("found", "closed", "open", "overdue", "major_found", "major_closed", "due", "in_time"),
    *("self_in_loop", "self_closed_in_loop", "self_open", "self_overdue", "dispatched", "bounced"),
)
POPULATIONS = {id(m.population): m.population for one in INDICATORS.values() for m in one.measures}.values()
OF_MATTERS = [one for one in INDICATORS.values() if any(m.population.code == "hidden_danger" for m in one.measures)]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(all_of=st.lists(histories, min_size=1, max_size=8), asked=st.lists(periods, min_size=3, max_size=3))
def test_against_a_slow_count(cast, all_of, asked):
    with clock.at(NOW), acting(cast.county), transaction.atomic():
        for number, one in enumerate(all_of):
            store(cast, number, one)
        for first, last in asked:
            arm = selectors.Arm("all", Question(first, last))
            counted = selectors.count(cast.county, [arm], OF_MATTERS).counts.get(("all", ""), {})
            found = {name: counted.get(name, 0) for name in MEASURES}
            assert found == slowly(all_of, first, last), (first, last)
        transaction.set_rollback(True)


@pytest.fixture
def a_year(cast: Any, checklist: Any) -> Any:  # noqa: F811
    """Eighty matters with random histories, always the same ones, half of them the enterprise's; and a few checks."""
    dice = random.Random(7)
    made = [history(dice.randrange(24 * 50), dice.choice(SOURCES), [_step(dice) for _ in range(12)]) for _ in range(80)]
    made.append(history(24 * 20, Source.SELF_CHECK, [(0, 20, 5)] * 5))
    made.append(history(24 * 20, Source.SELF_CHECK, [(0, 20, 5)] * 3))  # late, and never put right
    with acting(cast.county):
        for number, one in enumerate(made):
            store(cast, number, one)
        for matter in HiddenDanger.objects.filter(number__regex="[13579]$"):
            firm = cast.organisations["江南机械"]
            take_part(matter_id=matter.id, organisation=firm, kind="PARTY", region_path=matter.region_path)
    with clock.at(clock.start_of(date(2026, 2, 20))):
        check = inspect(cast.dept, cast.sites["firm"], checklist, failed=(1,))
        with acting(cast.dept):
            found = check.findings.get().hidden_danger
            loop.act(cast.dept, found.id, "confirm", cause="STATE", clause="第二十八条")
        _list_and_release(cast)
        inspect(cast.dept, cast.sites["firm"], checklist)
        inspect(cast.dept, cast.sites["firm2"], checklist, failed=(2, 3))
        self_check(cast, checklist, (1, 2))
    return cast


def _list_and_release(cast: Any) -> None:
    """Two matters listed, one of them released again."""
    by = Matters(cast)
    for matter in (by.rectifying(), by.rectifying()):
        with acting(cast.town):
            listing = listings.list_matter(
                actor=cast.town, hidden_danger_id=matter.id, due_on=in_days(30), leader="林县长"
            )
        with acting(cast.village):
            listings.set_controls(
                actor=cast.village, listing_id=listing.id, measures="停用", holder="林工", check_on=in_days(60)
            )
    photo = upload(cast.firm, "AFTER")
    by.act(cast.firm, matter, "submit_rectification", note="已清理", photos=[photo])
    by.act(cast.town, matter, "accept_rectification", note="已到位")
    for actor, verb, said in (
        (cast.village, listings.request_release, {}),
        (cast.town, listings.recheck, {"note": "合格"}),
        (cast.town, listings.release, {}),
    ):
        with acting(actor):
            verb(actor=actor, listing_id=listing.id, **said)


def _step(dice: random.Random) -> tuple[int, int, int]:
    return dice.randrange(100), dice.randrange(1, 160), dice.randrange(9)


@pytest.mark.parametrize("who", ["county", "town", "firm"])
def test_every_list_is_as_long_as_its_number(a_year, who):
    """For each indicator, each side, each part of each split; and the parts add up where they are to."""
    actor, asked = a_year.actors[who], Question(date(2026, 1, 10), date(2026, 3, 5))
    splits = {split for one in INDICATORS.values() for split in splits_for(actor, one)}
    arms = [selectors.Arm("all", asked), *(selectors.Arm(split, asked, split) for split in splits)]
    with clock.at(NOW), acting(actor):
        counted = selectors.count(actor, arms, INDICATORS.values())
        for one in INDICATORS.values():
            whole = counted.figure(one, "all")
            for side in sides(one):
                listed = selectors.rows(actor, one, side, asked)
                assert listed.count() == len(listed.page(0, 500)) == getattr(whole, side)
            for split in splits_for(actor, one):
                _check_split(actor, one, asked, split, counted)
        empty = [one.code for one in INDICATORS.values() if not counted.figure(one, "all").numerator]
    assert who != "county" or empty == []


def _check_split(actor: Any, one: Any, asked: Question, split: str, counted: selectors.Counted) -> None:
    parts = selectors.parts_of(actor, counted, one, split, split)
    for side in sides(one):
        numbers = [getattr(part.figure, side) for part in parts]
        listed = [selectors.rows(actor, one, side, asked.part(split, part.key)).count() for part in parts]
        assert listed == numbers, (one.code, split, side)
        if one.is_partition(split):
            assert sum(numbers) == getattr(counted.figure(one, "all"), side), (one.code, split, side)


def test_counted_together_as_each_alone(a_year):
    """The whole, the splits and a trend that begins earlier, counted at once, are what each of them is by itself."""
    actor, asked = a_year.county, Question(date(2026, 1, 20), date(2026, 3, 5))
    arms = [selectors.Arm("all", asked), selectors.Arm("trend", asked.last_months(12), "month", ("found", "closed"))]
    arms += [selectors.Arm(split, asked, split) for split in SPLITS]
    with clock.at(NOW), acting(actor):
        together = selectors.count(actor, arms, INDICATORS.values())
        alone = [selectors.count(actor, [arm], INDICATORS.values()) for arm in arms]
    assert together.counts == {key: found for one in alone for key, found in one.counts.items()}
    assert together.names == {key: name for one in alone for key, name in one.names.items()} != {}
    before = together.counts["all", ""]["found"]
    assert sum(found["found"] for (arm, _), found in together.counts.items() if arm == "trend") > before


@pytest.mark.parametrize("last", [date(2026, 3, 5), date(2026, 5, 1)])
def test_the_first_day_makes_no_difference_to_rows(cast, last):
    """Where a population says so, as it must for a trend to be counted with the rest."""
    told = {True: [], False: []}
    with clock.at(NOW):
        for population in POPULATIONS:
            rows = []
            for first in (date(2026, 1, 1), date(2026, 2, 1)):
                asked = Question(first, last)
                keys = {f"by_{split}": key(asked, cast.county) for split, key in population.keys.items()}
                rows.append(population.rows(cast.county, asked).annotate(**keys).query.sql_with_params())
            told[population.of_period].append(rows[0] == rows[1])
    assert told == {False: [True, True], True: [False, False]}


def test_two_splits_by_the_same_column(a_year):
    """With and without a value in it; a count of rows, and one of values."""
    rows = HiddenDanger.objects.visible_to(a_year.county)
    sets = {"one": F("sector"), "": None, "two": F("sector")}
    tallies = {"rows": Tally(()), "fire": Tally((Q(sector="FIRE"),)), "sectors": Tally((), "sector")}
    with acting(a_year.county):
        found = {(group.name, group.key): group.counts for group in grouped(rows, sets, tallies, "changed_at")}
        fire, none, every = (rows.filter(**{"sector__in": of}).count() for of in (["FIRE"], [""], ["FIRE", ""]))
        sectors = len({*rows.order_by().values_list("sector", flat=True)})
    assert min(fire, none) > 0
    assert {name for name, _ in found} == {"one", "", "two"}
    assert found["one", "FIRE"] == found["two", "FIRE"] == {"rows": fire, "fire": fire, "sectors": 1}
    assert found["one", ""] == {"rows": none, "fire": 0, "sectors": 1}
    assert (found["", ""]["fire"], found["", ""]["sectors"]) == (fire, sectors)
    assert found["", ""]["rows"] >= every
