"""A quarter of a year of work, told day by day with the clock injected: every act is a real action by a real actor, and
each morning the deadline sweep runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from anlan.authz.actors import Actor, system_actor
from anlan.authz.choices import OrganisationKind, Sector
from anlan.authz.models import Organisation
from anlan.authz.scope import acting
from anlan.demo import pictures, scenery
from anlan.demo.places import World
from anlan.demo.scenery import Phrase
from anlan.files import api as files
from anlan.hidden_dangers import api as loop
from anlan.hidden_dangers.api import HiddenDanger
from anlan.lib import clock
from anlan.organisations import api as organisations
from anlan.processes import api as processes
from anlan.register.api import Site, SupervisedObject

VARIANTS = 12
EVERY = 3
"""So many finds of organs with houses and shops in their regions make one that lies there."""


def _business(day: date, last: date) -> int:
    """How likely a find is on that day: fewer at weekends, more lately, so that there is work to look at."""
    return (1 if day.weekday() >= 5 else 4) * (3 if (last - day).days < 12 else 1)


def _not_after_now(instant: datetime) -> datetime:
    return min(instant, clock.now())


@dataclass
class Matter:
    """One matter of the story: its id, its words, and the day somebody acts on it next."""

    id: UUID
    phrase: Phrase
    next_on: date
    slow: bool = False
    visits: int = 0
    is_planned: bool = False


@dataclass
class Story:
    """``progress(done, total)`` is called after each day."""

    world: World
    random: Random
    matters: list[Matter] = field(default_factory=list)
    minute: int = 0
    near_objects: int = 0

    def told(self) -> int:
        """How many hidden dangers our county has already."""
        with acting(system_actor(self.world.county)) as system:
            return loop.hidden_dangers(system, loop.Filters(), clock.today()).count()

    def tell(self, first: date, last: date, count: int, progress: Callable[[int, int], None]) -> None:
        """Live through the days; ``count`` hidden dangers are found on the way."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        finds = self.random.choices(days, [_business(day, last) for day in days], k=count)
        for number, day in enumerate(days, start=1):
            self._live(day, finds.count(day))
            progress(number, len(days))

    def _live(self, day: date, finds: int) -> None:
        self.minute = 0
        with clock.at(_not_after_now(clock.start_of(day) + timedelta(hours=8, minutes=5))):
            processes.sweep(system_actor(self.world.city))
        for matter in [m for m in self.matters if m.next_on <= day]:
            with clock.at(self._next_minute(day)):
                self._move(matter, day)
        for _ in range(finds):
            with clock.at(self._next_minute(day)):
                self._find(day)

    def _next_minute(self, day: date) -> datetime:
        """Acts of a day follow each other a few minutes apart, within office hours."""
        self.minute = (self.minute + 3 + self.random.randrange(5)) % 540
        return _not_after_now(clock.start_of(day) + timedelta(hours=8, minutes=30 + self.minute))

    # ── finding ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _find(self, day: date) -> None:
        site = self._some_site()
        reporter, source = self._reporter(site)
        is_public = reporter.kind == OrganisationKind.VILLAGE and self.random.random() < 0.2
        phrase = scenery.public_phrase(self.random) if is_public else self._phrase(site, reporter)
        thing = None if is_public else self._thing(reporter)
        if thing is not None:
            phrase = scenery.house_phrase(self.near_objects // EVERY)
        with acting(self.world.actor(reporter)) as actor:
            photo = self._photo(actor, before=True)
            matter = loop.register(
                actor=actor,
                find=loop.Find(
                    description=phrase.text,
                    source=source,
                    place=phrase.place or (thing or site).address,
                    region_id=reporter.region_id if is_public else None,
                    site_id=None if is_public or thing else site.id,
                    object_id=thing.id if thing else None,
                    sector=phrase.sector,
                    suggested_level="MAJOR" if phrase.major else "",
                    photo_ids=[photo],
                ),
            )
        slow = self.random.random() < 0.16
        self.matters.append(Matter(matter.id, phrase, day + timedelta(days=self.random.choice([0, 1, 1, 2])), slow))

    def _thing(self, reporter: Organisation) -> SupervisedObject | None:
        """A part of what an organ of the county finds lies at the houses and shops of its region, if it has any."""
        houses = self.world.lived_in(reporter)
        if not houses or reporter.kind == OrganisationKind.ENTERPRISE or reporter.region.level == "CITY":
            return None
        self.near_objects += 1
        return houses[self.near_objects // EVERY % len(houses)] if self.near_objects % EVERY == 0 else None

    def _some_site(self) -> Site:
        sites = self.world.sites
        return sites[0] if self.random.random() < 0.06 else self.random.choice(sites)

    def _phrase(self, site: Site, reporter: Organisation) -> Phrase:
        own = [Sector(s) for s in reporter.sectors]
        fitting = [p for p in scenery.PHRASES if p.sector in own and not p.place]
        return self.random.choice(fitting) if fitting else scenery.phrase_for(self.random, "INDUSTRY")

    def _reporter(self, site: Site) -> tuple[Organisation, loop.Source]:
        """Who finds it, by which of the six channels."""
        firm = site.enterprise.organisation
        village = organisations.village_organisation(site.region)
        departments = self.world.of_kind(OrganisationKind.DEPARTMENT, OrganisationKind.FIRE_RESCUE)
        busy = [d for d in departments if d.short_name in ("临海应急局", "临海住建局", "临海消防大队", "临海市监局")]
        chance = self.random.random()
        if firm is not None and chance < 0.5 and firm.id in self.world.actors:
            return firm, loop.Source.SELF_CHECK
        if village is not None and village.id in self.world.actors and chance < 0.75:
            return village, loop.Source.GRID_PATROL
        if chance < 0.72:
            return site.local_unit, loop.Source.GRASSROOTS_CHECK
        if chance < 0.86:
            return self.random.choice(busy), loop.Source.GRASSROOTS_CHECK
        if chance < 0.93:
            return self.random.choice(busy), loop.Source.UNANNOUNCED_CHECK
        return self.world.named("台州市安委办"), loop.Source.CITY_SUPERVISION

    # ── moving ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _move(self, matter: Matter, day: date) -> None:
        with acting(system_actor(self.world.county)) as system:
            danger = loop.hidden_danger_in_brief(system, matter.id)
        step = getattr(self, f"_from_{danger.status.lower()}", None)
        if step is None:
            matter.next_on = date.max
            return
        matter.visits += 1
        wait = step(matter, danger, day)
        matter.next_on = day + timedelta(days=wait)

    def _do(self, organisation: Organisation | None, matter: Matter, verb: str, **payload: object) -> None:
        if organisation is None or organisation.id not in self.world.actors:
            return
        with acting(self.world.actor(organisation)) as actor:
            loop.act(actor, matter.id, verb, **payload)

    def _from_registered(self, matter: Matter, danger: HiddenDanger, day: date) -> int:
        chance = self.random.random()
        if danger.major_state == "PROPOSED":
            return self._decide_major(matter, danger)
        if matter.slow and matter.visits < 2:
            return 4
        if chance < 0.05:
            self._do(danger.screening, matter, "return_to_reporter", reason="照片看不清具体位置，请补拍")
            return 1
        if chance < 0.09:
            self._do(danger.screening, matter, "dismiss", reason="现场复核：设施完好，属误报")
            return 1
        if matter.phrase.major and danger.major_state == "NONE":
            self._ask(danger.screening, matter, found=True)
            self._do(danger.screening, matter, "propose_major", reason="疑似符合重大事故隐患判定情形",
                     clause=matter.phrase.clause)  # fmt: skip
            return self.random.choice([1, 2, 3])
        self._do(danger.screening, matter, "confirm", cause=matter.phrase.cause, clause=matter.phrase.clause,
                 responsible_party=self._party(danger))  # fmt: skip
        return self.random.choice([0, 1])

    def _ask(self, organisation: Organisation | None, matter: Matter, *, found: bool) -> UUID | None:
        """按标准判: what the rule says is kept with the matter; None when nobody of the organisation can sign in."""
        if organisation is None or organisation.id not in self.world.actors or not matter.phrase.standard:
            return None
        with acting(self.world.actor(organisation)) as actor:
            facts = matter.phrase.facts(found=found)
            return loop.ask_rule(actor=actor, hidden_danger_id=matter.id, facts=facts).id

    def _decide_major(self, matter: Matter, danger: HiddenDanger) -> int:
        found = self.random.random() < 0.6
        finding = self._ask(danger.major_decider, matter, found=found) if matter.phrase.answers else None
        if found:
            self._do(danger.major_decider, matter, "confirm_major", clause=matter.phrase.clause, finding=finding,
                     cause=matter.phrase.cause, responsible_party=self._party(danger))  # fmt: skip
            self._direct(matter, danger)
        else:
            self._do(danger.major_decider, matter, "refuse_major", reason="现场未达到判定标准的规模", finding=finding)
        return 1

    def _direct(self, matter: Matter, danger: HiddenDanger) -> None:
        """A leader directs most of them the same day; an unannounced check is nobody's to see before the dispatch."""
        government = self.world.named("临海政府")
        if danger.concealed or len(self.matters) % 5 == 0 or government.id not in self.world.actors:
            return
        with acting(self.world.actor(government)) as actor:
            loop.direct(actor=actor, hidden_danger_id=matter.id, leader=actor.label, manner="ON_SITE",
                        held_on=clock.today(), note="停用有关部位，专人看守，限期整改；每周报一次进展。")  # fmt: skip

    def _party(self, danger: HiddenDanger) -> dict[str, object] | None:
        if danger.supervised_object_id is not None:
            return None
        if danger.site_id is not None:
            return {"kind": "ENTERPRISE", "id": self.world.enterprise_of(danger.site_id)}
        return {"kind": "ORGANISATION", "id": danger.reporter_id}

    def _from_returned_to_reporter(self, matter: Matter, danger: HiddenDanger, day: date) -> int:
        with acting(self.world.actor(danger.reporter)) as actor:
            photo = self._photo(actor, before=True)
            loop.act(actor, matter.id, "register", description=f"{danger.description}（已补拍近照）",
                     source=danger.source, place=danger.place, photos=[photo])  # fmt: skip
        return 1

    def _from_confirmed(self, matter: Matter, danger: HiddenDanger, day: date) -> int:
        if danger.major_state == "PROPOSED":
            return self._decide_major(matter, danger)
        township = organisations.local_unit_of(danger.region)
        chance = self.random.random()
        lead = danger.screening if chance < 0.3 or township is None else township
        if danger.is_major and danger.major_decider is not None:
            lead = danger.major_decider if chance < 0.5 else lead
        days = self.random.choice([15, 20, 30]) if danger.is_major else self.random.choice([3, 5, 7, 10, 15])
        modes = ["SUPERVISED", "EXPERT_GUIDED"] if danger.is_major else ["BY_ENTERPRISE"]
        due_on = day + timedelta(days=days)
        self._do(danger.screening, matter, "dispatch", lead=lead.id, mode=modes, due_on=due_on,
                 note="请按期整改并报验")  # fmt: skip
        if lead == danger.screening:  # it has acknowledged by dispatching to itself
            return self._until_done(matter, due_on, day)
        return 4 if matter.slow and self.random.random() < 0.3 else self.random.choice([0, 1])

    def _from_dispatched(self, matter: Matter, danger: HiddenDanger, day: date) -> int:
        self._do(danger.lead, matter, "acknowledge", note="已通知责任单位")
        return self._until_done(matter, danger.due_on or day, day)

    def _until_done(self, matter: Matter, due_on: date, day: date) -> int:
        left = max(1, (due_on - day).days)
        return left + self.random.choice([2, 5, 9, 14]) if matter.slow else max(1, left - self.random.randrange(4))

    def _from_rectifying(self, matter: Matter, danger: HiddenDanger, day: date) -> int:
        rectifier = self._rectifier(danger)
        if rectifier is None:
            return 30
        if danger.major_state == "PROPOSED":
            return self._decide_major(matter, danger)
        if danger.is_major and not matter.is_planned:
            matter.is_planned = True
            self._do(rectifier, matter, "fill_five", plan="停用相关部位，委托专业单位制定治理方案",
                     due_on=danger.due_on, person=scenery.person(self.random), funds_cny=Decimal(50000),
                     measures="设置警戒、专人看护、限制人员进入")  # fmt: skip
            return 2
        if self.random.random() < 0.05 and not danger.is_major:
            return self._suspend(matter, danger, day, rectifier)
        with acting(self.world.actor(rectifier)) as actor:
            photo = self._photo(actor, before=False)
            loop.act(actor, matter.id, "submit_rectification", note=matter.phrase.done, photos=[photo])
        return self.random.choice([1, 1, 2, 3]) + (7 if matter.slow and self.random.random() < 0.3 else 0)

    def _suspend(self, matter: Matter, danger: HiddenDanger, day: date, rectifier: Organisation) -> int:
        self._do(rectifier, matter, "request_suspension", controls="停用设备，挂牌警示，专人每日巡查",
                 review_on=day + timedelta(days=10))  # fmt: skip
        if danger.dispatcher is not None:
            approver = self.world.somebody_else(danger.dispatcher, self.world.actor(rectifier).user_id)
            with acting(approver):
                loop.act(approver, matter.id, "approve_suspension", note="同意暂缓，落实防范措施")
        return 10

    def _from_suspended(self, matter: Matter, danger: HiddenDanger, day: date) -> int:
        self._do(danger.lead, matter, "resume", note="备件已到，恢复整改")
        return 2

    def _rectifier(self, danger: HiddenDanger) -> Organisation | None:
        enterprise = danger.party_enterprise
        firm = enterprise.organisation if enterprise else danger.party_organisation
        if firm is None or firm == danger.lead:
            return danger.lead
        return firm if firm.id in self.world.actors else None  # nobody reports for whoever can sign in

    def _from_submitted(self, matter: Matter, danger: HiddenDanger, day: date) -> int:
        acceptor = loop.acceptor(danger)
        if acceptor is None:
            return 30
        actor = self.world.somebody_else(acceptor, danger.submitted_by_id)
        if self.random.random() < 0.12:
            with acting(actor):
                loop.act(actor, matter.id, "return", reason="现场复核：整改不彻底，请继续整改",
                         due_on=day + timedelta(days=5))  # fmt: skip
            return self.random.choice([3, 4])
        with acting(actor):
            more: dict[str, object] = {}
            if danger.is_major:
                paper = files.store(actor=actor, upload=pictures.report(danger.number), kind="REPORT")
                more = {"report": [paper.id], "officers": [scenery.person(self.random) + n for n in ("甲", "乙")]}
            loop.act(actor, matter.id, "accept_rectification", note="现场复核，整改到位", **more)
        return 1

    def _photo(self, actor: Actor, *, before: bool) -> UUID:
        upload = pictures.photograph(before, self.random.randrange(VARIANTS))
        return files.store(actor=actor, upload=upload, kind="BEFORE" if before else "AFTER").id
