"""领导调度: not a verb of the loop, but written the same way."""

from collections.abc import Mapping
from typing import Any

from django import forms

from anlan.authz.actors import Actor
from anlan.authz.permissions import Permission
from anlan.authz.scope import require
from anlan.hidden_dangers import actions
from anlan.hidden_dangers.actions.directing import LONGEST_NAME
from anlan.hidden_dangers.choices import DirectionManner
from anlan.hidden_dangers.forms.base import CommandForm
from anlan.hidden_dangers.forms.fields import day, line, words
from anlan.hidden_dangers.models import HiddenDanger
from anlan.hidden_dangers.policies import check_can_direct
from anlan.lib import clock
from anlan.lib.refusals import Refusal


class DirectForm(CommandForm):
    verb = "direct"
    label = "登记领导调度"
    intro = "谁在什么时候调度了这件重大隐患，要求是什么。登记后通知正在办理的单位和主办单位。"

    leader = line("调度领导", maximum=LONGEST_NAME, placeholder="姓名和职务")
    manner = forms.ChoiceField(label="方式", choices=DirectionManner.choices)
    held_on = day("调度日期")
    note = words("调度要求", placeholder="例：月底前完成分隔改造，改造期间停用二层；消防大队每周现场看一次。")

    def starting_values(self, matter: HiddenDanger) -> Mapping[str, Any]:
        leads = self.actor.label if self.actor.role.code == "LEADER" else ""
        return {"held_on": clock.today(), "leader": leads}

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        self.actor = actor
        super().__init__(*args, actor=actor, **options)

    @classmethod
    def check(cls, actor: Actor, matter: HiddenDanger) -> None:
        require(actor, Permission.HIDDEN_DANGER_DIRECT)
        check_can_direct(actor, matter)

    def run(self) -> HiddenDanger | None:
        if not self.is_valid():
            return None
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        try:
            return actions.direct(actor=self.actor, hidden_danger_id=self.matter.id, **said)
        except Refusal as refusal:
            self.refuse(refusal)
        return None
