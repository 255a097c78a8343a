"""Tells everything of a scale and writes it chunk by chunk, each in its own transaction with its ledger entry."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from anlan.authz.actors import Actor, system_actor
from anlan.authz.scope import acting
from anlan.demo.growth.ground import Finder, Ground, Place, evidence
from anlan.demo.growth.plots import OFFICE_MINUTES, OPENS_AT, Ending, Plot, Tellers, instant
from anlan.demo.growth.scales import Found, Scale, finds
from anlan.demo.places import World
from anlan.enforcement import api as enforcement
from anlan.hidden_dangers import api as loop
from anlan.inspections import api as checks
from anlan.lib import clock
from anlan.processes import api as processes
from anlan.sheets.api import bulk
from anlan.supervision import api as supervision

CHUNK = 2_000
YOUNG_YEAR = 60
LATE = frozenset({"hidden_danger.rectification_overdue", "hidden_danger.acknowledgement_overdue"})
Progress = Callable[[int, int], None]


def load(world: World, random: Random, scale: Scale, first: date, progress: Progress) -> int:
    """Write the histories of a scale from ``first`` to now. Returns how many events they have."""
    now = clock.now()
    ground = Ground(world, random)
    wanted = finds(scale, random, len(ground.places), first, clock.legal_date(now))
    with acting(system_actor(world.county)):
        writer = Writer(world, ground, scale, now)
    done = 0
    for some in _chunks(wanted):
        with acting(writer.system):
            writer.write(some)
        done += sum(len(one.endings) for one in some)
        progress(done, scale.closed + scale.open + scale.other)
    return writer.events


def first_day(scale: Scale) -> date:
    """New Year, so that this year's figures are those of the scale; earlier when the year is young."""
    today = clock.today()
    new_year = today.replace(month=1, day=1)
    return new_year if (today - new_year).days >= YOUNG_YEAR else today - timedelta(days=scale.days)


def _chunks(wanted: Sequence[Found]) -> Iterator[tuple[Found, ...]]:
    return (tuple(wanted[start : start + CHUNK]) for start in range(0, len(wanted), CHUNK))


class Writer:
    """Keeps between the chunks what must not be given twice, and counts."""

    def __init__(self, world: World, ground: Ground, scale: Scale, now: datetime) -> None:
        self.ground, self.scale, self.now, self.random = ground, scale, now, ground.random
        self.system: Actor = system_actor(world.county)
        self.numbers = loop.Numbers(ground.random, world.county)
        self.check_numbers = checks.CheckNumbers(ground.random, world.county)
        self.evidence = evidence(world)
        self.events = 0

    def write(self, some: Sequence[Found]) -> None:
        """Tell and write a chunk, in the caller's transaction."""
        chronicle = processes.Chronicle(self.system, late_names=LATE)
        matters = loop.MatterChronicle(chronicle, self.numbers, self.evidence, self.random)
        listings = supervision.ListingChronicle(chronicle)
        visits = checks.CheckChronicle(chronicle, self.check_numbers)
        tellers = Tellers(matters, listings, self.scale.late_share, self.scale.quick_share)
        for found in some:
            self._tell(found, tellers, visits)
        matters.write()
        listings.write()
        visits.write()
        for model, columns, rows in chronicle.tables():
            bulk.append(model, columns, rows)
        chronicle.seal(self.system, matters=len(matters.matters), checks=len(visits.records))
        self.events += len(chronicle.events)
        self._react(chronicle.late)

    def _tell(self, found: Found, tellers: Tellers, visits: checks.CheckChronicle) -> None:
        place = self.ground.places[found.place]
        today = clock.legal_date(self.now)
        at = instant(found.on, OPENS_AT + self.random.randrange(OFFICE_MINUTES))
        if found.on >= today:  # nothing of today lies in the future
            at = min(at, self.now - timedelta(minutes=5))
        budget = max(0, (today - found.on).days - 1)
        if found.is_visit:
            finder, check = self._visit(place, at, found.endings, visits)
        else:
            finder, check = self.ground.finder(place), None
        for ending in found.endings:
            matter = Plot(self.ground, tellers, place, finder, ending).tell(at, budget, self.now)
            if check is not None:
                visits.found(check, matter)
        if check is not None:
            visits.rest(check, self.now)

    def _visit(
        self, place: Place, at: datetime, endings: Sequence[Ending], visits: checks.CheckChronicle
    ) -> tuple[Finder, processes.Told]:
        finder, act_class = self.ground.visitor(place)
        by, random = self.ground.actor(finder.reporter), self.random
        is_inspection = act_class == checks.ActClass.ADMINISTRATIVE_INSPECTION
        officers = [checks.Officer(by.label)]
        more: dict[str, str] = {}
        if is_inspection:
            officers = [checks.Officer(by.label, "演示0001"), checks.Officer("同行人员（演示）", "演示0002")]
            more = {"inspection_kind": random.choice(("ROUTINE", "ROUTINE", "SPECIAL")), "arrival": "NOTICE",
                    "scan_no": f"YS{random.randrange(10**8):08d}", "plan_reference": "年度检查计划（演示）"}  # fmt: skip
        visit = checks.Visit(
            act_class, at - timedelta(minutes=random.randrange(25, 80)), at, officers, "企业安全员（演示）",
            len(endings), more,
        )  # fmt: skip
        return finder, visits.file(by, finder.reporter, place.spot, visit)

    def _react(self, late: Sequence[UUID]) -> None:
        """Lateness brings its letters and leads through the real reactions. Nobody is sent messages about the past."""
        for event_id in late:
            event = processes.event_by_id(event_id)
            with clock.at(event.at):
                supervision.urge(self.system, event)
                if event.event == "hidden_danger.rectification_overdue":
                    enforcement.propose_case(self.system, event)
