"""Tells a chunk of a plan in memory and writes it in bulk, with one ledger entry for all of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from anlan.authz.actors import Actor, system_actor
from anlan.authz.scope import acting
from anlan.demo.growth.ground import Finder, Ground, Place, evidence
from anlan.demo.growth.plans import Plan
from anlan.demo.growth.plots import OFFICE_MINUTES, OPENS_AT, Ending, Plot, Tellers, instant
from anlan.demo.growth.scales import Found
from anlan.demo.places import World
from anlan.hidden_dangers import api as loop
from anlan.inspections import api as checks
from anlan.lib import clock
from anlan.processes import api as processes
from anlan.sheets.api import bulk
from anlan.supervision import api as supervision

FROM_LIST = 0.75
"""The share of what is found that failed on the checklist."""


class Writer:
    """What the chunks share is read when it is made; each chunk is a transaction with its ledger entry."""

    def __init__(self, world: World, ground: Ground, plan: Plan) -> None:
        self.plan, self.ground, self.random = plan, ground, ground.random
        self.system: Actor = system_actor(world.county)
        self.chunks = plan.chunks()
        with acting(self.system):
            self.numbers = loop.Numbers(self.random, world.county)
            self.check_numbers = checks.CheckNumbers(self.random, world.county)
        self.evidence = evidence(world)

    def write(self, number: int) -> int:
        """Tell and write a chunk. Returns how many matters it has."""
        self.random.seed(f"{self.plan.scale.name} {self.plan.seed} {number}")
        with acting(self.system):
            return self._write(number)

    def _write(self, number: int) -> int:
        chronicle, part = processes.Chronicle(self.system), (self.random, number, len(self.chunks))
        matters = loop.MatterChronicle(chronicle, self.numbers.part(*part), self.evidence, self.random)
        listings = supervision.ListingChronicle(chronicle)
        visits = checks.CheckChronicle(chronicle, self.check_numbers.part(*part))
        tellers = Tellers(matters, listings, self.plan.scale.late_share, self.plan.scale.quick_share)
        for found in self.chunks[number]:
            self._tell(found, tellers, visits)
        matters.write()
        listings.write()
        visits.write()
        for model, columns, rows in chronicle.tables():
            bulk.append(model, columns, rows)
        counts = {"matters": len(matters.matters), "checks": len(visits.records)}
        chronicle.seal(self.system, chunk=number, chunks=len(self.chunks), **counts, **self.plan.in_words())
        return counts["matters"]

    def _tell(self, found: Found, tellers: Tellers, visits: checks.CheckChronicle) -> None:
        place = self.ground.places[found.place]
        today = clock.legal_date(self.plan.now)
        at = instant(found.on, OPENS_AT + self.random.randrange(OFFICE_MINUTES))
        if found.on >= today:  # nothing of today lies in the future
            at = min(at, self.plan.now - timedelta(minutes=5))
        budget = max(0, (today - found.on).days - 1)
        if found.is_visit:
            self._tell_visit(place, at, budget, found.endings, tellers, visits)
            return
        finder = self.ground.finder(place)
        for ending in found.endings:
            Plot(self.ground, tellers, place, finder, ending).tell(at, budget, self.plan.now)

    def _tell_visit(
        self, place: Place, at: datetime, budget: int, endings: Sequence[Ending], tellers: Tellers,
        visits: checks.CheckChronicle,
    ) -> None:  # fmt: skip
        """What is found is what failed on the checklist, the rest stands beside it."""
        finder, act_class = self.ground.visitor(place)
        checklist = self.ground.checklists.of(finder.reporter, self.random)
        plain = sum(not ending.is_major and self.random.random() < FROM_LIST for ending in endings)
        failed = checklist.fail(self.random, plain)
        filled = checklist.fill(self.random, failed)
        check = self._file(finder, act_class, place, at, len(endings), filled, visits)
        items = iter(failed)
        for ending in sorted(endings, key=lambda one: one.is_major):
            item = None if ending.is_major else next(items, None)
            phrase = checklist.phrases[item.id] if item else None
            matter = Plot(self.ground, tellers, place, finder, ending, phrase).tell(at, budget, self.plan.now)
            visits.found(check, matter, item.id if item else None)
        visits.rest(check, self.plan.now)

    def _file(
        self, finder: Finder, act_class: checks.ActClass, place: Place, at: datetime, findings: int,
        filled: checks.Filled, visits: checks.CheckChronicle,
    ) -> processes.Told:  # fmt: skip
        by, random = self.ground.actor(finder.reporter), self.random
        officers = [checks.Officer(by.label)]
        more: dict[str, str] = {}
        if act_class == checks.ActClass.ADMINISTRATIVE_INSPECTION:
            officers = [checks.Officer(by.label, "演示0001"), checks.Officer("同行人员（演示）", "演示0002")]
            more = {"inspection_kind": random.choice(("ROUTINE", "ROUTINE", "SPECIAL")), "arrival": "NOTICE",
                    "scan_no": f"YS{random.randrange(10**8):08d}", "plan_reference": "年度检查计划（演示）"}  # fmt: skip
        visit = checks.Visit(
            act_class, at - timedelta(minutes=random.randrange(25, 80)), at, officers, "企业安全员（演示）", findings,
            more, filled,
        )  # fmt: skip
        return visits.file(by, finder.reporter, place.spot, visit)
