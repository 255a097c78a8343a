"""Random but lawful histories of one matter each: who does what when, until the status it shall stand at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.demo import scenery
from anlan.demo.growth.ground import Finder, Ground, Place
from anlan.demo.scenery import Phrase
from anlan.hidden_dangers import api as loop
from anlan.lib import clock
from anlan.processes.api import Told
from anlan.supervision import api as supervision

S = loop.Status
Step = tuple[int, Callable[[datetime], None]]
"""Days after the step before, and what is done then."""

OPENS_AT, OFFICE_MINUTES = 8 * 60 + 30, 480
GAP = 10
"""Minutes between two acts of one day, at least; what is asked for is granted in fewer."""
AGES: dict[str, tuple[int, int]] = {
    S.REGISTERED: (0, 4),
    S.RETURNED_TO_REPORTER: (1, 6),
    S.CONFIRMED: (1, 4),
    S.DISPATCHED: (1, 3),
    S.RECTIFYING: (1, 17),
    S.SUSPENDED: (12, 40),
    S.SUBMITTED: (4, 24),
}
"""How many days ago what stands at an open status was found."""


CONTROLS_CHECKED_EVERY = 30
"""Days until what holds a listed danger down is looked at again."""
BOUNCED_SHARE = 0.03


@dataclass(frozen=True)
class Ending:
    """The status a history ends at; a major one may be listed, and released again."""

    status: str
    is_major: bool = False
    is_listed: bool = False
    is_released: bool = False


def instant(day: date, minute: int) -> datetime:
    return clock.start_of(day) + timedelta(minutes=minute)


class Plot:
    """One matter: `tell` lives through its steps. ``budget`` is how many days they may take; ``phrase`` is what it is,
    where that is known."""

    def __init__(self, ground: Ground, tellers: "Tellers", place: Place, finder: Finder, ending: Ending,
                 phrase: Phrase | None = None) -> None:  # fmt: skip
        self.ground, self.tellers, self.place, self.finder, self.ending = ground, tellers, place, finder, ending
        self.random: Random = ground.random
        self.phrase: Phrase = phrase or ground.phrase(finder, is_major=ending.is_major)
        self.told: Told
        self.listing: Told | None = None
        self.holder = ""
        self.rectifier: Actor = ground.actor(finder.screening)
        self.submitter: Actor = self.rectifier

    @property
    def is_self_found(self) -> bool:
        return self.finder.source == loop.Source.SELF_CHECK

    def tell(self, found_at: datetime, budget: int, now: datetime) -> Told:
        """Register at ``found_at`` and go on until the ending; then nothing until ``now``."""
        matters, by = self.tellers.matters, self.ground.actor(self.finder.reporter)
        self.told = matters.register(
            by, found_at, self.place.spot, self.finder.reporter, self.finder.screening,
            description=self.phrase.text, source=self.finder.source, sector=self.phrase.sector,
            suggested_level="MAJOR" if self.ending.is_major else "",
        )  # fmt: skip
        self._live(self.steps(), found_at, budget)
        matters.rest(self.told, now)
        if self.listing is not None:
            if self.listing.released_at is None:
                self._renew_controls(self.listing, now)
            self.tellers.listings.rest(self.listing, now)
        return self.told

    def _live(self, steps: list[Step], found_at: datetime, budget: int) -> None:
        total = sum(gap for gap, _ in steps)
        share = min(1.0, budget / total) if total else 1.0
        day = clock.legal_date(found_at)
        minute = int((found_at - clock.start_of(day)).total_seconds()) // 60
        gone, last = 0.0, 0
        for gap, act in steps:
            gone += gap * share
            days = int(gone)
            if days > last:
                minute = OPENS_AT + self.random.randrange(OFFICE_MINUTES)
            else:
                minute += GAP + self.random.randrange(12)
            last = days
            act(instant(day + timedelta(days=days), minute))

    # ── the paths ────────────────────────────────────────────────────────────────────────────────────────────────

    def steps(self) -> list[Step]:
        ending, screener = self.ending, self.ground.actor(self.finder.screening)
        matters = self.tellers.matters
        if ending.status == S.REGISTERED:
            return []
        if ending.status == S.DISMISSED:
            return [(1, lambda at: matters.dismiss(self.told, screener, at, "现场复核：设施完好，属误报"))]
        if ending.status == S.RETURNED_TO_REPORTER:
            return [(1, lambda at: matters.return_to_reporter(self.told, screener, at, "照片看不清具体位置，请补拍"))]
        steps = self._graded(screener)
        if ending.status == S.CONFIRMED:
            return steps
        if ending.status == S.TERMINATED:
            return [*steps, (2, lambda at: matters.terminate(self.told, screener, at, "单位已关停（演示），不再整改"))]
        if ending.status == S.CLOSED and not ending.is_major and not ending.is_listed and self._is_quick():
            return self._fixed_on_the_spot(screener)
        steps += self._assigned(screener)
        if ending.status in (S.DISPATCHED, S.RECTIFYING):
            return [*steps, (1, self._list), (0, self._set_controls)] if ending.is_listed else steps
        if ending.status == S.SUSPENDED:
            return [*steps, (2, self._suspend)]
        return steps + self._put_right()

    def _is_quick(self) -> bool:
        return not self.is_self_found and self.random.random() < self.tellers.quick_share

    def _graded(self, screener: Actor) -> list[Step]:
        matters, phrase, random = self.tellers.matters, self.phrase, self.random
        confirm: Step = (
            random.choice((0, 1, 1, 2)),
            lambda at: matters.confirm(self.told, screener, at, cause=phrase.cause, clause=phrase.clause),
        )
        decider = self.ground.regulators.get(phrase.sector)
        if self.ending.is_major and decider is not None:
            deciding = self.ground.actor(decider)
            return [
                (random.choice((0, 1)), lambda at: matters.propose_major(
                    self.told, screener, at, decider, "疑似符合重大事故隐患判定情形", phrase.clause)),
                (random.choice((1, 2, 3)), lambda at: matters.confirm_major(
                    self.told, deciding, at, cause=phrase.cause, clause=phrase.clause)),
            ]  # fmt: skip
        chance = random.random()
        if chance < 0.04:
            reporter = self.ground.actor(self.finder.reporter)
            return [
                (1, lambda at: matters.return_to_reporter(self.told, screener, at, "照片看不清具体位置，请补拍")),
                (1, lambda at: matters.register_again(self.told, reporter, at, f"{phrase.text}（已补拍近照）")),
                confirm,
            ]
        if chance < 0.06 and decider is not None and decider.id in self.ground.world.actors:
            deciding = self.ground.actor(decider)
            return [
                (0, lambda at: matters.propose_major(self.told, screener, at, decider, "疑似重大，请判定", "")),
                (2, lambda at: matters.refuse_major(self.told, deciding, at, "现场未达到判定标准的规模")),
                confirm,
            ]
        return [confirm]

    def _assigned(self, screener: Actor) -> list[Step]:
        """Dispatched to the screening office itself or to the township; acknowledged unless it shall still wait."""
        matters, random, lead = self.tellers.matters, self.random, self._lead()
        days = random.choice((15, 20, 30)) if self.ending.is_major else random.choice((5, 7, 10, 15))
        modes = [loop.HandlingMode.SUPERVISED, loop.HandlingMode.EXPERT_GUIDED] if self.ending.is_major else [
            loop.HandlingMode.BY_ENTERPRISE]  # fmt: skip
        self.days_given = days

        def dispatch(at: datetime, to: Organisation = lead, verb: str = "dispatch") -> None:
            due_on = clock.legal_date(at) + timedelta(days=days)
            matters.dispatch(self.told, screener, at, to, due_on, "请按期整改并报验", modes, verb=verb)

        self.rectifier = self.place.firm or self.ground.actor(lead)
        steps: list[Step] = [(random.choice((0, 0, 1)), dispatch)]
        if lead.id == self.finder.screening.id:
            return steps
        leading = self.ground.actor(lead)
        if self.ending.status == S.DISPATCHED:
            return steps
        if random.random() < BOUNCED_SHARE:
            return [*steps, *self._bounced(screener, leading, dispatch)]
        return [
            *steps,
            (random.choice((0, 0, 1)), lambda at: matters.acknowledge(self.told, leading, at, "已通知责任单位")),
        ]

    def _bounced(self, screener: Actor, leading: Actor, dispatch: Callable[..., None]) -> list[Step]:
        """The lead says it is not its matter; the screening office takes it on itself."""
        self.rectifier = self.place.firm or screener
        return [
            (1, lambda at: self.tellers.matters.bounce(self.told, leading, at, "不属于本单位职责范围")),
            (1, lambda at: dispatch(at, self.finder.screening, "redispatch")),
        ]

    def _lead(self) -> Organisation:
        screening, unit = self.finder.screening, self.place.unit
        if self.ending.status == S.DISPATCHED and screening.id == unit.id:
            return self.place.village or self.random.choice(self.ground.departments)
        return screening if self.random.random() < 0.4 else unit

    def _put_right(self) -> list[Step]:
        random = self.random
        steps: list[Step] = []
        if self.ending.is_listed:
            steps += [(1, self._list), (0, self._set_controls)]
        if self.ending.is_major:
            steps.append((1, self._plan))
        elif random.random() < 0.05:
            steps.append((max(1, self.days_given - 2), self._extend))
        steps.append((self._days_of_work(), self._submit))
        if self.ending.status == S.SUBMITTED:
            return steps
        if random.random() < 0.08:
            steps += [(random.choice((1, 2)), self._return), (random.choice((1, 2)), self._submit)]
        steps.append((random.choice((1, 1, 2, 3)), self._accept))
        if self.ending.is_released:
            steps += [(1, self._request_release), (2, self._recheck), (1, self._release)]
        return steps

    def _days_of_work(self) -> int:
        if self.random.random() < self.tellers.late_share:
            return self.days_given + self.random.choice((2, 3, 5, 9))
        return max(1, self.days_given - self.random.choice((1, 1, 2, 3, 4)))

    def _fixed_on_the_spot(self, screener: Actor) -> list[Step]:
        matters, phrase, reporter = self.tellers.matters, self.phrase, self.ground.actor(self.finder.reporter)
        self.submitter = reporter
        return [
            (0, lambda at: matters.fix_on_the_spot(
                self.told, reporter, at, phrase.done, cause=phrase.cause, clause=phrase.clause)),
            (self.random.choice((1, 2)), self._accept),
        ]  # fmt: skip

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _plan(self, at: datetime) -> None:
        self.tellers.matters.fill_five(
            self.told, self.rectifier, at, plan="停用相关部位，委托专业单位制定治理方案",
            person=scenery.person(self.random), funds=Decimal(50000), measures="设置警戒、专人看护、限制人员进入",
        )  # fmt: skip

    def _extend(self, at: datetime) -> None:
        until = max(self.told.due_on, clock.legal_date(at)) + timedelta(days=7)
        granter = self.ground.somebody_else(self.finder.screening, self.rectifier)
        granted = at + timedelta(minutes=7)
        self.tellers.matters.extend(
            self.told, self.rectifier, at, until, "配件到货推迟，申请延期", granter, granted, "同意延期，按期报验"
        )

    def _suspend(self, at: datetime) -> None:
        granter = self.ground.somebody_else(self.finder.screening, self.rectifier)
        review_on = clock.legal_date(at) + timedelta(days=30)
        self.tellers.matters.suspend(
            self.told, self.rectifier, at, review_on, "停用设备，挂牌警示，专人每日巡查", granter,
            at + timedelta(minutes=9), "同意暂缓，落实防范措施",
        )  # fmt: skip

    def _submit(self, at: datetime) -> None:
        self.submitter = self.rectifier
        self.tellers.matters.submit_rectification(self.told, self.rectifier, at, self.phrase.done)

    def _acceptor(self) -> Actor:
        office = self.told.extra.acceptor(self.told)
        return self.ground.somebody_else(office, self.submitter)

    def _return(self, at: datetime) -> None:
        self.tellers.matters.return_rectification(self.told, self._acceptor(), at, "现场复核：整改不彻底，请继续整改")

    def _accept(self, at: datetime) -> None:
        names = scenery.person(self.random), scenery.person(self.random)
        officers = [f"{names[0]}甲", f"{names[1]}乙"] if self.ending.is_major else ()
        self.tellers.matters.accept_rectification(
            self.told, self._acceptor(), at, "现场复核，整改到位", officers, is_held=self.listing is not None
        )

    def _list(self, at: datetime) -> None:
        lister = self.ground.government
        self.listing = self.tellers.listings.list_matter(
            self.told, self.ground.actor(lister), lister, at, self.told.due_on, f"{scenery.person(self.random)}（演示）"
        )

    def _set_controls(self, at: datetime) -> None:
        self.holder = scenery.person(self.random)
        self._control(self._listed(), at)

    def _control(self, listing: Told, at: datetime) -> None:
        check_on = clock.legal_date(at) + timedelta(days=CONTROLS_CHECKED_EVERY)
        self.tellers.listings.set_controls(
            listing, self.rectifier, at, "停用相关部位，专人看守，每日巡查", f"{self.holder}（演示）", check_on
        )

    def _renew_controls(self, listing: Told, until: datetime) -> None:
        """Looked at again on each day it was to be looked at."""
        while (at := instant(listing.controls_check_on, OPENS_AT)) < until:
            self._control(listing, at)

    def _request_release(self, at: datetime) -> None:
        self._renew_controls(self._listed(), at)
        self.tellers.listings.request_release(self._listed(), self.rectifier, at, "整改完成，申请摘牌")

    def _recheck(self, at: datetime) -> None:
        self.tellers.listings.recheck(self._listed(), self.ground.actor(self.ground.government), at, "复查合格（演示）")

    def _release(self, at: datetime) -> None:
        self.tellers.listings.release(self._listed(), self.ground.actor(self.ground.government), at)
        self.tellers.matters.close(self.told, self.tellers.matters.chronicle.system, at + timedelta(seconds=1))

    def _listed(self) -> Told:
        if self.listing is None:
            raise ValueError("not listed")
        return self.listing


@dataclass
class Tellers:
    """Those who write down one chunk; the shares are those of its scale."""

    matters: loop.MatterChronicle
    listings: supervision.ListingChronicle
    late_share: float
    quick_share: float
