"""Which steps a row of a ledger states, in their order; and what it would have to say for them."""

from datetime import date, timedelta
from typing import Any

from anlan.authz.actors import Actor
from anlan.authz.models import Organisation
from anlan.hidden_dangers import ledger_words as words
from anlan.hidden_dangers.actions.acceptance import OFFICERS_ON_SITE
from anlan.hidden_dangers.actions.dispatching import MAY_LEAD
from anlan.hidden_dangers.actions.imported_rows import Stated, Unreadable
from anlan.hidden_dangers.choices import Cause, HandlingMode, Level, MajorState, Status
from anlan.hidden_dangers.models import HiddenDanger
from anlan.lib import clock
from anlan.processes.api import PastStep


class Steps:
    """Which steps a row states, in their order. Sets what they decide on the matter."""

    def __init__(self, actor: Actor, stated: Stated, matter: HiddenDanger) -> None:
        self.actor, self.stated, self.matter = actor, stated, matter
        found_on = stated.day("found_on")
        assert found_on is not None
        self.found_on = found_on
        self.rectified_on = stated.day("rectified_on")
        self.accepted_on = stated.day("accepted_on") or words.day_in(stated.text("recheck"), found_on)
        self.recheck = words.passed(stated.text("recheck"))
        self.state = self._state()
        self.due_on = self._due_on()
        self.is_major = stated.facts.get("level") == Level.MAJOR
        self.decided_on = self._decided_on()
        self.reached = self._reached()
        self.on_the_spot = self._is_on_the_spot()
        self._check_days()

    def all(self) -> list[PastStep]:
        self._check_what_it_needs()
        steps = [PastStep("register", self.found_on, self._said_of_finding(), self._registered())]
        if self.reached == Status.TERMINATED:
            return [*steps, PastStep("terminate", self._last_day(), self._said_of_the_end())]
        if self.on_the_spot:
            return [*steps, *self._spot(), *self._accept()]
        if not self.matter.party_kind:
            return [*steps, *self._propose()]
        steps += self._grade()
        if self.due_on is None:
            return [*steps, *self._propose()]
        steps += self._dispatch()
        if self.reached != Status.DISPATCHED:
            note = (
                "台账没有单独记签收" if self.stated.lead.id != self.actor.organisation_id else "本单位主办，交办即签收"
            )
            steps.append(PastStep("acknowledge", self.dispatched_on, note, is_implied=True))
        if self.reached in (Status.SUBMITTED, Status.CLOSED) or self._was_sent_back():
            steps += self._submit()
        return [*steps, *self._propose(), *self._accept()]

    # ── what the row says ────────────────────────────────────────────────────────────────────────────────────────────

    def _state(self) -> str:
        said: str | None = self.stated.facts.get("state")
        if self.recheck is False:
            return words.NOT_ACCEPTED
        if said in (words.OPEN, words.UNDER_WAY) and (self.rectified_on or self.recheck or self.accepted_on):
            what = "整改完成日期" if self.rectified_on else "复查日期" if self.accepted_on else "复查情况"
            raise Unreadable(f"整改情况：写的是没有整改完，却填了“{what}”，请核对，改好其中一处。")
        if said in (None, words.RECTIFIED) and (self.accepted_on or self.recheck):
            return words.CLOSED
        return said or (words.RECTIFIED if self.rectified_on else words.OPEN)

    def _due_on(self) -> date | None:
        said = self.stated.facts.get("due_on")
        due: date | None = self.found_on + timedelta(days=said) if isinstance(said, int) else said
        if due is not None and due < self.found_on:
            raise Unreadable(f"整改期限：{due} 早于检查时间 {self.found_on}，请核对。")
        return due

    def _decided_on(self) -> date | None:
        """When the responsible department decided that it is 重大; None for what nobody, or somebody else, decided."""
        decider, day = self.stated.named_decider, self.stated.day("decided_on")
        is_decided = self.is_major and decider is not None and decider == self.stated.regulator
        return day if is_decided else None

    def _reached(self) -> Status:
        if self.state == words.CANCELLED and not self.rectified_on:
            return Status.TERMINATED
        done = {words.CLOSED: Status.CLOSED, words.CANCELLED: Status.CLOSED, words.RECTIFIED: Status.SUBMITTED}
        done[words.ON_THE_SPOT] = Status.CLOSED if self.accepted_on or self.recheck else Status.SUBMITTED
        reached = done.get(self.state, Status.RECTIFYING)
        if self.is_major and self.decided_on is None and reached != Status.RECTIFYING:
            reached = Status.RECTIFYING  # nobody may accept what the department has not decided
        own = self.stated.lead.id == self.actor.organisation_id
        return Status.DISPATCHED if self.state == words.OPEN and not own else reached

    def _is_on_the_spot(self) -> bool:
        done = self.reached in (Status.SUBMITTED, Status.CLOSED)
        at_once = self.state == words.ON_THE_SPOT or (
            self.due_on in (None, self.found_on) and self.rectified_on == self.found_on
        )
        return done and at_once and not self.is_major

    # ── what it must say for that ────────────────────────────────────────────────────────────────────────────────────

    def _check_days(self) -> None:
        labels = {
            "found_on": "检查时间",
            "rectified_on": "整改完成日期",
            "accepted_on": "复查日期",
            "decided_on": "重大判定日期",
        }
        days = {name: day for name in labels if (day := self.stated.day(name))}
        if self.accepted_on:
            days["accepted_on"] = self.accepted_on
        for name, day in days.items():
            if day > clock.today():
                raise Unreadable(f"{labels[name]}：{day} 还没有到，请核对年份。")
            if day < self.found_on:
                raise Unreadable(f"{labels[name]}：{day} 早于检查时间 {self.found_on}，请核对。")
        if self.rectified_on and self.accepted_on and self.accepted_on < self.rectified_on:
            raise Unreadable(f"复查日期：{self.accepted_on} 早于整改完成日期 {self.rectified_on}，请核对。")

    def _check_what_it_needs(self) -> None:
        if self.reached in (Status.SUBMITTED, Status.CLOSED):
            self._check_finished()
        if self.stated.lead.kind not in MAY_LEAD:
            raise Unreadable(
                f"主办单位：{self.stated.lead.short_name}不能主办，请写部门、乡镇（街道）、园区或者村（社区）。"
            )
        if self.state == words.UNDER_WAY and (not self.matter.party_kind or self.due_on is None):
            lacking = "整改期限" if self.matter.party_kind else "受检单位"
            raise Unreadable(f"{lacking}：没有填写。写了“整改中”的，要写明由谁在什么时候以前整改。")
        if self.is_major:
            self._check_major()

    def _was_sent_back(self) -> bool:
        may_be_handed_in = self.decided_on is None or not self._missing_of_five()
        return self.state == words.NOT_ACCEPTED and self.rectified_on is not None and may_be_handed_in

    def _check_finished(self) -> None:
        if not self.matter.party_kind:
            raise Unreadable("受检单位：没有填写。已经整改的要写明是谁的隐患；不是单位的，填整改责任人。")
        if not self.on_the_spot and self.due_on is None:
            raise Unreadable("整改期限：没有填写。当天改好的，请在整改情况里写“当场整改”。")
        if self.state != words.ON_THE_SPOT and not (self.rectified_on or self.accepted_on):
            raise Unreadable("整改完成日期：没有填写。写了已整改、已销号的，要写明哪天整改完成。")
        people, by = {self.stated.text("person"), self.stated.where.person}, self.stated.text("accepted_by")
        if by and by in people:
            raise Unreadable("复查人：和整改责任人是同一个人。验收人不能是整改人，请核对。")

    def _check_major(self) -> None:
        if not self.matter.sector:
            raise Unreadable("行业领域：没有填写。重大隐患要写明，才能确定由哪个部门判定。")
        if self.stated.regulator is None:
            raise Unreadable("行业领域：这个领域还没有主管部门，请先由安委办明确。")
        if self.decided_on is None:
            return
        if not self.matter.clause:
            raise Unreadable("依据条款：没有填写。判定为重大的，要写明依据哪一条。")
        if self.matter.party_kind == "":
            raise Unreadable("受检单位：没有填写。判定为重大的，要写明责任单位。")
        if self.state == words.ON_THE_SPOT:
            raise Unreadable("整改情况：重大隐患不能当场整改了结，请写“已整改”，并写明整改期限和五到位。")
        if self.rectified_on and self.decided_on > self.rectified_on:
            raise Unreadable(f"重大判定日期：{self.decided_on} 晚于整改完成日期 {self.rectified_on}，请核对。")
        if self.reached in (Status.SUBMITTED, Status.CLOSED) and (missing := self._missing_of_five()):
            raise Unreadable(f"{missing[0]}：没有填写。已经整改的重大隐患，五到位要齐（还缺{'、'.join(missing)}）。")
        officers = [
            one for one in self.stated.text("accepted_by").replace("，", "、").replace(",", "、").split("、") if one
        ]
        if self.reached == Status.CLOSED and len(set(officers)) < OFFICERS_ON_SITE:
            raise Unreadable("复查人：重大隐患要由两名以上执法人员到场验收，请写明姓名，用顿号隔开。")

    def _missing_of_five(self) -> list[str]:
        labels = {"plan": "治理方案", "person": "整改责任人", "funds": "治理资金（元）", "measures": "整改措施"}
        return [label for name, label in labels.items() if not self.stated.facts.get(name)]

    # ── the steps ────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def dispatched_on(self) -> date:
        return max(self.found_on, self.decided_on or self.found_on)

    def _registered(self) -> dict[str, Any]:
        matter = self.matter
        return _given(source=matter.source, sector=matter.sector, suggested_level=matter.suggested_level)

    def _said_of_finding(self) -> str:
        by, remark = self.stated.text("found_by"), self.stated.text("remark")
        return "；".join(part for part in (f"检查人员：{by}" if by else "", remark) if part)

    def _grade(self) -> list[PastStep]:
        matter = self.matter
        matter.cause = self.stated.facts.get("cause", Cause.NOT_STATED)
        matter.level = Level.MAJOR if self.decided_on else Level.GENERAL
        matter.confirmed_by = self.actor_office
        facts = _given(level=matter.level, clause=matter.clause, cause=matter.cause, party_kind=matter.party_kind,
                       sector=matter.sector)  # fmt: skip
        if self.decided_on is None:
            return [PastStep("confirm", self.found_on, "列入台账", facts, is_implied=True)]
        decider = self.stated.regulator
        assert decider is not None
        matter.major_state, matter.major_decider, matter.confirmed_by = MajorState.CONFIRMED, decider, decider
        proposed = PastStep("propose_major", self.found_on, "台账等级为重大", _given(sector=matter.sector, decider=decider.id),
                            is_implied=True)  # fmt: skip
        said = f"台账记载：由{decider.short_name}判定"
        return [proposed, PastStep("confirm_major", self.decided_on, said, _given(level="MAJOR", clause=matter.clause))]

    @property
    def actor_office(self) -> Organisation:
        return self.matter.screening

    def _propose(self) -> list[PastStep]:
        """重大 by the ledger, but not by the department: proposed, with what the ledger says of it."""
        if not self.is_major or self.decided_on is not None:
            return []
        matter, decider = self.matter, self.stated.regulator
        assert decider is not None
        matter.major_state, matter.major_decider = MajorState.PROPOSED, decider
        said = ["台账等级为重大，没有主管部门的判定"]
        if by := self.stated.text("decided_by"):
            said.append(f"判定部门写的是{by}")
        if self.state in (words.CLOSED, words.RECTIFIED, words.ON_THE_SPOT, words.CANCELLED):
            days = "、".join(
                f"{label} {day}" for label, day in (("整改完成", self.rectified_on), ("复查", self.accepted_on)) if day
            )
            said.append(f"台账记为已整改{f'（{days}）' if days else ''}，判定以后再报验")
        facts = _given(sector=matter.sector, clause=matter.clause, decider=decider.id)
        return [PastStep("propose_major", self._last_day(), "；".join(said), facts)]

    def _dispatch(self) -> list[PastStep]:
        matter = self.matter
        matter.dispatcher, matter.lead = self.actor_office, self.stated.lead
        matter.due_on = matter.original_due_on = self.due_on
        matter.modes = [HandlingMode.BY_ENTERPRISE]
        person = self.stated.text("person")
        note = "；".join(
            part
            for part in (f"责任人：{person}" if person else "", self.stated.text("measures") if self._is_open() else "")
            if part
        )
        facts = _given(lead=self.stated.lead.id, modes=matter.modes, due_on=self.due_on)
        return [PastStep("dispatch", self.dispatched_on, note, facts)]

    def _is_open(self) -> bool:
        return self.reached in (Status.DISPATCHED, Status.RECTIFYING)

    def _spot(self) -> list[PastStep]:
        matter = self.matter
        matter.cause = self.stated.facts.get("cause", Cause.NOT_STATED)
        matter.level, matter.confirmed_by = Level.GENERAL, self.actor_office
        note = "；".join(part for part in ("当场整改", self._said_of_rectifying()) if part)
        return [PastStep("fix_on_the_spot", self.rectified_on or self.found_on, note, {"level": "GENERAL"})]

    def _submit(self) -> list[PastStep]:
        day = self.rectified_on or self.accepted_on
        assert day is not None
        note = self._said_of_rectifying()
        if self.rectified_on is None:
            note = "；".join(part for part in (note, "台账没有写整改完成日期，按复查日期记") if part)
        steps = [PastStep("submit_rectification", max(day, self.dispatched_on), note)]
        if self.state == words.NOT_ACCEPTED:
            self.matter.return_count = 1
            said = self.stated.text("recheck") or "复查不合格"
            back_on = max(self.accepted_on or day, day)
            steps.append(PastStep("return", back_on, said, _given(return_count=1, due_on=self.due_on)))
        return steps

    def _said_of_rectifying(self) -> str:
        person, measures = self.stated.text("person"), self.stated.text("measures")
        return "；".join(part for part in (measures, f"责任人：{person}" if person else "") if part)

    def _accept(self) -> list[PastStep]:
        if self.reached != Status.CLOSED:
            return []
        day = self.accepted_on or self.rectified_on or self.found_on
        by, recheck = self.stated.text("accepted_by"), self.stated.text("recheck")
        parts = [
            recheck,
            f"复查人：{by}" if by else "",
            "" if self.accepted_on else "台账没有写复查日期，按整改完成日期记",
        ]
        count = len([one for one in by.split("、") if one])
        note = "；".join(part for part in parts if part)
        accept = PastStep("accept_rectification", day, note, _given(officers=count))
        return [accept, PastStep("close", day, is_implied=True)]

    def _last_day(self) -> date:
        days = (self.found_on, self.rectified_on, self.accepted_on, self.decided_on)
        last = max(day for day in days if day)
        return last

    def _said_of_the_end(self) -> str:
        said = "；".join(part for part in (self.stated.text("recheck"), self.stated.text("measures")) if part)
        return f"台账记载：已注销{f'；{said}' if said else ''}{'' if self.accepted_on else '；台账没有写日期'}"


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], 0)}
